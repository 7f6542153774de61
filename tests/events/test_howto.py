"""The page for receivers tells the truth: its code takes what we sign and refuses the rest."""

import re
import time
from typing import Any

import pytest

from config.env import BASE_DIR
from events.signing import new_secret, sign
from kernel import clock

PAGE = (BASE_DIR / "docs" / "howto" / "webhooks.md").read_text(encoding="utf-8")
BODY = '{"type":"payment.succeeded","data":{"note":"茶"}}'


@pytest.fixture
def code() -> dict[str, Any]:
    """The page's Python, run."""
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, names)  # noqa: S102 - the page's own code
    return names


def test_the_library_and_the_code_by_hand_take_what_we_sign(code: dict[str, Any]) -> None:
    old, new = new_secret(), new_secret()
    headers = sign(BODY, message_id="evt_1", moment=clock.now(), keys=[new, old])

    for secret in (old, new):
        assert code["receive"](secret, BODY.encode(), headers)["type"] == "payment.succeeded"
        assert code["is_genuine"](secret, BODY.encode(), headers)


@pytest.mark.parametrize(
    "changed",
    [{"webhook-id": "evt_2"}, {"webhook-signature": "v1,AAAA"}, {"webhook-timestamp": "1"}],
)
def test_both_refuse_what_we_did_not_sign(code: dict[str, Any], changed: dict[str, str]) -> None:
    secret = new_secret()
    headers = sign(BODY, message_id="evt_1", moment=clock.now(), keys=[secret]) | changed

    assert not code["is_genuine"](secret, BODY.encode(), headers)
    with pytest.raises(Exception, match=r"signature|too old"):
        code["receive"](secret, BODY.encode(), headers)


def test_an_old_request_and_another_secret_are_refused(code: dict[str, Any]) -> None:
    secret = new_secret()
    headers = sign(BODY, message_id="evt_1", moment=clock.now(), keys=[secret])

    later = time.time() + 301
    assert not code["is_genuine"](secret, BODY.encode(), headers, now=lambda: later)
    assert not code["is_genuine"](new_secret(), BODY.encode(), headers)
