from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connectors.alipay.config import CallLimit, CallLimits, GatewayConfig, SignType
from connectors.alipay.gateway import AlipayGateway
from connectors.base import PayRequest
from kernel.money import Money
from tests.connectors.alipay.stand_in import MD5_KEY, PARTNER, StandIn, running_stand_in

SHORT = CallLimit(2, 0.4)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with running_stand_in() as running:
        yield running


@pytest.fixture
def config(stand_in: StandIn) -> GatewayConfig:
    return GatewayConfig(
        partner_id=PARTNER,
        sign_type=SignType.MD5,
        md5_key=MD5_KEY,
        primary_url=stand_in.url,
        backup_url=None,
        limits=CallLimits(*[CallLimit(2, 20)] * 5),
    )


@pytest.fixture
def gateway(config: GatewayConfig) -> Iterator[AlipayGateway]:
    gateway = AlipayGateway(config)
    yield gateway
    gateway.close()


@pytest.fixture
def pay_request() -> PayRequest:
    """The payment of the reference's example (§2.4)."""
    return PayRequest(
        partner_trans_id="TG20261122000042",
        amount=Money(12050, "HKD"),
        payment_code="281234567890123456",
        title="Harbour Tea Central",
        created_at=datetime(2026, 11, 22, 6, 30, 5, tzinfo=UTC),
        notify_url="",
        merchant_id="M0001",
        merchant_name="Harbour Tea",
        merchant_mcc="5812",
        store_id="S001",
        store_name="Harbour Tea Central",
        terminal_id="T01",
    )
