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

    ``how`` is ``pass``, ``unplug`` (nobody listens: the connection itself fails), ``refuse``
    (connections end at once), ``black hole`` (nothing is carried, nothing is closed), ``reset``
    (the answer is cut off by a reset) or ``slow`` (a second later).
    """

    def __init__(self, target: tuple[str, int], chance: random.Random) -> None:
        self.how = "pass"
        self._target = target
        self._chance = chance
        self._over = threading.Event()
        self._mended = threading.Event()
        self._mended.set()
        self.port = 0
        self._listen()

    def cut(self, how: str) -> None:
        """From now on do ``how`` instead of carrying."""
        self.how = how
        self._mended.clear()
        if how == "unplug":
            self._close()

    def mend(self) -> None:
        """Carry again; what waited in a black hole is let go."""
        was_unplugged, self.how = self.how == "unplug", "pass"
        self._mended.set()
        if was_unplugged:
            self._listen()

    def close(self) -> None:
        self._over.set()
        self._mended.set()
        self._close()

    def _listen(self) -> None:
        """At a port of chance, later again at the same."""
        self._listening = socket.create_server(("127.0.0.1", self.port), backlog=512)
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(
            target=self._accept, args=(self._listening,), name="wire", daemon=True
        ).start()

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self, listening: socket.socket) -> None:
        while not self._over.is_set():
            try:
                near, _ = listening.accept()
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
        if self.how in {"refuse", "unplug"}:
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
