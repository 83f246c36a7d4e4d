import tempfile
import unittest
from pathlib import Path

from driver import networks
from driver.networks import NetworkError, choose, load, load_all, network_of

CONTROL = {"says": "the server answers", "run": "true", "prints": "200"}


def values(**changes):
    whole = {"number": 1, "name": "open", "title": "Open", "between": "Nothing.",
             "expected": {"result": "joined", "route": "wss-443"}, "control": [CONTROL]}
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


class Reading(unittest.TestCase):
    def test_a_whole_description_becomes_a_network_with_defaults(self):
        network = network_of(values(office={"nat": False}), "x.toml")
        self.assertFalse(network.office.nat)
        self.assertEqual("accept", network.office.forward)
        self.assertEqual(["public"], network.client.trusts)

    def test_a_misspelt_key_is_named(self):
        with self.assertRaisesRegex(NetworkError, "no key 'forwrad'"):
            network_of(values(office={"forwrad": "drop"}), "x.toml")

    def test_a_missing_key_is_named(self):
        with self.assertRaisesRegex(NetworkError, "'title' is missing"):
            network_of(values(title=None), "x.toml")

    def test_a_part_that_is_no_table_is_refused(self):
        with self.assertRaisesRegex(NetworkError, "must be a table"):
            network_of(values(office="nat"), "x.toml")

    def test_an_unknown_result_is_refused(self):
        with self.assertRaisesRegex(NetworkError, "result is one of"):
            network_of(values(expected={"result": "maybe"}), "x.toml")

    def test_joining_needs_a_route_and_a_refusal_has_none(self):
        for expected in ({"result": "joined"}, {"result": "refused", "route": "wss-443"}):
            with self.assertRaisesRegex(NetworkError, "route is given exactly when"):
                network_of(values(expected=expected), "x.toml")

    def test_a_network_without_controls_is_refused(self):
        with self.assertRaisesRegex(NetworkError, "needs controls"):
            network_of(values(control=[]), "x.toml")

    def test_a_machine_that_does_not_exist_is_refused(self):
        with self.assertRaisesRegex(NetworkError, "at = 'cellar'"):
            network_of(values(control=[{**CONTROL, "at": "cellar"}]), "x.toml")

    def test_a_control_whose_pattern_does_not_compile_is_refused(self):
        with self.assertRaisesRegex(NetworkError, "prints"):
            network_of(values(control=[{**CONTROL, "prints": "("}]), "x.toml")

    def test_a_file_must_be_named_after_its_network(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "02-open.toml"
            path.write_text((networks.FOLDER / "01-open.toml").read_text())
            with self.assertRaisesRegex(NetworkError, "must be named 01-open.toml"):
                load(path)

    def test_a_file_that_is_no_toml_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "01-open.toml"
            path.write_text("number = ")
            with self.assertRaises(NetworkError):
                load(path)


class OurNetworks(unittest.TestCase):
    def test_there_are_32_numbered_without_a_gap(self):
        self.assertEqual(list(range(1, 33)), [network.number for network in load_all()])

    def test_a_dozen_are_representative(self):
        self.assertEqual(12, sum(network.representative for network in load_all()))

    def test_each_is_asked_for_by_name_or_number_and_once(self):
        chosen = choose(load_all(), ["proxy", "05", "1"])
        self.assertEqual(["proxy", "open"], [network.name for network in chosen])

    def test_one_that_does_not_exist_is_named(self):
        with self.assertRaisesRegex(NetworkError, "no network 'nowhere'"):
            choose(load_all(), ["nowhere"])


if __name__ == "__main__":
    unittest.main()
