"""The sandbox as a WSGI application: gateway, wallet page, control API."""

import secrets
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from sandbox import envelope
from sandbox.cards import OpenGateway
from sandbox.clock import SandboxClock
from sandbox.control import control
from sandbox.gateway import ConnectionClosed, Gateway, charset_of
from sandbox.readings import Readings
from sandbox.storage import Storage
from sandbox.wallet import wallet

_BODY_LIMIT = 128 * 1024
_PARAMETERS_LIMIT = 100


def create_app(
    data_dir: Path, *, clock: SandboxClock | None = None, readings: Readings | None = None
) -> Flask:
    """The application; ``app.extensions["gateway"]`` is its gateway."""
    storage, clock = Storage(data_dir), clock or SandboxClock()
    gateway = Gateway(storage, clock, readings or Readings())
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _BODY_LIMIT
    app.secret_key = secrets.token_bytes(32)  # flashed words of one run; nothing else is signed
    app.extensions["gateway"] = gateway
    open_gateway = OpenGateway(storage, clock, gateway.private_pem)
    app.register_blueprint(control(gateway))
    app.register_blueprint(wallet(gateway))

    @app.route("/gateway.do", methods=["GET", "POST"], defaults={"address": "main"})
    @app.route("/backup/gateway.do", methods=["GET", "POST"], defaults={"address": "backup"})
    def gateway_do(address: str) -> Response:
        try:
            parameters = _parameters(charset_of(request.args) or "utf-8")
            if parameters is None:
                return Response(envelope.refusal("ILLEGAL_ARGUMENT"), content_type="text/xml")
            answer = gateway.handle(parameters, address=address)
        except ConnectionClosed:
            return _Closed()
        return Response(answer.body, content_type=answer.content_type)

    @app.post("/openapi/gateway.do")
    def openapi_gateway_do() -> Response:
        """JSON, in UTF-8 alone; too many parameters are as good as none."""
        body = open_gateway.handle(_parameters("utf-8") or {})
        return Response(body, content_type="text/html;charset=utf-8")  # as Alipay sends it

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Any:
        """The control API speaks JSON also where no route of it answers."""
        if request.path.startswith("/control/"):
            return jsonify(error=error.description), error.code or 500
        return error

    @app.get("/")
    def home() -> AnyResponse:
        return redirect("/wallet")

    return app


def _parameters(charset: str) -> dict[str, str] | None:
    """Query and body together, in the charset that the query named; None if there are too many.

    Where the body alone names a charset, it comes too late to decode that body (§1.1).
    """
    read = partial(
        parse_qsl, keep_blank_values=True, encoding=charset, max_num_fields=_PARAMETERS_LIMIT
    )
    try:
        pairs = read(request.query_string.decode("ascii", "replace"))
        if request.method == "POST":
            pairs += read(request.get_data(cache=True).decode("ascii", "replace"))
    except ValueError:
        return None
    return dict(pairs)


class _Closed(Response):
    """Closes the connection without an answer, as a broken network does."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["sandbox.close"]()  # what is written from here on goes nowhere
        return super().__call__(environ, start_response)
