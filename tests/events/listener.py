"""A real endpoint on loopback: it remembers each request and answers as the test says."""

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Reply = Callable[[socket.socket], None]


def say(head: str, body: bytes = b"", **headers: str) -> Reply:
    """``say("200 OK")`` answers so; a name such as Retry_After becomes Retry-After."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    whole = f"HTTP/1.1 {head}\r\n{named}Content-Length: {len(body)}\r\n\r\n".encode() + body
    return lambda sock: sock.sendall(whole)


OK = say("200 OK", b"thanks")


@dataclass(frozen=True)
class Heard:
    """One request; header names in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """``replies`` are given one by one, then ``reply`` for ever."""

    url: str
    reply: Reply = OK
    replies: list[Reply] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if self.replies else self.reply

    def hang(self, _: socket.socket) -> None:
        """Answer nothing until the test is over."""
        self.over.wait(30)

    def drip(self, sock: socket.socket) -> None:
        """A byte of a status line at a time, for ever: each wait is short, the whole is not."""
        with contextlib.suppress(OSError):
            sock.sendall(b"HTTP/1.1 200 ")
            while not self.over.wait(0.02):
                sock.sendall(b"O")


def _hear(sock: socket.socket) -> Heard | None:
    content = b""
    while b"\r\n\r\n" not in content:
        chunk = sock.recv(65536)
        if not chunk:
            return None
        content += chunk
    head, _, body = content.partition(b"\r\n\r\n")
    line, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += sock.recv(65536)
    return Heard(line, headers, body)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is what some tests are about."""


@contextlib.contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """A listener on a free port of 127.0.0.1."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            sock: socket.socket = self.request
            if tls is not None:
                sock = tls.wrap_socket(sock, server_side=True)
            with sock:
                request = _hear(sock)
                if request is not None:
                    listener.heard.append(request)
                    listener.next_reply()(sock)

    with _Server(("127.0.0.1", 0), Handler) as server:
        scheme = "http" if tls is None else "https"
        listener = Listener(f"{scheme}://127.0.0.1:{server.server_address[1]}/hook")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            listener.over.set()
            server.shutdown()
            thread.join()
