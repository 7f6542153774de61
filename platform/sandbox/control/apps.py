"""Apps of the open platform, and the card templates that they made."""

import json

from flask import Blueprint, Response, jsonify

from sandbox.cards import shown_id
from sandbox.control.body import BadRequest, NotFound, body, text
from sandbox.gateway import Gateway

PAGE_LIMIT = 500


def add(pages: Blueprint, gateway: Gateway) -> None:
    """The routes below /apps."""
    storage = gateway.storage

    @pages.put("/apps/<app>")
    def put_app(app: str) -> Response:
        partner = text(body("partner"), "partner", longest=16) or ""
        if not (1 <= len(app) <= 32 and app.isascii() and app.isdigit()):
            raise BadRequest("an app id has 1 to 32 digits")
        if storage.one("SELECT id FROM partner WHERE id = ?", partner) is None:
            raise NotFound(f"no partner {partner}")
        with storage.writing() as rows:
            rows.execute("INSERT OR REPLACE INTO app VALUES (?, ?)", (app, partner))
        return jsonify(app=app, partner=partner, alipay_public_key=gateway.public_key)

    @pages.get("/apps/<app>/card_templates")
    def get_card_templates(app: str) -> Response:
        rows = storage.all(
            "SELECT * FROM card_template WHERE app = ? ORDER BY id DESC LIMIT ?", app, PAGE_LIMIT
        )
        return jsonify(
            data=[
                {"template_id": shown_id(row["id"]), "content": json.loads(row["content"])}
                for row in rows
            ]
        )
