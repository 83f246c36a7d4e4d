#!/usr/bin/env python3
"""A captive portal on the office's router: a page on 8080 and 8443; POST /sign-in lets the sender's address through.

    portal.py CERTIFICATE KEY
"""

from __future__ import annotations

import http.server
import ssl
import subprocess
import sys
import threading

PAGE = b"<html><body><h1>Please sign in</h1><form method=post action=/sign-in></form></body></html>\n"


class Portal(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        # As real ones do: 200, so that a program which does not look closely takes the page for its answer.
        self.answer(200, PAGE)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path != "/sign-in":
            self.answer(200, PAGE)
            return
        guest = str(self.client_address[0])
        subprocess.run(["nft", "add", "element", "inet", "office", "guests", f"{{ {guest} }}"], check=True)
        self.answer(200, b"Welcome\n")

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(certificate: str, key: str) -> None:
    plain = http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Portal)
    secure = http.server.ThreadingHTTPServer(("0.0.0.0", 8443), Portal)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    threading.Thread(target=secure.serve_forever, daemon=True).start()
    plain.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
