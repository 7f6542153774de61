"""When a call is sent again (never), when the backup is asked, and what the connections cost."""

import socket
import ssl
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.alipay.config import CallLimit, GatewayConfig
from connectors.alipay.gateway import AlipayGateway
from connectors.alipay.transport import GatewayHttp
from connectors.base import PayRequest, Result
from tests.connectors.alipay.stand_in import Call, Handler, StandIn, accepted, running_stand_in
from tests.connectors.alipay.test_pay import PAID

GENUINE = accepted(PAID)


@pytest.fixture
def refusing_url() -> str:
    """An address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/gateway.do"


def test_the_backup_is_asked_when_the_first_address_refuses(
    config: GatewayConfig, stand_in: StandIn, pay_request: PayRequest, refusing_url: str
) -> None:
    stand_in.answer = GENUINE
    gateway = AlipayGateway(replace(config, primary_url=refusing_url, backup_url=stand_in.url))

    outcome = gateway.pay(pay_request)
    gateway.close()

    assert outcome.result is Result.SUCCEEDED
    assert outcome.evidence.endpoint == stand_in.url
    assert len(stand_in.calls) == 1


def test_the_backup_is_asked_when_the_first_name_does_not_resolve(
    config: GatewayConfig,
    stand_in: StandIn,
    pay_request: PayRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = socket.getaddrinfo

    def getaddrinfo(host: str, *args: object, **kwargs: object) -> object:
        if host == "gateway.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return real(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    stand_in.answer = GENUINE
    unknown = "http://gateway.invalid/gateway.do"
    gateway = AlipayGateway(replace(config, primary_url=unknown, backup_url=stand_in.url))

    outcome = gateway.pay(pay_request)
    gateway.close()

    assert outcome.result is Result.SUCCEEDED
    assert len(stand_in.calls) == 1


def test_the_backup_is_asked_when_the_connection_is_not_accepted_in_time(
    config: GatewayConfig,
    stand_in: StandIn,
    pay_request: PayRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = socket.socket.connect

    def connect(sock: socket.socket, address: tuple[str, int]) -> None:
        if address[1] == 9:
            raise TimeoutError("timed out")
        real(sock, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    stand_in.answer = GENUINE
    silent = "http://127.0.0.1:9/gateway.do"
    gateway = AlipayGateway(replace(config, primary_url=silent, backup_url=stand_in.url))

    outcome = gateway.pay(pay_request)
    alone = AlipayGateway(replace(config, primary_url=silent, backup_url=None))
    unsent = alone.pay(pay_request)
    gateway.close()
    alone.close()

    assert outcome.result is Result.SUCCEEDED
    assert (unsent.result, unsent.evidence.error) == (Result.UNKNOWN, "connect timed out")
    assert unsent.evidence.was_sent is False


def test_a_pay_that_nobody_could_be_sent_says_so(
    config: GatewayConfig, pay_request: PayRequest, refusing_url: str
) -> None:
    gateway = AlipayGateway(replace(config, primary_url=refusing_url, backup_url=refusing_url))

    outcome = gateway.pay(pay_request)
    gateway.close()

    assert (outcome.result, outcome.code) == (Result.UNKNOWN, None)
    assert outcome.evidence.was_sent is False
    assert outcome.evidence.error == "could not connect"
    assert outcome.evidence.response is None


def _close_after_reading(handler: Handler, _: Call) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def test_a_pay_whose_connection_breaks_after_it_was_sent_is_not_sent_to_the_backup(
    config: GatewayConfig, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = _close_after_reading
    with running_stand_in() as backup:
        backup.answer = GENUINE
        gateway = AlipayGateway(replace(config, backup_url=backup.url))

        outcome = gateway.pay(pay_request)
        gateway.close()

        assert outcome.result is Result.UNKNOWN
        assert outcome.evidence.was_sent is True
        assert len(stand_in.calls) == 1
        assert backup.calls == []


def test_connections_are_kept_and_used_again(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = GENUINE

    for _ in range(5):
        assert gateway.pay(pay_request).result is Result.SUCCEEDED

    assert len(stand_in.calls) == 5
    assert stand_in.connections == 1


def test_a_kept_connection_that_the_gateway_has_closed_is_replaced(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    closed = threading.Event()

    def answer_and_close(handler: Handler, _: Call) -> None:
        # Announced by nothing: the server simply goes away when it has answered.
        handler.reply(GENUINE)
        handler.wfile.flush()
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    stand_in.answer = answer_and_close
    first = gateway.pay(pay_request)
    assert closed.wait(10)
    stand_in.answer = GENUINE
    second = gateway.pay(pay_request)

    assert (first.result, second.result) == (Result.SUCCEEDED, Result.SUCCEEDED)
    assert len(stand_in.calls) == 2


def test_threads_share_a_gateway_and_wait_side_by_side(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    at_once = 12
    everybody = threading.Barrier(at_once)

    def answer_when_all_are_here(handler: Handler, _: Call) -> None:
        everybody.wait(timeout=15)
        handler.reply(GENUINE)

    stand_in.answer = answer_when_all_are_here
    results: list[Result] = []
    threads = [
        threading.Thread(target=lambda: results.append(gateway.pay(pay_request).result))
        for _ in range(at_once)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [Result.SUCCEEDED] * at_once
    assert len(stand_in.calls) == at_once


GREENLETS = """
from gevent import monkey
monkey.patch_all()
import sys
import gevent
from connectors.alipay.config import CallLimit
from connectors.alipay.transport import GatewayHttp

