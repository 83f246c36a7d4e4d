import os
import tempfile
import unittest

import check_files as subject


class LongFunctions(unittest.TestCase):
    @staticmethod
    def function(lines, indent="", head="int Room::admit(int guest) {"):
        return "\n".join([indent + head] + [indent + "  step();"] * (lines - 2) + [indent + "}"])

    def test_a_function_at_the_limit_is_fine_and_one_past_it_is_named(self):
        limit = subject.MAX_FUNCTION_LINES
        self.assertEqual(subject.long_functions(self.function(limit)), [])
        found = subject.long_functions("\n" + self.function(limit + 1))
        self.assertEqual(found, [(2, "Room::admit", limit + 1)])

    def test_a_method_inside_a_class_is_measured(self):
        text = "class Room {\n" + self.function(100, "  ", "void close() {") + "\n};"
        self.assertEqual(subject.long_functions(text), [(2, "close", 100)])

    def test_a_loop_and_a_class_are_no_functions(self):
        for head in ("for (int i = 0; i < n; ++i) {", "class Room : public Base<void()> {", "namespace a {"):
            self.assertEqual(subject.long_functions(self.function(200, head=head)), [], head)


class Untested(unittest.TestCase):
    def test_a_source_without_a_test_is_named(self):
        names = ["base/a.cpp", "base/a_test.cpp", "base/b.cpp", "base/c_fuzz.cpp", "client/cli/main.cpp"]
        self.assertEqual(subject.untested(names), ["base/b.cpp"])

    def test_programs_that_are_tests_need_none(self):
        self.assertEqual(subject.untested(["system-tests/meeting.cpp", "bench/forward/load.cpp"]), [])


class Check(unittest.TestCase):
    def test_a_file_past_the_limit_fails_and_one_at_it_does_not(self):
        with tempfile.TemporaryDirectory() as root:
            for name, lines in (("fits.py", subject.MAX_FILE_LINES), ("long.py", subject.MAX_FILE_LINES + 1)):
                with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                    file.write("pass\n" * lines)
            failures, _ = subject.check(root)
        self.assertEqual(len(failures), 1, failures)
        self.assertTrue(failures[0].startswith("long.py:1: 601 lines"), failures)


if __name__ == "__main__":
    unittest.main()
