"""One request, one time limit, one checked place: against real endpoints on loopback."""

import datetime
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from events import wire
from events.addresses import using_resolver
from tests.events.listener import Listener, listening, say

pytestmark = pytest.mark.usefixtures("loopback")


def send(url: str, *, seconds: float = 5.0) -> wire.Answer:
    return wire.post(url, b'{"a":1}', {"webhook-id": "evt_1"}, livemode=False, seconds=seconds)


def test_a_request_arrives_whole_and_its_answer_is_kept(listener: Listener) -> None:
    answer = send(listener.url + "?shop=1")

    assert (answer.http_status, answer.error, answer.excerpt) == (200, "", "thanks")
    assert answer.is_success
    [heard] = listener.heard
    assert heard.line == "POST /hook?shop=1 HTTP/1.1"
    assert heard.body == b'{"a":1}'
    assert heard.headers["webhook-id"] == "evt_1"
    assert heard.headers["host"] == listener.url.split("/")[2]
    assert heard.headers["connection"] == "close"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_that_says_so_and_is_not_followed(
    listener: Listener, status: int
) -> None:
    with listening() as elsewhere:
        listener.reply = say(f"{status} Elsewhere", Location=elsewhere.url)

        answer = send(listener.url)

        assert answer.http_status == status
        assert not answer.is_success
        assert answer.error == f"it redirects ({elsewhere.url}), and redirects are not followed"
        assert elsewhere.heard == []


@pytest.mark.parametrize("status", ["400 Bad", "404 Not Found", "410 Gone", "500 Error"])
def test_other_answers_are_failures_with_their_status(listener: Listener, status: str) -> None:
    listener.reply = say(status, b"no")

    answer = send(listener.url)

    assert (answer.http_status, answer.excerpt) == (int(status[:3]), "no")
    assert not answer.is_success


def test_silence_ends_at_the_limit(listener: Listener) -> None:
    listener.reply = listener.hang

    answer = send(listener.url, seconds=0.2)

    assert (answer.http_status, answer.error) == (None, "no answer within 0.2 s")


def test_an_answer_that_drips_ends_at_the_limit(listener: Listener) -> None:
    listener.reply = listener.drip

    answer = send(listener.url, seconds=0.3)

    assert (answer.http_status, answer.error) == (None, "no answer within 0.3 s")
    assert answer.duration_ms < 3000  # ten times the limit: dripping would go on for ever


def test_a_body_that_drips_does_not_take_the_answer_back(listener: Listener) -> None:
    def drip(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 204 No\r\n\r\nbeginning")
        listener.hang(sock)

    listener.reply = drip

    assert send(listener.url, seconds=0.3).is_success


def test_a_huge_answer_is_read_to_a_limit_only(listener: Listener) -> None:
    sent: list[int] = []

    def flood(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            sock.sendall(b"x" * 65536)
            sent.append(65536)

    listener.reply = flood

    answer = send(listener.url)

    assert answer.is_success
    assert answer.excerpt == "x" * 1024
    assert sum(sent) < 1000 * 65536


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"", "the connection ended without an answer that is HTTP"),
        (b"SSH-2.0-OpenSSH\r\n", "the connection ended without an answer that is HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "the connection ended without an answer that is HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500, "the connection ended without"),
    ],
)
def test_what_is_no_answer_is_said_in_words(listener: Listener, said: bytes, error: str) -> None:
    listener.reply = lambda sock: sock.sendall(said)

    answer = send(listener.url)

    assert answer.http_status is None
    assert answer.error.startswith(error)


def test_a_dead_endpoint_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    answer = send(f"http://127.0.0.1:{port}/")

    assert (answer.http_status, answer.error) == (None, "nobody listens at this address")


def test_secrets_in_an_answer_are_not_kept(listener: Listener) -> None:
    listener.reply = say("500 Error", b"code 281234567890123456 key tg_live_abcdefgh12345678 \x00")

    answer = send(listener.url)

    assert answer.excerpt == "code 2812••••56 key tg_live_••••••••  "


def test_a_private_place_is_not_called(listener: Listener) -> None:
    answer = send("http://10.0.0.1/hook")

    assert answer.http_status is None
    assert answer.error == "10.0.0.1 leads where we do not call: private."


def test_a_name_that_changes_its_mind_after_the_check_gains_nothing(listener: Listener) -> None:
    """DNS re-binding: whatever the name says later, the connection goes to what was checked."""
    port = listener.url.rsplit(":", 1)[1].split("/")[0]
    answers = iter([["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]])
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with using_resolver(resolve):
        first = send(f"http://rebind.example:{port}/hook")
        second = send(f"http://rebind.example:{port}/hook")

    assert first.is_success
    assert listener.heard[0].headers["host"] == f"rebind.example:{port}"
    assert "10.0.0.1" not in second.error  # whose network that is, is nobody's business
    assert second.error.startswith("rebind.example leads where we do not call")
    assert len(listener.heard) == 1
    assert asked == ["rebind.example", "rebind.example"]  # once for each try: check and call agree


def test_a_second_place_is_tried_when_the_first_is_dead(listener: Listener) -> None:
    port = listener.url.rsplit(":", 1)[1].split("/")[0]
    with using_resolver(lambda *_: ["127.0.0.99", "127.0.0.1"]):
        assert send(f"http://two.example:{port}/hook").is_success


def test_no_proxy_of_the_environment_is_used(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")

    assert send(listener.url).is_success


@pytest.fixture
def secure(tmp_path: Path, loopback: None) -> Iterator[tuple[Listener, ssl.SSLContext]]:
    """A listener whose certificate names shop.example, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "shop.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    file.write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(file)
    with listening(served) as made:
        yield made, ssl.create_default_context(cafile=str(file))


def test_tls_is_checked_against_the_name_and_not_the_place(
    secure: tuple[Listener, ssl.SSLContext],
) -> None:
    listener, trust = secure
    port = listener.url.rsplit(":", 1)[1].split("/")[0]

    def call(name: str, trust: ssl.SSLContext | None) -> wire.Answer:
        return wire.post(f"https://{name}:{port}/hook", b"{}", {}, livemode=True, trust=trust)

    with using_resolver(lambda *_: ["127.0.0.1"]):
        assert call("shop.example", trust).is_success
        assert call("other.example", trust).error.startswith("no secure connection: Hostname")
        assert call("shop.example", None).error == "no secure connection: self-signed certificate"
    assert len(listener.heard) == 1
    assert listener.heard[0].headers["host"] == f"shop.example:{port}"


def test_a_peer_that_never_finishes_the_tls_handshake_is_left_at_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        answer = send(f"https://127.0.0.1:{port}/", seconds=0.3)

    assert (answer.http_status, answer.error) == (None, "no answer within 0.3 s")
