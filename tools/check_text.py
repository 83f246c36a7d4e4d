#!/usr/bin/env python3
"""Text that must not be in the tree: marks of unfinished work, paths of one machine, package hosts in lock files.

    check_text.py [ROOT]

Prints one line for each finding; exit code 1 when there are any.
"""

import os
import re
import sys

from source_files import read, source_files

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Spelt in halves, so that this file passes its own check.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
# Home folders and checkouts: /home/NAME/, /Users/NAME/, /root/, /work/. Not after a letter or a further
# path's part, so that https://host/work/ and x/root/ stay allowed.
MACHINE_PATH = re.compile(r"(?<![\w./~}-])/(?:ho" + r"me/[\w.-]+|Us" + r"ers/[\w.-]+|ro" + r"ot|wo" + r"rk)/\w")
LOCK_FILE = re.compile(r"(^|/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|[\w.-]+\.lock)$")
PACKAGE_HOST = re.compile(r'"?resolved"?:?\s*"?https?://[^/\s"]+')


def findings(name, text):
    """(line, what) of each finding in one file's text."""
    rules = [
        (UNFINISHED, "a mark of unfinished work: finish it or write an issue"),
        (MACHINE_PATH, "a path of one machine"),
    ]
    if LOCK_FILE.search(name):
        rules.append((PACKAGE_HOST, "a package host; the lock file must leave the host to the reader's settings"))
    for number, line in enumerate(text.split("\n"), start=1):
        for pattern, what in rules:
            match = pattern.search(line)
            if match:
                yield number, f"'{match[0]}' is {what}"


def check(root):
    found = []
    for name in source_files(root):
        text = read(root, name)
        if "\0" in text[:8192]:
            continue  # not text
        found += [f"{name}:{line}: {what}" for line, what in findings(name, text)]
    return found


def main():
    found = check(sys.argv[1] if len(sys.argv) > 1 else ROOT)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
