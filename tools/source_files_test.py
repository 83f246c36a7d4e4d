import os
import subprocess
import tempfile
import unittest

import source_files as subject


class SourceFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for name in ("base/a.cpp", "base/a.hpp", "build/x.cpp", "notes.md", "node_modules/y.cpp"):
            path = os.path.join(self.root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n")

    def test_without_git_build_folders_are_left_out(self):
        self.assertEqual(subject.source_files(self.root), ["base/a.cpp", "base/a.hpp", "notes.md"])
        self.assertEqual(subject.source_files(self.root, [".cpp"]), ["base/a.cpp"])

    def test_with_git_what_it_ignores_is_left_out_and_what_is_new_is_not(self):
        with open(os.path.join(self.root, ".gitignore"), "w", encoding="utf-8") as file:
            file.write("build/\nnode_modules/\n*.hpp\n")
        subprocess.run(["git", "init", "--quiet", self.root], check=True)
        subprocess.run(["git", "-C", self.root, "add", "notes.md", "base/a.cpp"], check=True)
        os.remove(os.path.join(self.root, "notes.md"))
        self.assertEqual(subject.source_files(self.root), [".gitignore", "base/a.cpp"])


if __name__ == "__main__":
    unittest.main()
