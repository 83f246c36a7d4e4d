#!/usr/bin/env python3
"""Dependencies point one way. Reads every #include "…" and reports those that point another.

    check_dependencies.py [ROOT]

A unit is a folder with its own rule, found by the longest prefix of a file's path. Prints one line for each
violation; exit code 1 when there are any.
"""

import os
import re
import sys

from source_files import CPP, read, source_files

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMMON = {"base", "protocol", "transport", "media"}
ROLES = {"server/edge", "server/update", "server/master", "server/conference", "server/file"}
EVERYTHING = None  # may see all

# Unit -> the other units whose headers it may include.
ALLOWED = {
    "base": set(),
    # What a firewall must know of a site: for its page and for the doctor.
    "site": {"base"},
    "protocol": {"base"},
    "transport": {"base", "protocol"},
    # Routes and proxies: for clients.
    "transport/reach": {"base", "protocol", "transport"},
    "media": {"base"},
    "server/common": COMMON,
    **{role: COMMON | {"server/common"} for role in ROLES},
    "server/edge": COMMON | {"server/common", "site"},
    # vistimed puts the roles together, and only vistimed does.
    "server/vistimed": COMMON | ROLES | {"server/common", "site"},
    "client/core": COMMON | {"transport/reach", "site"},
    "client/cli": {"base", "client/core", "site"},
    "client/desktop": {"base", "client/core"},
    "testing": COMMON,
    "system-tests": EVERYTHING,
    "bench": EVERYTHING,
}
# Seen by tests, fuzzers and benchmarks of every unit, never by the product.
TESTING = "testing"
TEST_FILE = re.compile(r"_(test|fuzz|bench|testing)\.(cpp|hpp)$")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)


def unit_of(path):
    """The unit that a path relative to the root belongs to, or None."""
    parts = path.split("/")[:-1]
    for length in range(len(parts), 0, -1):
        prefix = "/".join(parts[:length])
        if prefix in ALLOWED:
            return prefix
    return None


def target_of(path, included, exists):
    """The path, relative to the root, that an include names; None when it is no file of ours.

    Generated headers (protocol/x.pb.h) need not exist: their first folder tells whose they are.
    """
    beside = os.path.normpath(os.path.join(os.path.dirname(path), included)).replace(os.sep, "/")
    if included.startswith(".") or ("/" not in included) or exists(beside):
        return beside
    if unit_of(included) or included.split("/")[0] in {"server", "client"}:
        return included
    return None


def violation(path, included, exists):
    """What is wrong with one include, or None."""
    unit, target = unit_of(path), target_of(path, included, exists)
    if unit is None or target is None:
        return None
    target_unit = unit_of(target)
    if target_unit == unit:
        return None
    if target_unit is None:
        if target.split("/")[0] in {"server", "client"}:
            return f"{target} belongs to no unit of tools/check_dependencies.py"
        return None
    if ALLOWED[unit] is EVERYTHING:
        return None
    if target_unit == TESTING:
        return None if TEST_FILE.search(path) else "only tests may include testing/"
    if target_unit in ALLOWED[unit]:
        return None
    allowed = ", ".join(sorted(ALLOWED[unit])) or "nothing else"
    return f"{unit} may include {allowed}, not {target_unit}"


def unclaimed(path):
    """A source below server/ or client/ for which there is no rule: the rule is missing, not the file wrong."""
    return path.split("/")[0] in {"server", "client"} and unit_of(path) is None


def check(root):
    found = []
    for path in source_files(root, CPP):
        if unclaimed(path):
            found.append(f"{path}:1: belongs to no unit; add its folder to tools/check_dependencies.py")
            continue
        text = read(root, path)
        for match in INCLUDE.finditer(text):
            wrong = violation(path, match[1], lambda name: os.path.isfile(os.path.join(root, name)))
            if wrong:
                line = text.count("\n", 0, match.start(1)) + 1
                found.append(f'{path}:{line}: #include "{match[1]}": {wrong}')
    return found


def main():
    found = check(sys.argv[1] if len(sys.argv) > 1 else ROOT)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
