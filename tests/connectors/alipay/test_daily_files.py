"""The daily files come byte for byte from the one server whose key is pinned, or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.alipay import daily_files
from connectors.alipay.daily_files import FilePlace, FilesUnavailable, Reason
from sandbox.files import contract as terms
from sandbox.files.making import folder_of
from sandbox.server import Serving, serving

PARTNER = "2088000000000001"
NAME = f"{PARTNER}_transaction_20261123.txt"
CONTENT = b"Partner:\r\n\xb2\xe8\x00" * 400_000  # 5 MB in many packets; no text of any encoding


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path, serves_files=True) as running:
        with running.gateway.storage.writing() as rows:
            terms.keep(rows, PARTNER, terms.Contract(sftp_password="secret"))
        folder = folder_of(running.gateway.storage, PARTNER)
        folder.mkdir(parents=True)
        (folder / NAME).write_bytes(CONTENT)
        yield running


@pytest.fixture
def place(box: Serving) -> FilePlace:
    return FilePlace("127.0.0.1", box.files.port, PARTNER, "secret", box.files.host_key)


def refusal(place: FilePlace, name: str = NAME) -> Reason:
    with pytest.raises(FilesUnavailable) as refused:
        daily_files.fetch(place, name)
    assert "secret" not in str(refused.value)
    return refused.value.reason


def test_a_file_comes_byte_for_byte(place: FilePlace) -> None:
    assert daily_files.list_names(place) == [NAME]
    assert daily_files.fetch(place, NAME) == CONTENT


def test_a_server_with_another_key_never_hears_the_password(
    place: FilePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heard(*said: object) -> int:
        raise AssertionError("a password was sent")

    monkeypatch.setattr("sandbox.files.sftp._Door.check_auth_password", heard)
    changed = place.host_key[:-4] + "AAAA"
    assert refusal(replace(place, host_key=changed)) is Reason.HOST_KEY_DIFFERS
    assert refusal(replace(place, host_key="")) is Reason.HOST_KEY_DIFFERS


def test_the_key_of_a_server_can_be_looked_at_without_a_login(place: FilePlace) -> None:
    assert daily_files.host_key_of(place.host, place.port) == place.host_key


def test_each_refusal_says_its_reason(
    place: FilePlace, box: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(replace(place, password="wrong")) is Reason.LOGIN_REFUSED
    assert refusal(place, NAME.replace("23", "24")) is Reason.MISSING
    assert refusal(place, f"../{NAME}") is Reason.MISSING
    monkeypatch.setattr(daily_files, "LONGEST_BYTES", len(CONTENT) - 1)
    assert refusal(place) is Reason.TOO_LONG
    box.files.stop()
    assert refusal(place) is Reason.UNREACHABLE


def test_the_password_is_not_shown(place: FilePlace) -> None:
    assert "secret" not in repr(place)
