import array
import random
import struct
import tempfile
import unittest
import wave
from pathlib import Path

from driver import sounds


class Tones(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.path = Path(self._folder.name) / "a.wav"

    def test_a_tone_is_found_again_and_another_is_not(self):
        sounds.write_tone(self.path, 440, 2)
        self.assertAlmostEqual(2, sounds.seconds_of_tone(self.path, 440))
        self.assertEqual(0, sounds.seconds_of_tone(self.path, 1330))

    def test_what_is_before_the_place_asked_for_does_not_count(self):
        sounds.write_tone(self.path, 440, 2)
        self.assertAlmostEqual(0.6, sounds.seconds_of_tone(self.path, 440, 1.4))
        self.assertEqual(0, sounds.seconds_of_tone(self.path, 440, 3))
        self.assertAlmostEqual(2, sounds.seconds_of_tone(self.path, 440, -5))

    def test_silence_holds_no_tone(self):
        self.assertEqual(0, sounds.tone_share(array.array("h", [0] * sounds.BLOCK), 440, sounds.RATE))
        self.assertEqual(0, sounds.tone_share(array.array("h"), 440, sounds.RATE))

    def test_noise_holds_no_tone(self):
        numbers = random.Random(1)
        noise = array.array("h", (numbers.randint(-9000, 9000) for _ in range(sounds.BLOCK)))
        self.assertLess(sounds.tone_share(noise, 440, sounds.RATE), 0.1)

    def test_a_recording_of_another_sample_size_holds_nothing(self):
        with wave.open(str(self.path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(1)
            out.setframerate(sounds.RATE)
            out.writeframes(bytes(sounds.RATE))
        self.assertEqual(0, sounds.seconds_of_tone(self.path, 440))


class Pictures(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.path = Path(self._folder.name) / "a"

    def test_a_y4m_file_has_whole_frames(self):
        sounds.write_picture(self.path, 32, 16, frames=3)
        data = self.path.read_bytes()
        header = data.index(b"\n") + 1
        self.assertEqual(header + 3 * (len(b"FRAME\n") + 32 * 16 * 3 // 2), len(data))

    def test_the_pictures_of_an_ivf_file_have_times_and_one_cut_off_does_not_count(self):
        header = b"DKIF" + struct.pack("<HH4sHHIIII", 0, 32, b"VP80", 160, 96, 10, 1, 0, 0)
        frames = [struct.pack("<IQ", 5, time) + b"12345" for time in (0, 3, 4)]
        self.path.write_bytes(header + b"".join(frames)[:-1])
        self.assertEqual([0, 300], sounds.ivf_times_ms(self.path))

    def test_what_is_no_ivf_file_has_no_pictures(self):
        self.path.write_bytes(b"RIFF")
        self.assertEqual([], sounds.ivf_times_ms(self.path))


if __name__ == "__main__":
    unittest.main()
