#!/usr/bin/env python3
"""Adds up the results that ./dev test left behind and says whether all is well.

    test_summary.py DIR

DIR/*.xml    ctest's JUnit reports, one for each stage; the file's name is the stage's
DIR/*.tsv    other results: stage, passed, failed, skipped, seconds

One ctest entry is a whole program; where its output says how many cases it ran (GoogleTest, unittest),
the cases are counted. Prints a table and, last, "N passed, N failed". Exit code 1 when something failed or
when nothing ran.
"""

import collections
import glob
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

Count = collections.namedtuple("Count", "passed failed skipped seconds", defaults=(0, 0, 0, 0.0))

# GoogleTest's closing lines, and unittest's.
GOOGLE = {
    "passed": re.compile(r"^\[  PASSED  \] (\d+) tests?\.", re.M),
    "failed": re.compile(r"^\[  FAILED  \] (\d+) tests?, listed below:", re.M),
    "skipped": re.compile(r"^\[  SKIPPED \] (\d+) tests?, listed below:", re.M),
}
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.M)
UNITTEST_END = re.compile(r"^(?:OK|FAILED)(?: \((.*)\))?$", re.M)


def add(left, right):
    return Count(*(a + b for a, b in zip(left, right)))


def last_number(pattern, text):
    found = pattern.findall(text)
    return int(found[-1]) if found else 0


def cases_in(output):
    """The cases that a test program says it ran, as (passed, failed, skipped); None when it says nothing."""
    if GOOGLE["passed"].search(output):
        return tuple(last_number(GOOGLE[kind], output) for kind in ("passed", "failed", "skipped"))
    ran = UNITTEST_RAN.findall(output)
    if ran:
        end = UNITTEST_END.findall(output)
        figures = dict(re.findall(r"(\w+)=(\d+)", end[-1] if end else ""))
        failed = int(figures.get("failures", 0)) + int(figures.get("errors", 0))
        skipped = int(figures.get("skipped", 0))
        return max(0, int(ran[-1]) - failed - skipped), failed, skipped
    return None


def count_entry(entry):
    """One <testcase> of ctest's report."""
    seconds = float(entry.get("time") or 0)
    status = entry.get("status")
    cases = cases_in(entry.findtext("system-out") or "")
    if status == "run":
        passed, failed, skipped = cases or (1, 0, 0)
        # The cases say "failed" but the program returned 0: believe the cases.
        return Count(passed, failed, skipped, seconds)
    if status == "fail":
        passed, failed, skipped = cases or (0, 1, 0)
        # A crash, a leak or a timeout fails the program without failing a case.
        return Count(passed, max(failed, 1), skipped, seconds)
    # Switched off, or skipped by its own word. A program that is missing comes as "notrun" too: a failure.
    reason = entry.find("skipped")
    if status == "disabled" or (reason is not None and (reason.get("message") or "").startswith("SKIP_")):
        return Count(skipped=1, seconds=seconds)
    return Count(failed=1, seconds=seconds)


def read_report(path):
    total = Count()
    entries = ElementTree.parse(path).getroot().iter("testcase")
    for entry in entries:
        total = add(total, count_entry(entry))
    return total


def read_table(path):
    stages = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            stage, passed, failed, skipped, seconds = line.rstrip("\n").split("\t")
            count = Count(int(passed), int(failed), int(skipped), float(seconds))
            stages[stage] = add(stages.get(stage, Count()), count)
    return stages


def read_results(directory):
    """Stage -> Count, in the order in which the stages ended."""
    stages = {}
    for path in sorted(glob.glob(os.path.join(directory, "*.xml")), key=os.path.getmtime):
        stage = os.path.splitext(os.path.basename(path))[0].replace("-", " ")
        stages[stage] = read_report(path)
    for path in sorted(glob.glob(os.path.join(directory, "*.tsv"))):
        for stage, count in read_table(path).items():
            stages[stage] = add(stages.get(stage, Count()), count)
    return stages


def table(stages):
    width = max([len("stage")] + [len(stage) for stage in stages])
    lines = [f"{'stage':<{width}}  {'passed':>7} {'failed':>7} {'skipped':>7} {'seconds':>8}"]
    for stage, count in sorted(stages.items()):
        lines.append(
            f"{stage:<{width}}  {count.passed:>7} {count.failed:>7} {count.skipped:>7} {count.seconds:>8.0f}"
        )
    return "\n".join(lines)


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    stages = read_results(sys.argv[1])
    total = Count()
    for count in stages.values():
        total = add(total, count)
    print()
    print(table(stages))
    print()
    if total.passed + total.failed == 0:
        print("no tests ran", file=sys.stderr)
        total = add(total, Count(failed=1))
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
