"""``manage.py rotate_keys``: everything under the newest master key, whatever kills it."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from merchants.models import PartnerAccount
from tenancy.encryption import decrypt, encrypt
from tenancy.envelope import read_master_key
from tenancy.rotation import count_by_key, encrypted_columns
from tenancy.scope import platform_scope
from tests.database import address_of
from tests.factories.events import SECRET, make_endpoint
from tests.factories.merchants import PartnerAccountFactory
from tests.factories.tenancy import StaffFactory
from tests.people import make_person

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
OLD_ID, NEW_ID = read_master_key(OLD).id, read_master_key(NEW).id


def rotate(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("rotate_keys", "--json", *arguments, stdout=out, stderr=io.StringIO())
    printed: dict[str, Any] = json.loads(out.getvalue())
    return printed


def accounts(count: int) -> list[PartnerAccount]:
    """One secret each, each of another acquirer."""
    return [PartnerAccountFactory(private_key=f"secret {n}", md5_key="") for n in range(count)]


def secrets(rows: list[PartnerAccount]) -> list[str]:
    with platform_scope():
        return [PartnerAccount.objects.get(pk=row.pk).private_key for row in rows]


def set_stored(row: PartnerAccount, value: str) -> None:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE merchants_partneraccount SET private_key = %s WHERE id = %s", [value, row.pk]
        )


def test_every_encrypted_column_is_found() -> None:
    found = {str(each) for each in encrypted_columns()}

    assert found >= {
        "merchants_partneraccount.private_key",
        "merchants_partneraccount.md5_key",
        "events_webhookendpoint.secret",
        "events_webhookendpoint.previous_secret",
        "proposals_proposal.payload",
        "mfa_authenticator.data",
    }


@pytest.mark.django_db
def test_everything_is_wrapped_anew_and_the_old_key_may_go(settings: Settings) -> None:
    settings.MASTER_KEYS = [OLD]
    rows = accounts(3)
    endpoint = make_endpoint(make_person())  # its account has a secret, too
    set_stored(rows[1], Fernet(OLD).encrypt(b"secret 1").decode())
    settings.MASTER_KEYS = [NEW, OLD]

    before = rotate("--check")
    done = rotate("--batch=2")

    assert (before["secrets"], before["left"]) == ({"": 1, OLD_ID: 4}, 5)
    assert (before["needed"], before["not_needed"]) == ([OLD_ID], [])
    assert (done["rewrapped"], done["secrets"], done["left"]) == (5, {NEW_ID: 5}, 0)
    assert (done["needed"], done["not_needed"]) == ([], [OLD_ID])
    settings.MASTER_KEYS = [NEW]
    assert secrets(rows) == ["secret 0", "secret 1", "secret 2"]
    with platform_scope():
        endpoint.refresh_from_db()
        assert endpoint.secret == SECRET
    assert rotate()["rewrapped"] == 0


@pytest.mark.django_db
def test_the_secrets_of_second_factors_are_wrapped_anew_and_the_rest_of_them_stays(
    settings: Settings,
) -> None:
    settings.MASTER_KEYS = [OLD]
    old = [encrypt("ABCD"), Fernet(OLD).encrypt(b"EFGH").decode()]
    factor = Authenticator.objects.create(
        user=StaffFactory(), type="totp", data={"secret": old[0], "more": [old[1], "gx", 7, None]}
    )
    settings.MASTER_KEYS = [NEW, OLD]
    assert rotate("--check")["secrets"] == {"": 1, OLD_ID: 1}

    assert rotate()["secrets"] == {NEW_ID: 2}

    settings.MASTER_KEYS = [NEW]
    factor.refresh_from_db()
    assert decrypt(factor.data["secret"]) == "ABCD"
    assert decrypt(factor.data["more"][0]) == "EFGH"
    assert factor.data["more"][1:] == ["gx", 7, None]


def test_whoever_encrypts_without_the_field_is_known_to_the_rotation() -> None:
    root = Path(__file__).resolve().parents[2]
    files = [
        path.relative_to(root).as_posix()
        for folder in ("platform", "merchants", "payments", "loyalty", "settlement")
        for path in (root / folder).rglob("*.py")
        if re.search(r"\bencrypt\(", path.read_text())
    ]

    # Whoever joins these puts his column into JSON_COLUMNS.
    known = ["encryption.py", "envelope.py", "signin/factors.py"]
    assert sorted(files) == [f"platform/tenancy/{name}" for name in known]


@pytest.mark.django_db
def test_the_rows_keep_their_version_so_nothing_is_built_anew(settings: Settings) -> None:
    settings.MASTER_KEYS = [OLD]
    (row,) = accounts(1)
    settings.MASTER_KEYS = [NEW, OLD]

    rotate()

    with platform_scope():
        assert PartnerAccount.objects.get(pk=row.pk).updated_at == row.updated_at


@pytest.mark.django_db
def test_a_secret_that_no_key_opens_is_named_and_holds_up_no_other(settings: Settings) -> None:
    lost = Fernet.generate_key().decode()
    settings.MASTER_KEYS = [lost]
    (dead,) = accounts(1)
    settings.MASTER_KEYS = [OLD]
    rows = accounts(2)
    settings.MASTER_KEYS = [NEW, OLD]

    with pytest.raises(CommandError) as refused:
        rotate("--batch=1")

    assert str(refused.value) == (
        "1 secrets cannot be opened with TILLGATE_MASTER_KEYS, and were left as they are; 2 were"
        f" wrapped anew. merchants_partneraccount.private_key {dead.pk}: the master key"
        f" {read_master_key(lost).id} is not set"
    )
    assert secrets(rows) == ["secret 0", "secret 1"]
    settings.MASTER_KEYS = [lost]
    assert secrets([dead]) == ["secret 0"]


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_everything_is_readable_and_the_next_run_ends_it(
    settings: Settings,
) -> None:
    settings.MASTER_KEYS = [OLD]
    rows = accounts(5)
    settings.MASTER_KEYS = [NEW, OLD]

    with platform_scope(), transaction.atomic():
        # The fourth row is held: the run comes through its first two rows and no further.
        fourth = sorted(row.pk for row in rows)[3]
        PartnerAccount.objects.select_for_update().get(pk=fourth)
        with subprocess.Popen(
            [sys.executable, "manage.py", "rotate_keys", "--batch=2"],
            env=environment(),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stderr is not None
            line = process.stderr.readline()
            process.kill()
            assert line == "merchants_partneraccount.private_key: 2 wrapped anew\n"

    with platform_scope():
        assert count_by_key() == {NEW_ID: 2, OLD_ID: 3}
    assert secrets(rows) == [f"secret {n}" for n in range(5)]
    done = rotate()
    assert (done["rewrapped"], done["secrets"]) == (3, {NEW_ID: 5})
    settings.MASTER_KEYS = [NEW]
    assert secrets(rows) == [f"secret {n}" for n in range(5)]


def environment() -> dict[str, str]:
    """Ours, with the database of this test and both master keys."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": address_of(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]),
        "TILLGATE_MASTER_KEYS": f"{NEW},{OLD}",
        "PGOPTIONS": "-c lock_timeout=60s",
    }
