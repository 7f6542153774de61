"""A stand-in gateway over real HTTP: it answers what a test prepared and keeps what it was sent."""

import hashlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.sax.saxutils import escape

MD5_KEY = "abcdefghijklmnopqrstuvwxyz012345"
PARTNER = "2088000000000001"


def md5_of(text: str, key: str = MD5_KEY) -> str:
    return hashlib.md5(text.encode() + key.encode()).hexdigest()  # noqa: S324


def signed_text(fields: Mapping[str, str]) -> str:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields))


def accepted(
    fields: Mapping[str, str], *, sign: str | None = None, echo: Mapping[str, str] | None = None
) -> bytes:
    """An is_success=T envelope around ``fields``, signed with MD5 unless ``sign`` is given."""
    params = "".join(
        f'<param name="{name}">{escape(value)}</param>' for name, value in (echo or {}).items()
    )
    inner = "".join(f"<{name}>{escape(fields[name])}</{name}>" for name in sorted(fields))
    signature = md5_of(signed_text(fields)) if sign is None else sign
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><alipay><is_success>T</is_success>'
        f"<request>{params}</request><response><alipay>{inner}</alipay></response>"
        f"<sign>{signature}</sign><sign_type>MD5</sign_type></alipay>"
    ).encode()


def refused(error: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<alipay><is_success>F</is_success><error>{error}</error></alipay>"
    ).encode()


@dataclass
class Call:
    """One request as the stand-in received it."""

    query: dict[str, list[str]]
    form: dict[str, str]
    raw_form: str

    @property
    def parameters(self) -> dict[str, str]:
        return {name: values[0] for name, values in self.query.items()} | self.form

    @property
    def extend_info(self) -> dict[str, str]:
        return dict(json.loads(self.form["extend_info"]))


Answer = bytes | Callable[["Handler", Call], None]


@dataclass
class StandIn:
    """Set ``answer`` to a body (sent with status 200), or to a function that writes by itself."""

    url: str
    answer: Answer = b""
    calls: list[Call] = field(default_factory=list)
    connections: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand_in: StandIn

    def setup(self) -> None:
        super().setup()
        self.stand_in.connections += 1

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(raw, keep_blank_values=True))
        call = Call(parse_qs(urlsplit(self.path).query), form, raw)
        self.stand_in.calls.append(call)
        answer = self.stand_in.answer
        if callable(answer):
            answer(self, call)
        else:
            self.reply(answer)

    def reply(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        # A client that gives up in the middle is what several tests are about.
        pass


@contextmanager
def running_stand_in(tls: ssl.SSLContext | None = None) -> Iterator[StandIn]:
    """A stand-in on a free loopback port until the block ends."""
    handler = type("BoundHandler", (Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    if tls is not None:
        # The handshake is left to the connection's own thread: one that fails must not stop all.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    scheme = "http" if tls is None else "https"
    stand_in = StandIn(f"{scheme}://127.0.0.1:{server.server_address[1]}/gateway.do")
    handler.stand_in = stand_in  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stand_in
    finally:
        stand_in.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()
