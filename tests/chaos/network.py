"""The wire between Tillgate and its Alipay: a TCP proxy that can be cut in several ways."""

import contextlib
import random
import socket
import struct
import threading
from collections.abc import Iterator

_CHUNK = 65536
_RESET = struct.pack("ii", 1, 0)  # linger for no time: closing sends a reset


class Wire:
    """Listens on a port of its own and carries to ``target``; ``how`` says what it does now.

    ``how`` is ``pass``, ``refuse`` (connections end at once), ``black hole`` (nothing is carried,
    nothing is closed), ``reset`` (the answer is cut off by a reset) or ``slow`` (a second later).
    """

    def __init__(self, target: tuple[str, int], chance: random.Random) -> None:
        self.how = "pass"
        self._target = target
        self._chance = chance
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._over = threading.Event()
        self._mended = threading.Event()
        self._mended.set()
        threading.Thread(target=self._accept, name="wire", daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def cut(self, how: str) -> None:
        """From now on do ``how`` instead of carrying."""
        self.how = how
        self._mended.clear()

    def mend(self) -> None:
        """Carry again; what waited in a black hole is let go."""
        self.how = "pass"
        self._mended.set()

    def close(self) -> None:
        self._over.set()
        self._mended.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError), near:
            if self.how == "refuse":
                return
            with socket.create_connection(self._target, timeout=5) as far:
                far.settimeout(None)
                back = threading.Thread(target=self._pump, args=(far, near, True), daemon=True)
                back.start()
                self._pump(near, far, False)
                back.join()

    def _pump(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if not self._let_through(source, sink, is_answer):
                    break
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def _let_through(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> bool:
        if self.how == "black hole":
            self._mended.wait()
            return False  # what stood in the hole is lost
        if self.how == "refuse":
            return False
        if self.how == "reset" and (is_answer or self._chance.random() < 0.5):
            for end in (source, sink):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            return False
        if self.how == "slow":
            self._over.wait(1.0)
        return True


@contextlib.contextmanager
def wire(target: tuple[str, int], chance: random.Random) -> Iterator[Wire]:
    """A wire to ``target`` for as long as the block runs."""
    laid = Wire(target, chance)
    try:
        yield laid
    finally:
        laid.close()
