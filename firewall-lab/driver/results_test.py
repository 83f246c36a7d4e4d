import unittest
import xml.dom.minidom

from driver import results

JOINED = {"number": 1, "name": "open", "title": "Open & free", "expected": "joined", "got": "joined",
          "as_expected": True, "route": "wss-443", "join_ms": 44, "sound_ms": 59, "again_ms": 41, "failures": {},
          "why": [],
          "controls": {"passed": 1, "of": 1}}
REFUSED = {**JOINED, "number": 32, "name": "closed", "title": "Closed", "got": "refused", "as_expected": False,
           "route": None, "join_ms": None, "sound_ms": None, "again_ms": None, "failures": {"wss-443": "tcp-timeout"},
           "why": ["took 6000 ms, more than 5000 ms"]}


class Matrix(unittest.TestCase):
    def test_a_mark_and_a_word_say_what_colour_says(self):
        self.assertIn("✓ joined", results.svg([JOINED]))
        self.assertIn("✗ refused", results.svg([REFUSED]))

    def test_the_picture_is_well_formed_whatever_a_title_holds(self):
        document = xml.dom.minidom.parseString(results.svg([JOINED, REFUSED]))
        self.assertIn("Open & free", [node.firstChild.data for node in document.getElementsByTagName("text")
                                      if node.firstChild])

    def test_the_table_has_a_row_for_each_and_says_why_below(self):
        found = results.markdown([JOINED, REFUSED])
        self.assertIn("| 1 | Open & free | joined | ✓ joined | wss-443 | 44 ms | 59 ms | 41 ms |", found)
        self.assertIn("1 of 2 networks as expected", found)
        self.assertIn("- took 6000 ms, more than 5000 ms", found)

    def test_a_summary_names_the_reasons_of_a_refusal(self):
        self.assertEqual("refused (wss-443: tcp-timeout)", results.summary(REFUSED))
        self.assertEqual("joined by wss-443 in 44 ms, sound after 59 ms", results.summary(JOINED))

    def test_a_summary_of_controls_alone_counts_them(self):
        self.assertEqual("1 of 1 controls pass", results.summary({**JOINED, "got": "not run"}))


if __name__ == "__main__":
    unittest.main()
