"""Serves the sandbox in threads, for tests; a process of its own is ``__main__``."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.app import create_app
from sandbox.clock import SandboxClock
from sandbox.files.sftp import FileServer
from sandbox.gateway import Gateway
from sandbox.notifications import Sender
from sandbox.readings import Readings
from sandbox.ticker import Ticker


class _Handler(WSGIRequestHandler):
    """Keeps quiet; can close the connection without an answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        pass

    def make_environ(self) -> dict[str, Any]:
        environ = super().make_environ()
        environ["sandbox.close"] = self._close
        return environ

    def _close(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Serving:
    """A running sandbox: its address without a slash at the end, and its inner parts."""

    url: str
    gateway: Gateway
    clock: SandboxClock
    sender: Sender
    files: FileServer


@contextmanager
def serving(
    data_dir: Path,
    *,
    clock: SandboxClock | None = None,
    readings: Readings | None = None,
    sends: bool = True,
    serves_files: bool = False,
) -> Iterator[Serving]:
    """A sandbox on a free loopback port, served by threads, until the block ends.

    Without ``sends``, notifications are queued in the data folder and nobody sends them. With
    ``serves_files`` the SFTP server runs too.
    """
    clock = clock or SandboxClock()
    app = create_app(data_dir, clock=clock, readings=readings)
    gateway: Gateway = app.extensions["gateway"]
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    sender = Sender(gateway.storage, clock, tick_seconds=0.05)
    ticker = Ticker(gateway.storage, clock, tick_seconds=0.05, readings=readings)
    files = FileServer(gateway.storage, "127.0.0.1", 0)
    app.extensions["files"] = files
    thread.start()
    if serves_files:
        files.start()
    ticker.start()
    if sends:
        sender.start()
    try:
        yield Serving(f"http://127.0.0.1:{server.server_port}", gateway, clock, sender, files)
    finally:
        files.stop()
        sender.stop()
        ticker.stop()
        server.shutdown()
        thread.join()
        server.server_close()
        gateway.storage.close()
