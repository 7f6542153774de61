"""docs/howto/onboard-a-merchant.md: its commands, run as they are written and in their order."""

import io
import json
import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.people import client_with

PAGE = Path(settings.BASE_DIR) / "docs" / "howto" / "onboard-a-merchant.md"


def commands() -> list[list[str]]:
    """Each ``manage …`` of the page's shell blocks as arguments; comments are dropped."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("manage ")]


@pytest.mark.django_db
def test_the_pages_commands_lead_to_the_first_call(tmp_path: Path) -> None:
    alipays = tmp_path / "alipay.pem"
    printed = {}
    for name, *arguments in commands():
        given = [str(alipays) if argument == "alipay.pem" else argument for argument in arguments]
        out = io.StringIO()
        call_command(name, *given, "--json", stdout=out)
        printed[name] = json.loads(out.getvalue())
        if name == "show_partner_key":
            alipays.write_text(printed[name]["public_key_base64"])

    assert list(printed) == [
        "create_acquirer",
        "create_staff",
        "create_partner_account",
        "show_partner_key",
        "set_alipay_key",
        "create_merchant",
        "create_store",
        "create_terminal",
        "create_api_key",
    ]
    stores = client_with(printed["create_api_key"]["key"]).get("/v1/stores").json()["data"]
    assert [store["id"] for store in stores] == [printed["create_store"]["id"]]
