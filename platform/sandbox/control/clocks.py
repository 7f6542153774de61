"""The sandbox's time and its state as a whole: health, the clock, a fresh start."""

import shutil

from flask import Blueprint, Response, jsonify

from sandbox.control.body import BadRequest, body, moment, number, yes_or_no
from sandbox.gateway import Gateway
from sandbox.storage import TABLES

_TEN_YEARS = 10 * 366 * 86400.0


def add(pages: Blueprint, gateway: Gateway) -> None:
    """/health, /clock and /reset."""
    storage, clock = gateway.storage, gateway.clock

    @pages.get("/health")
    def health() -> Response:
        return jsonify(status="ok", now=clock.now().isoformat())

    @pages.post("/clock")
    def post_clock() -> Response:
        sent = body("now", "advance_seconds", "reset")
        if len(sent) != 1:
            raise BadRequest("say one of now, advance_seconds and reset")
        if "now" in sent:
            clock.set(moment(sent["now"], "now"))
        elif "advance_seconds" in sent:
            seconds = number(sent, "advance_seconds", None, 0.0, _TEN_YEARS)
            if seconds is None:
                raise BadRequest("advance_seconds is a number of seconds")
            clock.advance(seconds)
        elif yes_or_no(sent, "reset", default=False):
            clock.reset()
        return jsonify(now=clock.now().isoformat())

    @pages.post("/reset")
    def post_reset() -> Response:
        clock.reset()
        with storage.writing() as rows:
            for table in TABLES:
                rows.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this program
        shutil.rmtree(storage.folder / "files", ignore_errors=True)
        return jsonify(status="empty")
