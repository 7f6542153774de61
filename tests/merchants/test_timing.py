"""One table of time-outs: the page shows it, the columns have it, and the driver's lease holds."""

import pytest
from django.core.exceptions import ValidationError

from config.env import BASE_DIR
from merchants.gateways import connector_settings
from merchants.timing import SETTINGS
from payments.schedule import LEASE_SECONDS, PRESENTING_SECONDS
from tests.people import Person


def test_the_reference_page_is_the_table() -> None:
    page = (BASE_DIR / "docs/reference/timing.md").read_text()
    rows = [
        f"| `{each.name}` | {each.unit} | {each.default} | {each.least} to {each.most} | "
        f"{each.meaning} |"
        for each in SETTINGS.values()
    ]

    assert [row for row in rows if row not in page] == []


def test_no_call_of_the_driver_outlives_its_lease() -> None:
    longest_read = max(
        SETTINGS[f"{call}_read_seconds"].most for call in ("query", "cancel", "refund")
    )

    assert 2 * SETTINGS["connect_seconds"].most + longest_read < LEASE_SECONDS


def test_a_precreate_that_lives_is_over_before_the_driver_gives_it_up() -> None:
    connects = 2 * SETTINGS["pay_connect_seconds"].most

    assert connects + SETTINGS["precreate_read_seconds"].most <= PRESENTING_SECONDS


@pytest.mark.django_db
@pytest.mark.parametrize("setting", SETTINGS.values(), ids=list(SETTINGS))
def test_a_value_beyond_its_bounds_is_refused(acme: Person, setting: object) -> None:
    account, name = acme.partner_account, setting.name  # type: ignore[attr-defined]
    for value in (setting.least - 1, setting.most + 1):  # type: ignore[attr-defined]
        setattr(account, name, value)
        with pytest.raises(ValidationError) as refusal:
            account.clean_fields()
        assert set(refusal.value.message_dict) == {name}


@pytest.mark.django_db
def test_the_connector_is_built_from_the_accounts_own_values(acme: Person) -> None:
    account = acme.partner_account
    account.query_read_seconds, account.breaker_failures = 2, 7

    plain = connector_settings(account)

    assert plain["limits"]["query"] == {"connect_seconds": 2, "read_seconds": 2}
    assert plain["limits"]["pay"] == {"connect_seconds": 3, "read_seconds": 15}
    assert plain["limits"]["precreate"] == {"connect_seconds": 3, "read_seconds": 8}
    assert plain["breaker"] == {"failures": 7, "pause_seconds": 2}
