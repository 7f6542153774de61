import pytest

from connectors.alipay.config import BadConfiguration, CallLimit, GatewayConfig, SignType
from connectors.alipay.gateway import AlipayGateway
from connectors.registry import SCHEMES, UnknownScheme, build_connector
from tests.connectors.alipay import rsa_vectors
from tests.connectors.alipay.stand_in import MD5_KEY, PARTNER


def test_the_default_limits_are_those_of_the_calls() -> None:
    limits = GatewayConfig(partner_id=PARTNER).limits

    assert limits.pay == CallLimit(connect_seconds=3, read_seconds=15)
    assert limits.query == CallLimit(2, 3)
    assert limits.cancel == CallLimit(2, 5)
    assert limits.refund == CallLimit(2, 5)


def test_no_key_shows_in_the_representation() -> None:
    config = GatewayConfig(
        partner_id=PARTNER,
        private_key=rsa_vectors.PRIVATE_KEY,
        md5_key=MD5_KEY,
        alipay_public_key=rsa_vectors.PUBLIC_KEY,
    )

    assert "private_key" not in repr(config)
    assert MD5_KEY not in repr(config)
    assert PARTNER in repr(config)


@pytest.mark.parametrize(
    "settings",
    [
        {"partner_id": ""},
        {"sign_type": "DSA"},
        {"primary_url": "ftp://example.org/gateway.do"},
        {"primary_url": "https://example.org/gateway.do?x=1"},
        {"backup_url": "gateway.do"},
        {"max_answer_bytes": 0},
        {"pool_size": 0},
        {"limits": {"pay": {"connect_seconds": 0, "read_seconds": 15}}},
        {"limits": {"charge": {"connect_seconds": 1, "read_seconds": 15}}},
        {"limits": {"pay": {"seconds": 1}}},
        {"colour": "blue"},
    ],
)
def test_a_setting_that_cannot_work_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(BadConfiguration):
        GatewayConfig.from_settings({"partner_id": PARTNER} | settings)


@pytest.mark.parametrize(
    "keys",
    [
        {"sign_type": "MD5"},
        {"sign_type": "RSA2"},
        {"sign_type": "RSA2", "private_key": rsa_vectors.PRIVATE_KEY},
        {"sign_type": "RSA", "private_key": "AAAA", "alipay_public_key": rsa_vectors.PUBLIC_KEY},
    ],
)
def test_building_a_gateway_with_unusable_keys_is_refused(keys: dict[str, str]) -> None:
    with pytest.raises(BadConfiguration):
        build_connector("alipay", {"partner_id": PARTNER} | keys)


def test_the_registry_builds_the_gateway_from_plain_settings() -> None:
    settings = {
        "partner_id": PARTNER,
        "sign_type": "MD5",
        "md5_key": MD5_KEY,
        "limits": {"query": {"connect_seconds": 1, "read_seconds": 2}},
    }

    connector = build_connector("alipay", settings)

    assert isinstance(connector, AlipayGateway)
    assert connector.config.sign_type is SignType.MD5
    assert connector.config.limits.query == CallLimit(1, 2)
    assert connector.config.limits.pay == CallLimit(3, 15)
    connector.close()


def test_an_unknown_scheme_is_refused_by_name() -> None:
    assert set(SCHEMES) == {"alipay"}
    with pytest.raises(UnknownScheme, match=r"'wampum' is none of: alipay"):
        build_connector("wampum", {})
