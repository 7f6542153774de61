"""The daily files: make one now, see which there are, and plant breaks in those to come."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from sandbox.control.body import BadRequest, NotFound, asked_whole, body, day, one_of, text, whole
from sandbox.files import breaks, making
from sandbox.gateway import Gateway

PAGE_LIMIT = 500
_BREAKS_LIMIT = 1000
_COUNT_LIMIT = 10**6


def add(pages: Blueprint, gateway: Gateway) -> None:
    """The routes below /files and /breaks."""
    storage, clock = gateway.storage, gateway.clock

    @pages.get("/files")
    def get_files() -> Response:
        found = storage.all(
            "SELECT * FROM daily_file WHERE (?1 = '' OR partner = ?1)"
            " ORDER BY made_at DESC, day DESC, kind LIMIT ?2",
            request.args.get("partner", ""),
            asked_whole("limit", 100, 1, PAGE_LIMIT),
        )
        server = current_app.extensions["files"]
        where = {"port": server.port, "host_key": server.host_key, "folder": "/download/"}
        return jsonify(sftp=where, data=[dict(row) for row in found])

    @pages.post("/files")
    def post_file() -> tuple[Response, int]:
        sent = body("partner", "kind", "day")
        partner, kind, wanted = _which(sent)
        if storage.one("SELECT 1 FROM partner WHERE id = ?", partner) is None:
            raise NotFound(f"no partner {partner}")
        made = making.make(storage, partner, kind, wanted, clock.now(), gateway.readings)
        return jsonify(dict(made)), 201

    @pages.get("/files/<partner>/<kind>/<wanted>")
    def get_file(partner: str, kind: str, wanted: str) -> Response:
        found = making.find(storage, partner, kind, day(wanted))
        if found is None or found["name"] is None:
            raise NotFound("no such file")
        content = (making.folder_of(storage, partner) / found["name"]).read_bytes()
        return Response(content, content_type="text/plain")

    @pages.get("/breaks")
    def get_breaks() -> Response:
        rows = storage.all("SELECT * FROM planted ORDER BY id LIMIT ?", _BREAKS_LIMIT)
        return jsonify(data=[dict(row) for row in rows])

    @pages.post("/breaks")
    def post_break() -> tuple[Response, int]:
        sent = body("partner", "kind", "day", "name", "count", "seed")
        partner, kind, wanted = _which(sent)
        name = one_of(sent, "name", breaks.NAMES, None)
        count = whole(sent, "count", 1, 1, _COUNT_LIMIT)
        seed = whole(sent, "seed", 0, -(2**53), 2**53)
        with storage.writing() as rows:
            if rows.execute("SELECT count(*) FROM planted").fetchone()[0] >= _BREAKS_LIMIT:
                raise BadRequest(f"{_BREAKS_LIMIT} breaks are planned: delete some first")
            made = rows.execute(
                "INSERT INTO planted (partner, kind, day, name, count, seed)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (partner, kind, wanted.isoformat(), name, count, seed),
            )
        return jsonify(id=made.lastrowid), 201

    @pages.delete("/breaks", defaults={"break_id": None})
    @pages.delete("/breaks/<int:break_id>")
    def delete_break(break_id: int | None) -> Response:
        with storage.writing() as rows:
            done = rows.execute("DELETE FROM planted WHERE ?1 IS NULL OR id = ?1", (break_id,))
        return jsonify(deleted=done.rowcount)


def _which(sent: dict[str, Any]) -> tuple[str, str, date]:
    partner = text(sent, "partner", longest=16)
    if partner is None:
        raise BadRequest("partner is missing")
    kind = one_of(sent, "kind", making.KINDS, None)
    return partner, kind, day(str(sent.get("day")))
