import base64
import struct
import unittest

from helpers.ntlm_helper import answer, challenge_message, field, judge, md4, proof

USERS = {"anna": "w0nder@land"}
CHALLENGE = bytes(range(8))


def authenticate(name, password, response=None):
    """An authenticate message as a client would send it."""
    rest = b"\x01\x01" + bytes(26)
    domain, user = "LAB".encode("utf-16le"), name.encode("utf-16le")
    if response is None:
        response = proof(password, name, domain, CHALLENGE, rest) + rest
    place, buffers = 64, []
    for value in (b"", response, domain, user, b"", b""):
        buffers.append(struct.pack("<HHI", len(value), len(value), place))
        place += len(value)
    return b"NTLMSSP\0" + struct.pack("<I", 3) + b"".join(buffers) + bytes(4) + response + domain + user


class Helper(unittest.TestCase):
    def test_md4_gives_the_digests_of_its_rfc(self):
        self.assertEqual("31d6cfe0d16ae931b73c59d7e0c089c0", md4(b"").hex())
        self.assertEqual("a448017aaf21d8525fc10ae87aa6729d", md4(b"abc").hex())
        self.assertEqual("e33b4ddc9c38f2199c3e7b164fcc0536", md4(b"1234567890" * 8).hex())

    def test_the_proof_is_the_one_of_the_specification(self):
        # [MS-NLMP] 4.2.4: user "User", password "Password", domain "Domain".
        target = bytes.fromhex("02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000")
        rest = b"\x01\x01" + bytes(6) + bytes(8) + b"\xaa" * 8 + bytes(4) + target
        given = proof("Password", "User", "Domain".encode("utf-16le"), bytes.fromhex("0123456789abcdef"), rest)
        self.assertEqual("68cd0ab851e51c96aabc927bebef6a1c", given.hex())

    def test_the_right_password_is_let_in_and_the_name_is_given(self):
        self.assertEqual("AF Anna", judge(authenticate("Anna", "w0nder@land"), CHALLENGE, USERS))

    def test_a_wrong_password_an_unknown_user_and_the_old_protocol_are_not(self):
        self.assertEqual("NA wrong password", judge(authenticate("anna", "wrong"), CHALLENGE, USERS))
        self.assertEqual("NA no such user", judge(authenticate("berta", "w0nder@land"), CHALLENGE, USERS))
        self.assertEqual("NA not NTLMv2", judge(authenticate("anna", "", bytes(24)), CHALLENGE, USERS))

    def test_an_answer_to_another_challenge_is_refused(self):
        self.assertEqual("NA wrong password", judge(authenticate("anna", "w0nder@land"), b"another!", USERS))

    def test_each_line_of_squid_has_its_answer(self):
        told, challenge = answer("YR", b"", USERS)
        message = base64.b64decode(told.removeprefix("TT "))
        self.assertEqual(challenge, message[24:32])
        self.assertEqual("LAB", field(message, 12).decode("utf-16le"))
        self.assertEqual(message, challenge_message(challenge))
        self.assertEqual("NA malformed", answer("KK AAAA", challenge, USERS)[0])
        self.assertEqual("BH unexpected", answer("LD", challenge, USERS)[0])


if __name__ == "__main__":
    unittest.main()
