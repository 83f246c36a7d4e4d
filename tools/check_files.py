#!/usr/bin/env python3
"""The size of files and functions, and tests beside their sources.

    check_files.py [ROOT]

Fails on a source file of more than 600 lines. Prints, without failing, functions of more than 80 lines and
sources that have no test beside them.
"""

import os
import re
import sys

from source_files import CPP, read, source_files

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MEASURED = CPP + (".py", ".sh", ".ts", ".tsx", ".qml", ".js", ".mjs")
MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 80
# Folders whose programs are tests or measurements themselves.
NO_TESTS_EXPECTED = ("testing/", "system-tests/", "bench/")
NOT_TESTED_APART = re.compile(r"(_test|_fuzz|_bench|/main)\.cpp$")

# A line that opens a body after a parameter list; clang-format puts the closing brace at the same indent.
# Lambdas, calls and initialisers that span lines belong to the function around them.
OPENING = re.compile(r"^(\s*)(?!\}|//|\*|#)(.*\)[^;=]*)\{$")
CONTROL = re.compile(r"^\s*(if|for|while|switch|else|do|catch|namespace|class|struct|enum|union|return|co_)\b")


def long_functions(text):
    """(line, name, length) of each function longer than allowed. Relies on clang-format's layout."""
    lines = text.split("\n")
    found, index = [], 0
    while index < len(lines):
        opening = OPENING.match(lines[index])
        if not opening or CONTROL.match(lines[index]):
            index += 1
            continue
        closing = opening[1] + "}"
        end = index + 1
        while end < len(lines) and not (lines[end] == closing or lines[end].startswith((closing + ";", closing + ")"))):
            end += 1
        length = end - index + 1
        if length > MAX_FUNCTION_LINES and end < len(lines):
            name = re.search(r"([~\w:]+)\s*\(", lines[index])
            found.append((index + 1, name[1] if name else "a function", length))
        index = end + 1
    return found


def untested(names):
    """The C++ sources that have no _test.cpp beside them."""
    present = set(names)
    return [
        name
        for name in names
        if name.endswith(".cpp")
        and not name.startswith(NO_TESTS_EXPECTED)
        and not NOT_TESTED_APART.search("/" + name)
        and name[: -len(".cpp")] + "_test.cpp" not in present
    ]


def check(root):
    """(failures, remarks), each a list of lines."""
    failures, remarks = [], []
    names = source_files(root, MEASURED)
    for name in names:
        text = read(root, name)
        length = text.count("\n")
        if length > MAX_FILE_LINES:
            failures.append(f"{name}:1: {length} lines, more than {MAX_FILE_LINES}: split it")
        if name.endswith(CPP):
            for line, function, size in long_functions(text):
                remarks.append(f"{name}:{line}: {function} has {size} lines, more than {MAX_FUNCTION_LINES}")
    remarks += [f"{name}:1: no {os.path.basename(name)[:-4]}_test.cpp beside it" for name in untested(names)]
    return failures, remarks


def main():
    failures, remarks = check(sys.argv[1] if len(sys.argv) > 1 else ROOT)
    for line in remarks:
        print(f"{line} (remark)")
    for line in failures:
        print(line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
