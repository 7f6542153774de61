"""Templates of membership cards: ``alipay.marketing.card.template.*`` (barcode reference §9).

A template says what a card looks like. The card of one member (``card.open`` and what follows) is
not called: docs/concepts/alipay-cards.md says why.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256

from connectors.alipay import open_gateway
from connectors.alipay.config import BadConfiguration, CallLimit
from connectors.alipay.keys import load_private_key, load_public_key
from connectors.alipay.masking import MAX_STORED_BYTES, mask_body, mask_parameters
from connectors.alipay.open_gateway import OpenAnswer
from connectors.alipay.signing import RsaSignature
from connectors.alipay.transport import GatewayHttp, Http, Reply
from connectors.base import CardOutcome, CardTemplate, Evidence, Result
from kernel import clock

CREATE = "alipay.marketing.card.template.create"
MODIFY = "alipay.marketing.card.template.modify"
QUERY = "alipay.marketing.card.template.query"
NAME_LIMIT = 10  # characters of ``card_show_name``
_COLOUR = re.compile(r"\Argb\((?:[0-9]{1,3},){2}[0-9]{1,3}\)\Z")
_LIMIT = CallLimit(3, 10)  # nobody waits at a till for it

# The code that the wallet shows is our own card number as a barcode: tills scan it already.
_STATIC_BARCODE = "barcode"
_SUFFIX_DIGITS = "10"  # of Alipay's own number of a card, 8 to 32
_COLUMNS = (("POINT", "积分"), ("LEVEL", "等级"))
_RULES = ("OpenDate", "Point", "Level")  # each comes with the card that is opened


@dataclass(frozen=True, slots=True)
class CardsConfig:
    """One app of Alipay's open platform. Raises BadConfiguration where it cannot work."""

    app_id: str
    url: str
    private_key: str = field(repr=False)
    alipay_public_key: str

    def __post_init__(self) -> None:
        if not self.app_id:
            raise BadConfiguration("card_app_id is empty")
        if not self.url:
            raise BadConfiguration("card_url is empty")


class AlipayCards:
    """One app's line to the open gateway. ``http`` replaces the pooled connections."""

    def __init__(self, config: CardsConfig, *, http: Http | None = None) -> None:
        self.config = config
        self._signature = RsaSignature(
            load_private_key(config.private_key),
            load_public_key(config.alipay_public_key),
            SHA256(),
        )
        self._http = http or GatewayHttp(
            (config.url,), max_answer_bytes=64 * 1024, pool_size=4, query=open_gateway.QUERY
        )

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def create_template(self, request_id: str, template: CardTemplate) -> CardOutcome:
        """See ``connectors.base.CardIssuer``."""
        said = {
            "request_id": request_id,
            "card_type": "OUT_MEMBER_CARD",
            "biz_no_suffix_len": _SUFFIX_DIGITS,
        }
        return self._call(CREATE, said | _look(template))

    def modify_template(
        self, request_id: str, template_id: str, template: CardTemplate
    ) -> CardOutcome:
        """See ``connectors.base.CardIssuer``."""
        said = {"request_id": request_id, "template_id": template_id}
        return self._call(MODIFY, said | _look(template))

    def query_template(self, template_id: str) -> CardOutcome:
        """See ``connectors.base.CardIssuer``."""
        return self._call(QUERY, {"template_id": template_id})

    def _call(self, method: str, content: dict[str, Any]) -> CardOutcome:
        form = open_gateway.signed_form(
            self.config.app_id, method, content, self._signature, at=clock.now()
        )
        reply = self._http.post(open_gateway.encode(form), _LIMIT)
        evidence = _evidence(method, form, reply)
        answer = None
        if reply.body is not None and reply.http_status == 200:
            answer = open_gateway.read_answer(reply.body, method, self._signature)
        if answer is None:
            why = reply.error or "The answer is none of the open gateway's."
            return CardOutcome(Result.UNKNOWN, None, evidence, message=why)
        return _outcome(method, answer, content.get("template_id"), evidence)


def is_colour(text: str) -> bool:
    """Whether Alipay could read it: ``rgb(37,99,235)``."""
    found = _COLOUR.match(text)
    return found is not None and all(int(part) < 256 for part in re.findall("[0-9]+", text))


def _look(template: CardTemplate) -> dict[str, Any]:
    return {
        "write_off_type": _STATIC_BARCODE,
        "template_style_info": {
            "card_show_name": template.name,
            "logo_id": template.logo_id,
            "background_id": template.background_id,
            "bg_color": template.colour,
        },
        "column_info_list": [{"code": code, "title": title} for code, title in _COLUMNS],
        "field_rule_list": [
            {"field_name": name, "rule_name": "ASSIGN_FROM_REQUEST", "rule_value": name}
            for name in _RULES
        ],
    }


def _outcome(
    method: str, answer: OpenAnswer, asked_id: str | None, evidence: Evidence
) -> CardOutcome:
    result, message = answer.result, answer.message
    template_id = answer.text("template_id")
    if not answer.is_genuine:
        message = f"{message or 'The answer'} (not signed by Alipay)"
    if result is Result.SUCCEEDED and method != QUERY and template_id is None:
        return CardOutcome(Result.UNKNOWN, answer.code, evidence, "The answer names no template.")
    if result is Result.SUCCEEDED and asked_id and template_id not in (None, asked_id):
        return CardOutcome(Result.UNKNOWN, answer.code, evidence, "It is about another template.")
    content = _content(answer) if result is Result.SUCCEEDED and method == QUERY else None
    return CardOutcome(result, answer.code, evidence, message, template_id or asked_id, content)


def _content(answer: OpenAnswer) -> CardTemplate:
    style = answer.fields.get("template_style_info")
    texts = style if isinstance(style, dict) else {}
    names = ("card_show_name", "logo_id", "background_id", "bg_color")
    return CardTemplate(*(str(texts.get(name, "")) for name in names))


def _evidence(method: str, form: dict[str, str], reply: Reply) -> Evidence:
    body = reply.partial if reply.body is None else reply.body
    return Evidence(
        endpoint=reply.address,
        service=method,
        request=mask_parameters(form),
        response=mask_body(body[:MAX_STORED_BYTES]) if body else None,
        http_status=reply.http_status,
        duration_ms=reply.duration_ms,
        error=reply.error,
        was_sent=reply.was_sent,
    )
