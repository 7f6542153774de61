"""manage.py create_…: what an operator types, what is printed, and what is refused how."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from merchants import keys
from merchants.models import ApiKey, Merchant, PartnerAccount, Store, Terminal
from tenancy.models import Acquirer, Staff
from tenancy.scope import platform_scope
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> dict[str, Any]:
    """The JSON object that the command prints."""
    out = io.StringIO()
    call_command(name, *arguments, "--json", stdout=out)
    (line,) = out.getvalue().splitlines()
    printed: dict[str, Any] = json.loads(line)
    return printed


def refused(name: str, *arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command(name, *arguments, stdout=io.StringIO(), stderr=io.StringIO())
    return str(caught.value)


HARBOUR = ("--name", "Harbour Bank", "--slug", "harbour-bank", "--country", "HK")
TEA = (
    "--acquirer=harbour-bank",
    "--legal-name=Harbour Tea Limited",
    "--display-name=Harbour Tea",
    "--mcc=5812",
    "--country=HK",
    "--scheme-merchant-id=M0001",
)


def test_a_shell_brings_a_merchant_from_nothing_to_its_first_call() -> None:
    acquirer = run("create_acquirer", *HARBOUR)
    account = run(
        "create_partner_account",
        "--acquirer=harbour-bank",
        "--partner-id=2088000000000001",
        "--currency=HKD",
        "--currency=JPY",
        "--gateway-url=http://127.0.0.1:9/gateway.do",
    )
    merchant = run("create_merchant", *TEA)
    below = ("--acquirer=harbour-bank", "--merchant=M0001")
    store = run("create_store", *below, "--name=Central", "--scheme-store-id=S001")
    terminal = run(
        "create_terminal", *below, "--store=S001", "--name=Till 1", "--scheme-terminal-id=T01"
    )
    key = run("create_api_key", *below, "--label=ECR")

    assert merchant["acquirer"] == acquirer["id"]
    assert account["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    assert "private" not in json.dumps(account).lower()
    seen = client_with(key["key"]).get("/v1/terminals").json()["data"]
    assert [(row["id"], row["store"]) for row in seen] == [(terminal["id"], store["id"])]
    with platform_scope():
        assert PartnerAccount.objects.get().currencies == ["HKD", "JPY"]


def test_public_ids_serve_as_well_as_names(acme: Person) -> None:
    store = run(
        "create_store",
        f"--merchant={acme.merchant.public_id}",
        "--name=Peak",
        "--scheme-store-id=S2",
    )
    terminal = run(
        "create_terminal", f"--store={store['id']}", "--name=T", "--scheme-terminal-id=T2"
    )
    merchant = run(
        "create_merchant", f"--acquirer={acme.acquirer.public_id}", *TEA[1:5], TEA[5] + "X"
    )

    with platform_scope():
        assert Store.objects.get(name="Peak").merchant == acme.merchant
        assert Terminal.objects.get(scheme_terminal_id="T2").public_id == terminal["id"]
        assert Merchant.objects.get(scheme_merchant_id="M0001X").public_id == merchant["id"]


def test_without_json_the_result_is_a_line_per_fact() -> None:
    out = io.StringIO()

    call_command("create_acquirer", *HARBOUR, stdout=out)

    acquirer = Acquirer.objects.get()
    assert out.getvalue().splitlines() == [
        "object: acquirer",
        f"id: {acquirer.public_id}",
        "slug: harbour-bank",
    ]


def test_a_bound_key_with_an_end_and_one_scope(acme: Person) -> None:
    made = run(
        "create_api_key",
        f"--merchant={acme.merchant.public_id}",
        f"--store={acme.store.scheme_store_id}",
        "--label=Till",
        "--live",
        "--scope=stores:read",
        "--expires-in-days=30",
    )

    parsed = keys.parse_key(made["key"])
    assert parsed is not None
    assert parsed.livemode is made["livemode"] is True
    assert (made["store"], made["scopes"]) == (acme.store.public_id, ["stores:read"])
    with platform_scope():
        kept = ApiKey.objects.get(lookup=parsed.lookup)
    assert kept.expires_at is not None
    assert (kept.expires_at - kept.created_at).days in {29, 30}


def test_a_revoked_key_is_refused(acme: Person) -> None:
    printed = run("revoke_api_key", f"--key={acme.key.public_id}")

    assert printed["id"] == acme.key.public_id
    assert acme.client().get("/v1/stores").status_code == 401


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("create_acquirer", [*HARBOUR[:4], "--country=hk"], "--country: Two capitals"),
        ("create_merchant", [*TEA], "--acquirer: there is no acquirer 'harbour-bank'"),
        (
            "create_store",
            ["--merchant=M1", "--name=x", "--scheme-store-id=S1"],
            "--merchant: give its mer_… id, or name its --acquirer",
        ),
        (
            "create_terminal",
            ["--store=S1", "--name=x", "--scheme-terminal-id=T1"],
            "--store: give its str_… id, or name its --merchant",
        ),
        ("revoke_api_key", ["--key=tg_test_x"], "--key: give the key's key_… id"),
        (
            "create_staff",
            ["--email=a@example.com", "--name=A", "--role=owner"],
            "--acquirer: The operator has no acquirer; everybody else has one.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_options_name(
    name: str, arguments: list[str], said: str
) -> None:
    assert said in refused(name, *arguments)


def test_a_store_of_somebody_else_is_not_found_below_the_wrong_merchant(
    acme: Person, rival: Person
) -> None:
    said = refused(
        "create_api_key",
        f"--merchant={acme.merchant.public_id}",
        f"--store={rival.store.public_id}",
        "--label=Till",
    )

    assert said == "--store: This store belongs to another merchant."


def test_a_taken_id_names_its_option(acme: Person) -> None:
    said = refused(
        "create_store",
        f"--merchant={acme.merchant.public_id}",
        "--name=Again",
        f"--scheme-store-id={acme.store.scheme_store_id}",
    )

    assert said.startswith("--scheme-store-id: ")


def test_staff_gets_a_made_password_that_is_printed_once(acme: Person) -> None:
    made = run(
        "create_staff",
        f"--acquirer={acme.acquirer.slug}",
        "--email=ada@example.com",
        "--name=Ada",
        "--role=owner",
    )

    staff = Staff.objects.get(email="ada@example.com")
    assert staff.check_password(made["password"])
    assert len(made["password"]) == 20


def test_a_given_password_is_read_from_stdin_and_not_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a-long-and-odd-phrase\nmore\n"))

    made = run(
        "create_staff",
        "--email=op@example.com",
        "--name=Op",
        "--role=operator",
        "--password-stdin",
    )

    assert "password" not in made
    assert Staff.objects.get().check_password("a-long-and-odd-phrase")


def test_a_live_account_calls_alipays_own_addresses_unless_told_otherwise(acme: Person) -> None:
    run(
        "create_partner_account",
        f"--acquirer={acme.acquirer.slug}",
        "--partner-id=2088000000000001",
        "--currency=HKD",
        "--live",
    )

    with platform_scope():
        account = PartnerAccount.objects.get(livemode=True)
    assert account.primary_url == "https://globalmapi.alipay.com/gateway.do"
    assert account.backup_url == "https://intlmapi.alipay.com/gateway.do"


def test_a_test_account_needs_the_simulators_address(acme: Person) -> None:
    said = refused(
        "create_partner_account",
        f"--acquirer={acme.acquirer.slug}",
        "--partner-id=2088000000000001",
        "--currency=HKD",
    )

    assert said == "--gateway-url: a test account needs the simulator's address."


def test_keys_go_to_alipay_and_come_from_it(tmp_path: Path, outsider: Person) -> None:
    of = f"--acquirer={run('create_acquirer', *HARBOUR)['id']}"
    made = run(
        "create_partner_account",
        of,
        "--partner-id=2088000000000001",
        "--currency=HKD",
        "--gateway-url=http://127.0.0.1:9/gateway.do",
    )
    shown = run("show_partner_key", of)
    file = tmp_path / "alipay.pem"
    file.write_text(shown["public_key"])

    run("set_alipay_key", of, f"--alipay-public-key-file={file}")

    assert shown["public_key"] == made["public_key"]
    assert shown["public_key_base64"] == "".join(made["public_key"].splitlines()[1:-1])
    with platform_scope():
        account = PartnerAccount.objects.get(partner_id="2088000000000001")
    assert account.alipay_public_key == made["public_key"].strip()


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xff\xfe", b"x" * 20_000])
def test_a_file_that_holds_no_key_is_refused(content: bytes, tmp_path: Path, acme: Person) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)

    said = refused(
        "set_alipay_key",
        f"--acquirer={acme.acquirer.slug}",
        f"--alipay-public-key-file={file}",
    )

    assert said.startswith("--alipay-public-key-file: ")
    with platform_scope():
        assert PartnerAccount.objects.get().alipay_public_key == ""


def test_a_key_is_rolled_from_the_shell(acme: Person) -> None:
    made = run("roll_api_key", f"--key={acme.key.public_id}", "--overlap-hours=0")

    assert made["replaces"] == acme.key.public_id
    assert made["expires_at"] is None
    assert client_with(made["key"]).get("/v1/stores").status_code == 200
    assert acme.client().get("/v1/stores").status_code == 401


def test_a_key_for_one_terminal_from_one_network(acme: Person) -> None:
    made = run(
        "create_api_key",
        f"--merchant={acme.merchant.public_id}",
        f"--terminal={acme.terminal.public_id}",
        "--from=203.0.113.0/24",
        "--from=2001:db8::/48",
        "--label=Till",
    )

    assert (made["store"], made["terminal"]) == (acme.store.public_id, acme.terminal.public_id)
    assert made["allowed_networks"] == ["203.0.113.0/24", "2001:db8::/48"]
    assert client_with(made["key"]).get("/v1/stores").json()["code"] == "address_not_allowed"