http = GatewayHttp((sys.argv[1],), max_answer_bytes=65536, pool_size=4)
limit = CallLimit(5, 20)
calls = [gevent.spawn(http.post, b"greenlet=%d" % i, limit) for i in range(12)]
gevent.joinall(calls)
http.close()
print(sorted(call.value.body for call in calls))
"""


def test_greenlets_share_a_gateway_and_wait_side_by_side(stand_in: StandIn) -> None:
    everybody = threading.Barrier(12)

    def answer_when_all_are_here(handler: Handler, call: Call) -> None:
        everybody.wait(timeout=15)
        handler.reply(call.raw_form.encode())

    stand_in.answer = answer_when_all_are_here
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", GREENLETS, stand_in.url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert run.stdout.strip() == str(sorted(b"greenlet=%d" % i for i in range(12))), run.stderr


def test_a_proxy_of_the_environment_is_not_used(
    gateway: AlipayGateway,
    stand_in: StandIn,
    pay_request: PayRequest,
    monkeypatch: pytest.MonkeyPatch,
    refusing_url: str,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, refusing_url)
    stand_in.answer = GENUINE

    assert gateway.pay(pay_request).result is Result.SUCCEEDED


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * 80))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def test_a_certificate_that_nobody_vouches_for_stops_the_call_before_it_is_sent(
    config: GatewayConfig, pay_request: PayRequest, certificate: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running_stand_in(context) as stand_in:
        stand_in.answer = GENUINE
        gateway = AlipayGateway(replace(config, primary_url=stand_in.url))

        outcome = gateway.pay(pay_request)
        gateway.close()

        assert outcome.result is Result.UNKNOWN
        assert outcome.evidence.was_sent is False
        assert outcome.evidence.error == "the gateway's certificate is not trusted"
        assert stand_in.calls == []


def test_a_trusted_certificate_carries_calls_on_one_connection(
    config: GatewayConfig, pay_request: PayRequest, certificate: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running_stand_in(context) as stand_in:
        stand_in.answer = GENUINE
        http = GatewayHttp(
            (stand_in.url,), max_answer_bytes=65536, pool_size=2, ca_bundle=str(certificate)
        )
        gateway = AlipayGateway(config, http=http)

        results = [gateway.pay(pay_request).result for _ in range(3)]
        gateway.close()

        assert results == [Result.SUCCEEDED] * 3
        assert stand_in.connections == 1


def test_an_answer_over_tls_must_also_be_whole_in_time(
    config: GatewayConfig, certificate: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running_stand_in(context) as stand_in:
        stand_in.answer = lambda handler, _: handler.stand_in.stop.wait()
        http = GatewayHttp(
            (stand_in.url,), max_answer_bytes=65536, pool_size=2, ca_bundle=str(certificate)
        )

        reply = http.post(b"a=b", CallLimit(2, 0.3))
        http.close()

        assert (reply.body, reply.error, reply.was_sent) == (None, "read timed out", True)
