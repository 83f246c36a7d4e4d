import os
import tempfile
import unittest
import wave

import make_sample as subject


class MakeSample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        subject.make_sample(cls.folder.name)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def test_the_sound_is_what_the_client_takes_and_is_audible(self):
        with wave.open(self.path("voice.wav")) as file:
            self.assertEqual((file.getnchannels(), file.getsampwidth(), file.getframerate()), (1, 2, 48_000))
            self.assertEqual(file.getnframes(), subject.SAMPLE_RATE * subject.SECONDS)
        samples = subject.voice_samples()
        self.assertTrue(5000 < max(samples) < 32767, max(samples))

    def test_the_picture_has_whole_frames_and_moves(self):
        size = subject.WIDTH * subject.HEIGHT * 3 // 2
        with open(self.path("picture.y4m"), "rb") as file:
            self.assertTrue(file.readline().startswith(b"YUV4MPEG2 W320 H180 F15:1 "))
            body = file.read()
        step = len(b"FRAME\n") + size
        self.assertEqual(len(body), step * subject.FRAMES_PER_SECOND * subject.SECONDS)
        frames = {body[start : start + step] for start in range(0, len(body), step)}
        self.assertEqual(len(frames), subject.FRAMES_PER_SECOND * subject.SECONDS)

    def test_a_second_call_leaves_the_files_alone(self):
        before = os.stat(self.path("voice.wav")).st_mtime_ns
        subject.make_sample(self.folder.name)
        self.assertEqual(os.stat(self.path("voice.wav")).st_mtime_ns, before)


if __name__ == "__main__":
    unittest.main()
