"""The sandbox as a WSGI application: gateway, wallet page, control API."""

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.clock import SandboxClock
from sandbox.control import control
from sandbox.gateway import ConnectionClosed, Gateway
from sandbox.storage import Storage
from sandbox.wallet import wallet

_BODY_LIMIT = 128 * 1024
_ENCODINGS = {"gbk": "gbk", "gb2312": "gb2312"}


def create_app(
    data_dir: Path, *, clock: SandboxClock | None = None, tombstone: bool = False
) -> Flask:
    """The application; ``app.extensions["gateway"]`` is its gateway.

    ``tombstone``: a cancel of an unknown id also stops a pay that arrives later under it. What
    Alipay does is not known (reference §3.3 [U]); the harsher answer is the default.
    """
    storage, clock = Storage(data_dir), clock or SandboxClock()
    gateway = Gateway(storage, clock, tombstone=tombstone)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _BODY_LIMIT
    app.secret_key = secrets.token_bytes(32)  # flashed words of one run; nothing else is signed
    app.extensions["gateway"] = gateway
    app.register_blueprint(control(gateway))
    app.register_blueprint(wallet(gateway))

    @app.route("/gateway.do", methods=["GET", "POST"])
    def gateway_do() -> Response:
        try:
            answer = gateway.handle(_parameters())
        except ConnectionClosed:
            return _Closed()
        return Response(answer.body, content_type=answer.content_type)

    @app.get("/")
    def home() -> AnyResponse:
        return redirect("/wallet")

    return app


def _parameters() -> dict[str, str]:
    """Query and body together, decoded with the charset that the query names."""
    charset = _ENCODINGS.get(request.args.get("_input_charset", "").lower(), "utf-8")
    pairs = parse_qsl(request.query_string.decode("ascii", "replace"), True, encoding=charset)
    if request.method == "POST":
        body = request.get_data(cache=True).decode("ascii", "replace")
        pairs += parse_qsl(body, True, encoding=charset)
    return dict(pairs)


class _Closed(Response):
    """Closes the connection without an answer, as a broken network does."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["sandbox.close"]()  # what is written from here on goes nowhere
        return super().__call__(environ, start_response)
