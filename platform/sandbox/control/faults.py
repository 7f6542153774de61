"""Faults planned from outside: what, at which call, for which trade or code, how often."""

from flask import Blueprint, Response, jsonify

from sandbox import faults
from sandbox.control.body import BadRequest, body, number, one_of, text, whole
from sandbox.gateway import Gateway

_LONGEST_SECONDS = 600.0
_FIELDS = (
    "fault",
    "service",
    "partner_trans_id",
    "payment_code",
    "probability",
    "seed",
    "times",
    "seconds",
    "address",
)


def add(pages: Blueprint, gateway: Gateway) -> None:
    """The routes below /faults."""
    storage = gateway.storage

    @pages.post("/faults")
    def post_fault() -> tuple[Response, int]:
        sent = body(*_FIELDS)
        name = one_of(sent, "fault", tuple(faults.FAULTS), None)
        service = one_of(sent, "service", faults.SERVICES, "*")
        allowed = faults.FAULTS[name].services
        if service not in ("*", *allowed):
            raise BadRequest(f"{name} happens at {', '.join(allowed)}, and not at {service}")
        at = sent.get("address") and one_of(sent, "address", faults.ADDRESSES, None)
        if at and service == "notify":
            raise BadRequest("notifications come from no address of the gateway")
        values = (
            name,
            service,
            text(sent, "partner_trans_id", longest=64),
            text(sent, "payment_code", longest=32),
            whole(sent, "times", None, 1, 10**6),
            number(sent, "probability", 1.0, 0.0, 1.0),
            whole(sent, "seed", 0, -(2**53), 2**53),
            number(sent, "seconds", None, 0.0, _LONGEST_SECONDS),
            at,
        )
        with storage.writing() as rows:
            rows.execute("DELETE FROM fault WHERE times = 0")
            if rows.execute("SELECT count(*) FROM fault").fetchone()[0] >= faults.FAULTS_LIMIT:
                raise BadRequest(f"{faults.FAULTS_LIMIT} faults are planned: delete some first")
            made = rows.execute(
                "INSERT INTO fault (name, service, partner_trans_id, payment_code, times,"
                " probability, seed, seconds, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        return jsonify(id=made.lastrowid), 201

    @pages.get("/faults")
    def get_faults() -> Response:
        return jsonify(data=[dict(row) for row in storage.all("SELECT * FROM fault ORDER BY id")])

    @pages.delete("/faults", defaults={"fault_id": None})
    @pages.delete("/faults/<int:fault_id>")
    def delete_fault(fault_id: int | None) -> Response:
        with storage.writing() as rows:
            done = rows.execute("DELETE FROM fault WHERE ?1 IS NULL OR id = ?1", (fault_id,))
        return jsonify(deleted=done.rowcount)
