import unittest

import check_text as subject


def lines_found(text, name="docs/a.md"):
    return [line for line, _ in subject.findings(name, text)]


class Findings(unittest.TestCase):
    def test_marks_of_unfinished_work_are_found(self):
        self.assertEqual(lines_found("fine\n// TO" + "DO: later\n# FIX" + "ME"), [2, 3])

    def test_a_word_that_contains_a_mark_is_fine(self):
        self.assertEqual(lines_found("TO" + "DOS and mastodon"), [])

    def test_paths_of_one_machine_are_found(self):
        for path in ("/ho" + "me/ada/vistime", "/ro" + "ot/x", "/wo" + "rk/main", "/Us" + "ers/ada/x"):
            self.assertEqual(lines_found(f"see {path} there"), [1], path)

    def test_addresses_and_longer_paths_are_fine(self):
        for text in ("https://example.org/wo" + "rk/x", "/srv/ro" + "ot/x", "/etc/vistime/vistimed.toml", "~/ro" + "ot/x"):
            self.assertEqual(lines_found(text), [], text)

    def test_a_package_host_is_found_in_lock_files_only(self):
        text = '{"resolved": "https://packages.example/react.tgz"}'
        self.assertEqual(lines_found(text, "client/web/package-lock.json"), [1])
        self.assertEqual(lines_found(text, "client/web/notes.json"), [])


if __name__ == "__main__":
    unittest.main()
