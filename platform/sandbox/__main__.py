"""``python -m sandbox --host 127.0.0.1 --port 8001 --data .data/sandbox``."""

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.pywsgi import WSGIHandler, WSGIServer  # noqa: E402

from sandbox.app import create_app  # noqa: E402
from sandbox.clock import SandboxClock  # noqa: E402
from sandbox.files.sftp import FileServer  # noqa: E402
from sandbox.notifications import Sender  # noqa: E402
from sandbox.readings import Readings, read  # noqa: E402
from sandbox.ticker import Ticker  # noqa: E402


class _Handler(WSGIHandler):  # type: ignore[misc]  # gevent has no types
    """Can close the connection without an answer."""

    def handle(self) -> None:
        # Head and body are two writes: with Nagle the second waits 40 ms for the caller's ACK.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().handle()

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ["sandbox.close"] = lambda: self.socket.shutdown(socket.SHUT_RDWR)
        return environ


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--sftp-port", type=int, default=0, help="0: the last one, or a free one")
    parser.add_argument("--data", type=Path, default=Path(".data/sandbox"))
    parser.add_argument(
        "--reading",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"where the reference is open: {', '.join(Readings.__dataclass_fields__)}",
    )
    options = parser.parse_args()
    try:
        readings = read(options.reading)
    except ValueError as error:
        parser.error(str(error))
    clock = SandboxClock()
    app = create_app(options.data, clock=clock, readings=readings)
    storage = app.extensions["gateway"].storage
    sender, ticker = Sender(storage, clock), Ticker(storage, clock, readings=readings)
    files = FileServer(storage, options.host, options.sftp_port)
    app.extensions["files"] = files
    server = WSGIServer((options.host, options.port), app, handler_class=_Handler, log=None)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.stop, 2)
    files.start()
    ticker.start()
    sender.start()
    server.start()
    print(f"sandbox ready on http://{options.host}:{server.server_port}", flush=True)
    server.serve_forever()
    sender.stop()
    ticker.stop()
    files.stop()
    storage.close()


main()
