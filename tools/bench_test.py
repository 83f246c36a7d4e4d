import os
import tempfile
import unittest

import bench as subject


def program(root, path, text):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def test_figures_come_out_complete_with_the_ratio_to_the_peer(self):
        answer = '{"figures": [{"name": "voice", "value": 30, "unit": "1/s", "peer": "mumble", "peer_value": 10}]}'
        program(self.root, "bench/forward/run", f"echo '{answer}'\n")
        (figure,) = subject.run(self.root, "forward")
        self.assertEqual(set(figure), set(subject.FIELDS))
        self.assertEqual((figure["bench"], figure["ratio"], figure["aim"]), ("forward", 3.0, None))

    def test_google_benchmarks_speak_the_same_language(self):
        answer = '{"benchmarks": [{"name": "Hex/64", "cpu_time": 12.5, "time_unit": "ns", "run_type": "iteration"}]}'
        program(self.root, "build/release/benches/base_bench", f"echo '{answer}'\n")
        (figure,) = subject.run(self.root, "base")
        self.assertEqual((figure["name"], figure["value"], figure["unit"]), ("Hex/64", 12.5, "ns"))

    def test_the_programs_folder_is_told(self):
        answer = '{\\"figures\\": [{\\"name\\": \\"$VISTIME_BIN\\", \\"value\\": 1}]}'
        program(self.root, "bench/where/run", f'echo "{answer}"\n')
        self.assertEqual(subject.run(self.root, "where")[0]["name"], os.path.join(self.root, "build", "bin"))

    def test_what_cannot_be_used_is_an_error(self):
        for text in ("exit 3\n", "echo nonsense\n", "echo '{}'\n", "echo '{\"figures\": []}'\n",
                     'echo \'{"figures": [{"name": "x", "value": "fast"}]}\'\n'):
            program(self.root, "bench/broken/run", text)
            with self.assertRaises(subject.BenchError, msg=text):
                subject.run(self.root, "broken")

    def test_an_unknown_name_is_answered_with_the_known_ones(self):
        program(self.root, "bench/forward/run", "")
        program(self.root, "build/release/benches/base_bench", "")
        with self.assertRaisesRegex(subject.BenchError, "base, forward"):
            subject.run(self.root, "backward")


class Table(unittest.TestCase):
    def test_empty_columns_are_left_out_and_a_missed_aim_stands_out(self):
        figures = [subject.complete("b", {"name": "n", "value": 1234567, "unit": "x", "met": False})]
        lines = subject.table(figures).split("\n")
        self.assertEqual(lines[0].split(), ["bench", "name", "value", "unit", "met"])
        self.assertEqual(lines[1].split(), ["b", "n", "1,234,567", "x", "NO"])


if __name__ == "__main__":
    unittest.main()
