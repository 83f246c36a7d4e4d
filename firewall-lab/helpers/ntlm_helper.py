#!/usr/bin/env python3
"""An NTLM helper for squid which really verifies NTLMv2 ([MS-NLMP]); Debian's own accepts any password.

    ntlm_helper.py USERS        USERS: lines NAME:PASSWORD; any domain does

squid's protocol: "YR" asks for a challenge (TT), "KK BLOB" brings the answer (AF NAME, or NA REASON).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import struct
import sys
from collections.abc import Callable

DOMAIN, COMPUTER, DNS_DOMAIN, DNS_COMPUTER = "LAB", "PROXY", "lab.test", "proxy.lab.test"
# Unicode, OEM, NTLM, always sign, target is a domain, extended security, target information, 128 bits, 56 bits.
FLAGS = 0x1 | 0x2 | 0x200 | 0x8000 | 0x10000 | 0x80000 | 0x800000 | 0x20000000 | 0x80000000
CHALLENGE_SIZE = 8
PROOF_SIZE = 16
# The NTLMv1 response is exactly so long; NTLMv2's is longer.
V1_SIZE = 24
HEADER_SIZE = 56
MASK = 0xFFFFFFFF

# MD4's three rounds (RFC 1320): its function, its constant, the order of the words, the shifts.
ROUNDS: list[tuple[Callable[[int, int, int], int], int, list[int], list[int]]] = [
    (lambda x, y, z: (x & y) | (~x & z), 0, list(range(16)), [3, 7, 11, 19]),
    (lambda x, y, z: (x & y) | (x & z) | (y & z), 0x5A827999,
     [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15], [3, 5, 9, 13]),
    (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1,
     [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], [3, 9, 11, 15]),
]


def rotate(value: int, by: int) -> int:
    value &= MASK
    return ((value << by) | (value >> (32 - by))) & MASK


def md4(data: bytes) -> bytes:
    """Here because OpenSSL 3 no longer offers it by default."""
    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack("<Q", len(data) * 8)
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    for start in range(0, len(padded), 64):
        words = struct.unpack("<16I", padded[start:start + 64])
        a, b, c, d = state
        for mix, constant, order, shifts in ROUNDS:
            for step, word in enumerate(order):
                a, b, c, d = d, rotate(a + mix(b, c, d) + words[word] + constant, shifts[step % 4]), b, c
        state = [(old + new) & MASK for old, new in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def attribute(kind: int, text: str) -> bytes:
    value = text.encode("utf-16le")
    return struct.pack("<HH", kind, len(value)) + value


def challenge_message(challenge: bytes) -> bytes:
    target = DOMAIN.encode("utf-16le")
    information = (attribute(2, DOMAIN) + attribute(1, COMPUTER) + attribute(4, DNS_DOMAIN) +
                   attribute(3, DNS_COMPUTER) + struct.pack("<HH", 0, 0))
    version = b"\x06\x01\xb1\x1d\0\0\0\x0f"
    return (b"NTLMSSP\0" + struct.pack("<IHHII", 2, len(target), len(target), HEADER_SIZE, FLAGS) + challenge +
            b"\0" * 8 +
            struct.pack("<HHI", len(information), len(information), HEADER_SIZE + len(target)) + version + target +
            information)


def field(message: bytes, offset: int) -> bytes:
    """A security buffer: length, allocated length, place."""
    length, _, place = struct.unpack_from("<HHI", message, offset)
    return message[place:place + length]


def proof(password: str, user: str, domain: bytes, challenge: bytes, rest: bytes) -> bytes:
    """NTProofStr: what only the password's owner can say about this challenge."""
    key = hmac.digest(md4(password.encode("utf-16le")), user.upper().encode("utf-16le") + domain, "md5")
    return hmac.digest(key, challenge + rest, "md5")


def judge(message: bytes, challenge: bytes, users: dict[str, str]) -> str:
    """squid's answer to an authenticate message."""
    response, domain, name = field(message, 20), field(message, 28), field(message, 36).decode("utf-16le")
    password = users.get(name.lower())
    if password is None:
        return "NA no such user"
    if len(response) <= V1_SIZE:
        return "NA not NTLMv2"
    expected = proof(password, name, domain, challenge, response[PROOF_SIZE:])
    return f"AF {name}" if hmac.compare_digest(expected, response[:PROOF_SIZE]) else "NA wrong password"


def answer(line: str, challenge: bytes, users: dict[str, str]) -> tuple[str, bytes]:
    """What squid is told for one of its lines, and the challenge that now counts."""
    words = line.split()
    if words[:1] == ["YR"]:
        challenge = os.urandom(CHALLENGE_SIZE)
        return f"TT {base64.b64encode(challenge_message(challenge)).decode()}", challenge
    if words[:1] == ["KK"] and len(words) > 1:
        try:
            return judge(base64.b64decode(words[1]), challenge, users), challenge
        except (struct.error, UnicodeDecodeError, binascii.Error):
            return "NA malformed", challenge
    return "BH unexpected", challenge


def main(path: str) -> None:
    with open(path, encoding="utf-8") as lines:
        users = {name.lower(): password for name, password in
                 (line.rstrip("\n").split(":", 1) for line in lines if ":" in line)}
    challenge = b""
    for line in sys.stdin:
        told, challenge = answer(line, challenge, users)
        print(told, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
