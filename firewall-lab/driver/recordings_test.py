import json
import struct
import tempfile
import unittest
from pathlib import Path

from driver import recordings, sounds

STARTED_MS = 1_000_000


class Recordings(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = Path(kept.name)
        sounds.write_tone(self.folder / "a.wav", 440, 3)
        header = b"DKIF" + struct.pack("<HH4sHHIIII", 0, 32, b"VP80", 160, 96, 1000, 1, 0, 0)
        frames = [struct.pack("<IQ", 1, time) + b"x" for time in (100, 1100, 2100)]
        (self.folder / "b.ivf").write_bytes(header + b"".join(frames))
        files = [{"file": "a.wav", "kind": "microphone", "start_ms": 500},
                 {"file": "b.ivf", "kind": "camera", "start_ms": 100},
                 {"file": "gone.wav", "kind": "microphone", "start_ms": 0}]
        (self.folder / "recording.json").write_text(json.dumps({"started_ms": STARTED_MS, "files": files}))

    def test_the_whole_counts_when_nothing_happened(self):
        self.assertAlmostEqual(3, recordings.heard_s(self.folder, 440, 0))
        self.assertEqual(3, recordings.pictures(self.folder, 0))

    def test_only_what_came_after_an_event_counts(self):
        self.assertAlmostEqual(2, recordings.heard_s(self.folder, 440, STARTED_MS + 1500))
        self.assertEqual(2, recordings.pictures(self.folder, STARTED_MS + 1000))

    def test_a_recording_that_ends_before_the_event_holds_nothing_after_it(self):
        self.assertEqual(0, recordings.heard_s(self.folder, 440, STARTED_MS + 5000))
        self.assertEqual(0, recordings.pictures(self.folder, STARTED_MS + 5000))

    def test_an_empty_folder_holds_nothing(self):
        with tempfile.TemporaryDirectory() as empty:
            self.assertEqual(0, recordings.heard_s(Path(empty), 440, 0))


if __name__ == "__main__":
    unittest.main()
