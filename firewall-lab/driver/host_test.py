import unittest

from driver.host import listening_ports

TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0A00020A:C000 0A000201:0050 01 00000000:00000000 00:00000000 00000000     0        0 2 1
"""


class Ports(unittest.TestCase):
    def test_only_listening_sockets_count(self):
        self.assertEqual({443}, listening_ports(TABLE))

    def test_a_datagram_socket_counts_in_any_state(self):
        self.assertEqual({443, 0xC000}, listening_ports(TABLE, any_state=True))

    def test_an_empty_table_has_none(self):
        self.assertEqual(set(), listening_ports(TABLE.splitlines()[0]))


if __name__ == "__main__":
    unittest.main()
