#!/usr/bin/env python3
"""Closures made inside a co_await expression: g++ 12 destroys them twice (docs/decisions/0013), clang does not.

    check_coroutines.py [ROOT]

The remedy is a name: `auto work = [...] {...}; co_await run(std::move(work));`
Prints one line for each finding; exit code 1 when there are any.
"""

import os
import re
import sys

from source_files import read, source_files

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
AWAIT = re.compile(r"\bco_await\b")
# A lambda introducer stands where a value may: after an opening bracket, a comma, an operator. An index does not.
CLOSURE = re.compile(r"(?:[(,={&|?:]|\breturn|^)\s*\[[^\[\]]*\]\s*[({]")
# Comments and literals, which may hold any of these characters.
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def expression_after(code, start):
    """What co_await at `start` waits for: up to the end of its statement or of the brackets around it."""
    depth = 0
    for position in range(start, len(code)):
        letter = code[position]
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        if depth < 0 or (depth == 0 and letter == ";"):
            return code[start:position]
    return code[start:]


def findings(text):
    """The lines, from 1, whose co_await makes a closure."""
    code = NOT_CODE.sub(blank, text)
    return [
        code.count("\n", 0, match.start()) + 1
        for match in AWAIT.finditer(code)
        if CLOSURE.search(expression_after(code, match.end()))
    ]


def check(root):
    return [
        f"{name}:{line}: a closure made inside co_await; give it a name before"
        for name in source_files(root, (".cpp", ".hpp"))
        for line in findings(read(root, name))
    ]


def main():
    found = check(sys.argv[1] if len(sys.argv) > 1 else ROOT)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
