#!/usr/bin/env python3
"""Small checks for the controls of the networks, and www.lab.test, which they are made against.

    probe.py tcp HOST PORT               open, refused, unreachable, timeout or dns
    probe.py plain HOST PORT             answered, closed, reset or silent: what becomes of something that is not TLS
    probe.py upgrade URL [CURL-OPTION…]  the status that answers a request to upgrade to WebSocket
    probe.py stream URL [CURL-OPTION…]   streamed, or held back: when the parts of a slow answer arrive
    probe.py udp HOST COUNT              how many of COUNT datagrams came back
    probe.py datagram HOST BYTES         back, or lost: a packet that may not be split
    probe.py rtt HOST                    the median round trip in ms, over 20 datagrams
    probe.py idle HOST SECONDS           alive or dead: a connection after so long a silence
    probe.py busy HOST SECONDS           held, or cut after N s: a connection that says something twice a second
    probe.py serve CERT KEY ADDRESS…     www.lab.test: HTTP on 80, HTTPS on 443, echo on TCP 7 and, at ADDRESSes, UDP 7
"""

from __future__ import annotations

import errno
import http.server
import socket
import socketserver
import ssl
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable

PATIENCE_S = 3.0
ECHO_PORT = 7
PART_EVERY_S = 0.3
PARTS = 6
# RFC 6455, section 1.3: the key of its example and the answer to it.
KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def tcp(host: str, port: str) -> str:
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except socket.gaierror:
        return "dns"
    try:
        with socket.create_connection(found[0][4][:2], PATIENCE_S):
            return "open"
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "timeout"
    except OSError as error:
        if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES):
            return "unreachable"
        raise


def plain(host: str, port: str) -> str:
    with socket.create_connection((host, int(port)), PATIENCE_S) as connection:
        try:
            connection.sendall(b"SSH-2.0-probe\r\n")
            return "answered" if connection.recv(100) else "closed"
        except ConnectionResetError:
            return "reset"
        except TimeoutError:
            return "silent"


def upgrade(url: str, *options: str) -> str:
    # After a 101 curl waits for more, and is ended by its time limit.
    done = subprocess.run(
        ["curl", "--silent", "--http1.1", "--output", "/dev/null", "--max-time", "3", "--write-out", "%{http_code}",
         "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13",
         "-H", f"Sec-WebSocket-Key: {KEY}", *options, url], capture_output=True, text=True,
        check=False)
    return done.stdout


def stream(url: str, *options: str) -> str:
    with subprocess.Popen(["curl", "--silent", "--no-buffer", "--max-time", "20", *options, url],
                          stdout=subprocess.PIPE) as process:
        assert process.stdout
        arrivals = [time.monotonic() for _ in process.stdout]
    if len(arrivals) < PARTS:
        return f"{len(arrivals)} of {PARTS} parts"
    return "streamed" if arrivals[-1] - arrivals[0] > PARTS * PART_EVERY_S / 2 else "held back"


def echo_socket(host: str) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, ECHO_PORT, type=socket.SOCK_DGRAM)[0]
    datagrams = socket.socket(family, kind, protocol)
    datagrams.settimeout(1.0)
    datagrams.connect(address)
    return datagrams


def send_numbers(datagrams: socket.socket, count: int) -> None:
    try:
        for number in range(count):
            datagrams.send(str(number).encode())
            time.sleep(0.002)
    except OSError:
        pass


def udp(host: str, count: str) -> str:
    back = 0
    with echo_socket(host) as datagrams:
        # Beside the reading: what comes back while all are still being sent would overflow the socket's buffer.
        sender = threading.Thread(target=send_numbers, args=(datagrams, int(count)))
        sender.start()
        try:
            while back < int(count):
                datagrams.recv(100)
                back += 1
        except OSError:
            pass
        sender.join()
    return str(back)


