"""Which files are the project's: what git tracks or would track; without git, everything outside build folders.

    source_files.py [ENDING…]     prints them, one a line; exit code 1 when there are none
"""

import os
import subprocess
import sys

NOT_SOURCES = {".git", "build", "node_modules", ".cache", "__pycache__"}
CPP = (".cpp", ".hpp", ".cc", ".h")


def from_git(root):
    answer = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return [name for name in answer.stdout.decode().split("\0") if name]


def from_disk(root):
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return found


def source_files(root, endings=None):
    """Paths relative to root, with forward slashes, sorted; only those with one of the endings, when given."""
    try:
        names = from_git(root)
    except (OSError, subprocess.CalledProcessError):
        names = from_disk(root)
    return sorted(
        name
        for name in set(names)
        if (endings is None or name.endswith(tuple(endings))) and os.path.isfile(os.path.join(root, name))
    )


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
        return file.read()


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    names = source_files(root, sys.argv[1:] or None)
    for name in names:
        print(name)
    return 0 if names else 1


if __name__ == "__main__":
    sys.exit(main())
