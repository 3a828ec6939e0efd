"""A mail server on this machine that keeps what it is given, for tests of what is sent (RFC 5321, as far as Django speaks it)."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"DATA":
                self._say("354 go on")
                self.server.received.append(self._letter())
                self._say("250 kept")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            elif verb == b"RCPT" and b"nobody@" in line:
                self._say("550 nobody of that name")
            else:
                self._say("250 ok")

    def _letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[EmailMessage] = []

    @property
    def port(self) -> int:
        return self.server_address[1]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
