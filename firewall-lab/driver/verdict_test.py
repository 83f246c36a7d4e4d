import unittest

from driver.controls import Finding
from driver.meeting import Outcome
from driver.networks import Expected
from driver.networks_test import values
from driver.networks import network_of
from driver.verdict import differences, verdict

JOINED = Expected("joined", "wss-443-proxy", {"wss-443": "tcp-timeout"})


class Differences(unittest.TestCase):
    def test_what_came_as_expected_has_none(self):
        self.assertEqual([], differences(JOINED, Outcome("joined", "wss-443-proxy",
                                                         failures={"wss-443": "tcp-timeout"})))

    def test_a_route_still_waiting_when_another_won_need_not_be_reported(self):
        self.assertEqual([], differences(JOINED, Outcome("joined", "wss-443-proxy")))

    def test_a_quick_refusal_must_be_reported_even_when_another_route_won(self):
        expected = Expected("joined", "https-443-proxy", {"wss-443-proxy": "upgrade-refused"})
        self.assertEqual(["wss-443-proxy: no reason given, not upgrade-refused"],
                         differences(expected, Outcome("joined", "https-443-proxy")))

    def test_a_wrong_reason_is_told(self):
        self.assertEqual(["wss-443: dns, not tcp-timeout"],
                         differences(JOINED, Outcome("joined", "wss-443-proxy", failures={"wss-443": "dns"})))

    def test_another_route_is_told_and_so_is_none(self):
        self.assertEqual(["came by wss-443, not by wss-443-proxy"], differences(JOINED, Outcome("joined", "wss-443")))
        self.assertEqual(["came by a route it did not name, not by wss-443-proxy"],
                         differences(JOINED, Outcome("joined")))

    def test_joining_where_it_must_be_refused_is_told(self):
        expected = Expected("refused", None, {"https-443": "tls-untrusted"}, exit_code=4)
        found = differences(expected, Outcome("joined", "wss-443"))
        self.assertIn("joined, not refused", found)
        self.assertIn("exit code None, not 4", found)

    def test_a_refusal_must_name_every_reason_and_in_time(self):
        expected = Expected("refused", None, {"https-443": "tcp-timeout"}, exit_code=3, within_ms=5000)
        late = Outcome("refused", exit_code=3, ended_ms=6000)
        self.assertEqual(["https-443: no reason given, not tcp-timeout", "took 6000 ms, more than 5000 ms"],
                         differences(expected, late))

    def test_what_was_missed_in_the_meeting_counts(self):
        self.assertEqual(["client saw no picture"],
                         differences(JOINED, Outcome("joined", "wss-443-proxy", missed=["client saw no picture"])))


class Verdict(unittest.TestCase):
    def test_a_failed_control_is_not_as_expected_and_the_meeting_was_not_run(self):
        entry = verdict(network_of(values(), "x"), [Finding("the server answers", False, "000")], None, None)
        self.assertFalse(entry["as_expected"])
        self.assertEqual("not run", entry["got"])
        self.assertEqual(["control: the server answers: printed '000'"], entry["why"])

    def test_trouble_of_the_lab_itself_is_told_apart(self):
        entry = verdict(network_of(values(), "x"), [], None, "fw: no nft")
        self.assertEqual(["the lab: fw: no nft"], entry["why"])


if __name__ == "__main__":
    unittest.main()
