"""The load: a process of its own that sends prebuilt requests over raw sockets and keeps times.

Closed loop: so many connections, each sends its next payment when the last is answered. Open
loop: payments arrive at a rate whatever becomes of them, and their time counts from the moment
they should have been sent, so a queue in front of the server cannot hide.
"""

import json
import random
import re
import resource
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

_CONNECTIONS_LIMIT = 8_000
_HEAD = re.compile(
    rb"HTTP/1\.1 ([0-9]{3}) .*?content-length: ([0-9]+)\r\n(?:.*?\r\n)?\r\n",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True)
class Load:
    """What to send. ``rate`` payments/s arrive, or 0: ``connections`` go round in a closed loop.

    Times in seconds; what is answered within ``warm_up`` is sent and checked but not counted.
    ``tills`` are pairs of API key and store id, which take turns.
    """

    port: int
    tills: list[tuple[str, str]]
    seconds: float
    label: str  # makes the references of this load its own
    warm_up: float = 0.5
    connections: int = 32
    rate: float = 0.0
    grace: float = 30.0  # for what is in flight at the end
    seed: int = 2026


@dataclass
class Measured:
    """What came of it. ``latencies`` in ms of counted payments; ``statuses`` of all answers."""

    sent: int = 0
    counted: int = 0
    counted_seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    errors: int = 0
    most_in_flight: int = 0
    cpu_seconds: float = 0.0


class _Line:
    """One connection and the payment that it carries."""

    __slots__ = ("due", "received", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=1)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.received = b""
        self.due = 0.0


class Generator:
    """Runs one Load."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._templates = [_template(key, store, load.label) for key, store in load.tills]
        self._selector = selectors.DefaultSelector()
        self._idle: list[_Line] = []
        self._opened = 0
        self._in_flight = 0
        self._statuses: Counter[str] = Counter()
        self._measured = Measured()
        self._counts_from = 0.0
        self._counts_to = 0.0

    def run(self) -> Measured:
        """Send everything, wait for the answers, and tell."""
        started = time.perf_counter()
        self._counts_from = started + self._load.warm_up
        self._counts_to = started + self._load.warm_up + self._load.seconds
        if self._load.rate:
            self._run_open(started)
        else:
            self._run_closed()
        self._finish()
        return self._measured

    def _run_closed(self) -> None:
        for _ in range(self._load.connections):
            self._send(time.perf_counter())
        while (now := time.perf_counter()) < self._counts_to:
            for line in self._answered(self._counts_to - now):
                self._idle.append(line)
                self._send(time.perf_counter())

    def _run_open(self, started: float) -> None:
        gaps = random.Random(self._load.seed)
        due = started
        while due < self._counts_to:
            while (now := time.perf_counter()) < due:
                self._idle.extend(self._answered(due - now))
            self._send(due)
            due += gaps.expovariate(self._load.rate)

    def _finish(self) -> None:
        end = time.perf_counter() + self._load.grace
        while self._in_flight and (now := time.perf_counter()) < end:
            self._idle.extend(self._answered(end - now))
        self._measured.errors += self._in_flight
        self._measured.statuses = dict(self._statuses)
        self._measured.counted_seconds = self._load.seconds
        used = resource.getrusage(resource.RUSAGE_SELF)
        self._measured.cpu_seconds = used.ru_utime + used.ru_stime
        for line in self._idle:
            line.socket.close()

    def _send(self, due: float) -> None:
        number = self._measured.sent
        self._measured.sent += 1
        line = self._free_line()
        if line is None:
            self._measured.errors += 1
            return
        line.due = due
        # A few hundred bytes always fit into the buffer of a socket that waits for nothing.
        line.socket.sendall(self._templates[number % len(self._templates)] % (number, number))
        self._in_flight += 1
        self._measured.most_in_flight = max(self._measured.most_in_flight, self._in_flight)

    def _free_line(self) -> _Line | None:
        if self._idle:
            return self._idle.pop()
        if self._opened >= _CONNECTIONS_LIMIT:
            return None
        try:
            line = _Line(self._load.port)
        except OSError:  # nobody accepts: that payment is lost, and it is counted
            self._statuses["no connection"] += 1
            return None
        self._opened += 1
        self._selector.register(line.socket, selectors.EVENT_READ, line)
        return line

    def _answered(self, seconds: float) -> list[_Line]:
        return [key.data for key, _ in self._selector.select(seconds) if self._read(key.data)]

    def _read(self, line: _Line) -> bool:
        """Whether a whole answer has come and the line is free again."""
        try:
            chunk = line.socket.recv(65536)
        except OSError:
            chunk = b""
        if not chunk:
            self._lose(line)
            return False
        line.received += chunk
        head = _HEAD.match(line.received)
        if head is None or len(line.received) < head.end() + int(head[2]):
            return False
        self._note(line, head[1].decode())
        return True

    def _note(self, line: _Line, status: str) -> None:
        now = time.perf_counter()
        is_paid = status == "201" and b'"status":"succeeded"' in line.received
        self._statuses[status if is_paid or status != "201" else "201 not succeeded"] += 1
        self._measured.errors += not is_paid
        line.received = b""
        self._in_flight -= 1
        moment = line.due if self._load.rate else now
        if self._counts_from <= moment < self._counts_to:
            self._measured.counted += 1
            self._measured.latencies.append((now - line.due) * 1000)

    def _lose(self, line: _Line) -> None:
        self._selector.unregister(line.socket)
        line.socket.close()
        self._opened -= 1
        if line in self._idle:
            self._idle.remove(line)
            return
        self._in_flight -= 1
        self._statuses["connection lost"] += 1
        self._measured.errors += 1


def _template(key: str, store: str, label: str) -> bytes:
    """A whole request with two places for the payment's number, of fixed length."""
    body = {
        "amount": 12050,
        "currency": "HKD",
        "payment_code": "28%016d",
        "merchant_reference": f"{label}-%010d",
        "store": store,
    }
    text = json.dumps(body, separators=(",", ":"))
    length = len(text % (0, 0))
    head = (
        "POST /v1/payments HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        f"Prefer: wait=20\r\nContent-Length: {length}\r\n\r\n"
    )
    return (head + text).encode()


def main() -> None:
    """Read a Load as JSON from standard input, run it, print what was Measured as JSON."""
    order: dict[str, Any] = json.load(sys.stdin)
    print(json.dumps(asdict(Generator(Load(**order)).run())))


if __name__ == "__main__":
    main()
