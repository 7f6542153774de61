"""A store's registration through the connector, against the sandbox and against odd answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.alipay.config import GatewayConfig, SignType
from connectors.alipay.gateway import AlipayGateway
from connectors.base import Result, StoreRegistration
from sandbox.clock import ManualClock
from sandbox.readings import Readings
from sandbox.server import Serving, serving
from tests.sandbox.conftest import NOON
from tests.sandbox.till import KEY, PARTNER, Till

STORE = StoreRegistration(
    merchant_id="M0001",
    merchant_name="Harbour Tea Limited",
    store_id="S001",
    store_name='The "Central"\nstore',
    store_country="HK",
    store_address="1 Queen's Road Central",
    mcc="5812",
    merchant_type="ENTERPRISE",
    register_country="HK",
    registration_number="12345678",
    responsible_name="Ada Chan",
    responsible_id="A123456(7)",
)


@pytest.fixture(params=["response", "root"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    readings = Readings(registration_answer=request.param)
    with serving(tmp_path, clock=ManualClock(NOON), readings=readings) as running:
        yield running


@pytest.fixture
def gateway(box: Serving) -> Iterator[AlipayGateway]:
    Till(box.url)
    config = GatewayConfig(
        partner_id=PARTNER, sign_type=SignType.MD5, md5_key=KEY,
        primary_url=f"{box.url}/gateway.do", backup_url=None,
    )  # fmt: skip
    built = AlipayGateway(config)
    yield built
    built.close()


def ask(gateway: AlipayGateway, store_id: str = "S001") -> tuple[Result, str | None, str | None]:
    outcome = gateway.registration(merchant_id="M0001", store_id=store_id)
    return outcome.result, outcome.code, outcome.message


def test_a_store_is_received_looked_at_and_taken_wherever_the_answer_stands(
    gateway: AlipayGateway, box: Serving
) -> None:
    received = gateway.register(STORE)
    assert (received.result, received.code) == (Result.PENDING, "SUCCESS")
    assert ask(gateway) == (Result.PENDING, "UNDER_REVIEW", None)

    box.clock.advance(2)

    assert ask(gateway) == (Result.SUCCEEDED, "SUCCESS", None)


def test_a_refusal_comes_with_alipays_words(gateway: AlipayGateway, box: Serving) -> None:
    gateway.register(StoreRegistration(**(fields() | {"registration_number": "REFUSE"})))
    box.clock.advance(2)

    assert ask(gateway) == (Result.FAILED, "FAILED", "risk control: documents do not match")


def fields() -> dict[str, str]:
    return {name: getattr(STORE, name) for name in StoreRegistration.__dataclass_fields__}


def test_a_store_that_was_never_announced_is_missing(gateway: AlipayGateway) -> None:
    outcome = gateway.registration(merchant_id="M0001", store_id="S999")

    assert (outcome.result, outcome.is_trade_missing) == (Result.UNKNOWN, True)


def test_what_is_kept_shows_no_persons_id(gateway: AlipayGateway) -> None:
    evidence = gateway.register(STORE).evidence

    assert evidence.request["shareholder_id"] == "•••"
    assert evidence.request["store_name"] == "The 'Central' store"
    assert "A123456" not in str(evidence)


def test_another_key_is_a_fault_of_ours_and_no_refusal(box: Serving) -> None:
    Till(box.url)
    config = GatewayConfig(
        partner_id=PARTNER, sign_type=SignType.MD5, md5_key="x" * 32,
        primary_url=f"{box.url}/gateway.do", backup_url=None,
    )  # fmt: skip
    gateway = AlipayGateway(config)

    outcome = gateway.register(STORE)

    gateway.close()
    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "ILLEGAL_SIGN")
    assert outcome.is_configuration_fault
