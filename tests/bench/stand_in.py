"""A stand-in Alipay that costs as little as it can: every pay succeeds, signed with RSA2.

The delay stands in the address, ``/<milliseconds>/gateway.do``, so one process serves partner
accounts with a quick and with a slow Alipay. Its key has 1024 bits: it shares the machine with
what is measured, and its signing is not part of that. Ours keeps its 2048.
"""

import base64
import heapq
import re
import selectors
import socket
import sys
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_REQUEST = re.compile(
    rb"POST /([0-9]{1,6})/\S* HTTP/1\.1\r\n.*?Content-Length: ([0-9]{1,5})\r\n(?:.*?\r\n)?\r\n",
    re.DOTALL | re.IGNORECASE,
)
_REQUEST_LIMIT_BYTES = 64 * 1024
_BACKLOG = 4096
_NO_SUCH_SERVICE = (
    b'<?xml version="1.0" encoding="UTF-8"?><alipay><is_success>F</is_success>'
    b"<error>ILLEGAL_SERVICE</error></alipay>"
)

Signer = Callable[[bytes], bytes]


def signer(key: RSAPrivateKey) -> Signer:
    """Signs as Alipay does for ``sign_type=RSA2``."""
    padding, digest = PKCS1v15(), SHA256()
    return lambda message: base64.b64encode(key.sign(message, padding, digest))


def answer(form: dict[str, str], sign: Signer, *, number: int, is_waiting: bool = False) -> bytes:
    """The body that tells of ``form``'s trade: paid, or still waiting for its customer.

    A call that is about no trade is refused, as Alipay refuses a service it does not offer.
    """
    if "partner_trans_id" not in form:
        return _NO_SUCH_SERVICE
    fields = {
        "alipay_buyer_login_id": "159****5620",
        "alipay_buyer_user_id": "2088000000000099",
        "alipay_pay_time": "20261122143007",
        "alipay_trans_id": f"20261122220014{number:014d}",
        "currency": form.get("currency", "HKD"),
        "exchange_rate": "0.90207000",
        "partner_trans_id": form["partner_trans_id"],
        "result_code": "SUCCESS",
        "trans_amount": form.get("trans_amount", "120.50"),
        "trans_amount_cny": "108.70",
    }
    if form["service"].endswith("query"):
        fields["alipay_trans_status"] = "WAIT_BUYER_PAY" if is_waiting else "TRADE_SUCCESS"
    names = sorted(fields)
    signature = sign("&".join(f"{name}={fields[name]}" for name in names).encode())
    inner = "".join(f"<{name}>{fields[name]}</{name}>" for name in names).encode()
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><alipay><is_success>T</is_success><response>'
        b"<alipay>%b</alipay></response><sign>%b</sign><sign_type>RSA2</sign_type></alipay>"
    ) % (inner, signature)


class StandIn:
    """One thread, one selector; answers that must wait stand in a heap by their time."""

    def __init__(self, sign: Signer) -> None:
        self._sign = sign
        self._selector = selectors.DefaultSelector()
        self._received: dict[socket.socket, bytearray] = {}
        self._later: list[tuple[float, int, socket.socket, dict[str, str]]] = []
        self._waiting: set[str] = set()
        self._number = int(time.time() * 1000) * 100  # other trade ids than any run before
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self.listening.setblocking(False)
        self._selector.register(self.listening, selectors.EVENT_READ)

    @property
    def port(self) -> int:
        """Where it listens on the loopback address."""
        return int(self.listening.getsockname()[1])

    def serve(self) -> None:
        """Answer until the process is ended."""
        while True:
            pause = max(0.0, self._later[0][0] - time.monotonic()) if self._later else None
            for key, _ in self._selector.select(pause):
                if key.fileobj is self.listening:
                    self._accept()
                else:
                    self._receive(key.fileobj)  # type: ignore[arg-type]
            self._answer_due()

    def _accept(self) -> None:
        try:
            found, _ = self.listening.accept()
        except BlockingIOError:
            return
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        found.setblocking(False)
        self._received[found] = bytearray()
        self._selector.register(found, selectors.EVENT_READ)

    def _receive(self, source: socket.socket) -> None:
        try:
            chunk = source.recv(_REQUEST_LIMIT_BYTES)
        except OSError:
            chunk = b""
        received = self._received[source]
        received += chunk
        if not chunk or len(received) > _REQUEST_LIMIT_BYTES:
            self._close(source)
            return
        head = _REQUEST.match(received)
        if head is None or len(received) < head.end() + int(head[2]):
            return
        form = dict(parse_qsl(received[head.end() :].decode("ascii")))
        delay_seconds = int(head[1]) / 1000
        received.clear()
        self._take(source, form, delay_seconds=delay_seconds)

    def _take(self, source: socket.socket, form: dict[str, str], *, delay_seconds: float) -> None:
        self._number += 1
        if form["service"].endswith("query"):
            is_waiting = form["partner_trans_id"] in self._waiting
            self._send(source, answer(form, self._sign, number=0, is_waiting=is_waiting))
        elif delay_seconds:
            self._waiting.add(form["partner_trans_id"])
            due = time.monotonic() + delay_seconds
            heapq.heappush(self._later, (due, self._number, source, form))
        else:
            self._send(source, answer(form, self._sign, number=self._number))

    def _answer_due(self) -> None:
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            _, number, source, form = heapq.heappop(self._later)
            self._waiting.discard(form["partner_trans_id"])
            if source in self._received:
                self._send(source, answer(form, self._sign, number=number))

    def _send(self, source: socket.socket, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n"
        try:
            source.sendall(head % len(body) + body)  # far below a socket's buffer
        except OSError:
            self._close(source)

    def _close(self, source: socket.socket) -> None:
        self._selector.unregister(source)
        del self._received[source]
        source.close()


def main() -> None:
    """Read a private key (PEM) from standard input, print the port, and serve."""
    key = load_pem_private_key(sys.stdin.buffer.read(), password=None)
    assert isinstance(key, RSAPrivateKey)
    stand_in = StandIn(signer(key))
    print(stand_in.port, flush=True)
    stand_in.serve()


if __name__ == "__main__":
    main()