def datagram(host: str, size: str) -> str:
    """IP and UDP take 28 of the bytes."""
    with echo_socket(host) as datagrams:
        # Never in pieces, and never mind what others said of the way: IP_MTU_DISCOVER = 10, IP_PMTUDISC_PROBE = 3.
        datagrams.setsockopt(socket.IPPROTO_IP, 10, 3)
        try:
            datagrams.send(bytes(int(size) - 28))
            datagrams.recv(2000)
            return "back"
        except TimeoutError:
            return "lost"
        except OSError as error:
            return f"refused: {error.strerror}"


def rtt(host: str) -> str:
    times = []
    with echo_socket(host) as datagrams:
        for _ in range(20):
            start = time.monotonic()
            datagrams.send(b"?")
            try:
                datagrams.recv(100)
                times.append(time.monotonic() - start)
            except OSError:
                pass
    return str(round(statistics.median(times) * 1000)) if times else "none"


def idle(host: str, seconds: str) -> str:
    with socket.create_connection((host, ECHO_PORT), PATIENCE_S) as connection:
        for wait in (0.0, float(seconds)):
            time.sleep(wait)
            try:
                connection.sendall(b"?")
                if not connection.recv(1):
                    return "dead"
            except OSError:
                return "dead"
    return "alive"


def busy(host: str, seconds: str) -> str:
    start = time.monotonic()
    with socket.create_connection((host, ECHO_PORT), PATIENCE_S) as connection:
        while time.monotonic() - start < float(seconds):
            try:
                connection.sendall(b"?")
                if not connection.recv(1):
                    break
            except OSError:
                break
            time.sleep(0.5)
        else:
            return "held"
    return f"cut after {time.monotonic() - start:.0f} s"


class Pages(http.server.BaseHTTPRequestHandler):
    """A page with its number, a slow answer in parts, and as many bytes as asked for."""

    protocol_version = "HTTP/1.1"
    served = 0

    def do_GET(self) -> None:
        if self.path.startswith("/stream"):
            self.stream()
        elif self.path.startswith("/upgrade"):
            self.upgrade()
        elif self.path.startswith("/bytes/"):
            self.page(bytes(int(self.path.rsplit("/", 1)[1])), "application/octet-stream")
        else:
            Pages.served += 1
            self.page(f"<html><body>www.lab.test page {Pages.served}</body></html>\n".encode(), "text/html")

    def upgrade(self) -> None:
        """Agrees to become a WebSocket and leaves it at that."""
        wanted = self.headers.get("Upgrade", "").lower() == "websocket"
        self.send_response(101 if wanted else 426)
        self.send_header("Upgrade", "websocket")
        if wanted:
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", ACCEPT)
        else:
            self.send_header("Content-Length", "0")
        self.end_headers()
        self.close_connection = wanted

    def page(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in range(PARTS):
            line = f"part {part}\n".encode()
            self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            time.sleep(PART_EVERY_S)
        self.wfile.write(b"0\r\n\r\n")


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        if isinstance(self.request, tuple):
            self.request[1].sendto(self.request[0], self.client_address)
            return
        try:
            while data := self.request.recv(4096):
                self.request.sendall(data)
        except OSError:
            pass


class DualStack(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True


class EchoServer(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    daemon_threads = True


class DatagramEcho(socketserver.UDPServer):
    pass


class DatagramEcho6(DatagramEcho):
    address_family = socket.AF_INET6


def datagram_echoes(addresses: list[str]) -> list[socketserver.BaseServer]:
    """One for each address: an answer to a datagram must come from where it was sent to."""
    return [(DatagramEcho6 if ":" in one else DatagramEcho)((one, ECHO_PORT), Echo) for one in addresses]


def serve(certificate: str, key: str, *addresses: str) -> str:
    secure = DualStack(("::", 443), Pages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    servers = [secure, DualStack(("::", 80), Pages), EchoServer(("::", ECHO_PORT), Echo),
               *datagram_echoes(list(addresses))]
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ""


CHECKS: dict[str, Callable[..., str]] = {
    check.__name__: check for check in (tcp, plain, upgrade, stream, udp, datagram, rtt, idle, busy, serve)
}


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[0] not in CHECKS:
        print(__doc__, file=sys.stderr)
        return 2
    print(CHECKS[arguments[0]](*arguments[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
