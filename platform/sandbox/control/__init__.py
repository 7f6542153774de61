"""The control API below ``/control``: JSON in and out, one module per noun."""

from flask import Blueprint, Response, jsonify

from sandbox.control import (
    apps,
    books,
    clocks,
    contracts,
    customers,
    faults,
    files,
    partners,
    registrations,
    trades,
)
from sandbox.control.body import BadRequest, NotFound
from sandbox.customers import CustomerError
from sandbox.gateway import Gateway
from sandbox.presented import ScanError


def control(gateway: Gateway) -> Blueprint:
    """Every route below /control."""
    pages = Blueprint("control", __name__, url_prefix="/control")

    @pages.errorhandler(BadRequest)
    @pages.errorhandler(CustomerError)
    def _refuse(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    @pages.errorhandler(NotFound)
    def _missing(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 404

    @pages.errorhandler(ScanError)
    def _not_open(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 409

    for noun in (
        partners,
        apps,
        customers,
        trades,
        registrations,
        faults,
        clocks,
        books,
        contracts,
        files,
    ):
        noun.add(pages, gateway)
    return pages
