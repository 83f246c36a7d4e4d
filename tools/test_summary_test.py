import os
import subprocess
import sys
import tempfile
import unittest

import test_summary as subject

ENTRY = '<testcase name="{name}" time="1.5" status="{status}">{inside}<system-out>{output}</system-out></testcase>'
PASSED = "[==========] 12 tests ran.\n[  PASSED  ] 12 tests.\n"
MIXED = "[  PASSED  ] 9 tests.\n[  SKIPPED ] 1 test, listed below:\n[  FAILED  ] 2 tests, listed below:\n"


def report(*entries):
    body = "".join(
        ENTRY.format(name=f"t{number}", status=status, output=output, inside=inside)
        for number, (status, output, inside) in enumerate(entries)
    )
    return f'<?xml version="1.0"?><testsuite>{body}</testsuite>'


def summarise(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run(
            [sys.executable, subject.__file__, folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False
        )
    return done.returncode, done.stdout.decode().rstrip("\n").split("\n")[-1]


class Summary(unittest.TestCase):
    def test_cases_are_counted_where_a_program_says_them(self):
        self.assertEqual(summarise({"release-unit.xml": report(("run", PASSED, ""))}), (0, "12 passed, 0 failed"))

    def test_a_program_that_says_nothing_is_one_test(self):
        self.assertEqual(summarise({"a.xml": report(("run", "", ""), ("fail", "", ""))}), (1, "1 passed, 1 failed"))

    def test_failed_and_skipped_cases_are_told_apart(self):
        self.assertEqual(summarise({"a.xml": report(("fail", MIXED, ""))}), (1, "9 passed, 2 failed"))

    def test_a_crash_after_passing_cases_is_a_failure(self):
        self.assertEqual(summarise({"a.xml": report(("fail", PASSED, ""))}), (1, "12 passed, 1 failed"))

    def test_a_program_that_hides_its_failed_cases_is_not_believed(self):
        self.assertEqual(summarise({"a.xml": report(("run", MIXED, ""))}), (1, "9 passed, 2 failed"))

    def test_a_missing_program_is_a_failure(self):
        missing = ("notrun", "Unable to find executable", '<skipped message="Not run"/>')
        self.assertEqual(summarise({"a.xml": report(missing, ("run", "", ""))}), (1, "1 passed, 1 failed"))

    def test_a_program_that_skips_itself_is_neither_passed_nor_failed(self):
        skipped = ("notrun", "", '<skipped message="SKIP_RETURN_CODE=77"/>')
        self.assertEqual(summarise({"a.xml": report(skipped, ("run", "", ""))}), (0, "1 passed, 0 failed"))

    def test_unittests_cases_are_counted(self):
        good = "Ran 7 tests in 0.01s\n\nOK (skipped=1)\n"
        bad = "Ran 5 tests in 0.01s\n\nFAILED (failures=1, errors=1)\n"
        self.assertEqual(summarise({"a.xml": report(("run", good, ""), ("fail", bad, ""))}), (1, "9 passed, 2 failed"))

    def test_other_results_are_added(self):
        lines = "asan fuzz\t1\t0\t0\t5\nasan fuzz\t0\t1\t0\t5\nrelease build\t0\t0\t0\t60\n"
        files = {"a.xml": report(("run", PASSED, "")), "other.tsv": lines}
        self.assertEqual(summarise(files), (1, "13 passed, 1 failed"))

    def test_nothing_run_is_a_failure(self):
        self.assertEqual(summarise({}), (1, "0 passed, 1 failed"))


if __name__ == "__main__":
    unittest.main()
