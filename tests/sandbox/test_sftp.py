"""The SFTP server lets a partner read its own files, and nothing else happens there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

from sandbox.clock import ManualClock
from sandbox.server import Serving, serving
from tests.sandbox.test_daily_files import TODAY, contract, lines, paid
from tests.sandbox.till import PARTNER, Till

NAME = f"{PARTNER}_transaction_20261123.txt"


@pytest.fixture
def box(data: Path, clock: ManualClock) -> Iterator[Serving]:
    with serving(data, clock=clock, serves_files=True) as running:
        running.gateway.wait = lambda timeout=None: True
        yield running


@contextmanager
def client(box: Serving, password: str, user: str = PARTNER) -> Iterator[paramiko.SFTPClient]:
    transport = paramiko.Transport(("127.0.0.1", box.files.port))
    try:
        transport.connect(username=user, password=password)
        key = transport.get_remote_server_key()
        assert f"{key.get_name()} {key.get_base64()}" == box.files.host_key
        sftp = paramiko.SFTPClient.from_transport(transport)
        assert sftp is not None
        with sftp:
            yield sftp
    finally:
        transport.close()


def test_a_partner_reads_its_file_byte_for_byte(box: Serving, till: Till) -> None:
    contract(till, sftp_password="secret")
    paid(till, "1.00")
    told = lines(till, "transaction")
    with client(box, "secret") as sftp:
        assert sftp.listdir("/") == ["download"]
        assert sftp.listdir("/download/") == [NAME]
        with sftp.open(f"/download/{NAME}") as file:
            content = file.read()
        assert content.decode().splitlines() == told
        assert sftp.stat(f"/download/{NAME}").st_size == len(content)
    assert till.control("GET", "files")["sftp"]["port"] == box.files.port


def test_nobody_enters_without_the_right_password(box: Serving, till: Till) -> None:
    with pytest.raises(paramiko.AuthenticationException), client(box, ""):
        pass
    contract(till, sftp_password="secret")
    for user, password in ((PARTNER, "Secret"), ("2088000000000099", "secret"), ("..", "secret")):
        with pytest.raises(paramiko.AuthenticationException), client(box, password, user):
            pass


def test_only_the_own_files_are_read_and_nothing_is_written(box: Serving, till: Till) -> None:
    contract(till, sftp_password="secret")
    paid(till, "1.00")
    lines(till, "transaction", TODAY)
    with client(box, "secret") as sftp:
        for path in ("/alipay.sqlite3", "/download/../alipay.sqlite3", "/download/../../sftp_port"):
            with pytest.raises(FileNotFoundError):
                sftp.open(path)
        with pytest.raises(PermissionError):
            sftp.open(f"/download/{NAME}", "w")
        with pytest.raises(OSError, match=r"Operation unsupported|Permission denied"):
            sftp.remove(f"/download/{NAME}")
        assert sftp.listdir("/download") == [NAME]


def test_port_and_host_key_stay_over_a_restart(data: Path) -> None:
    with serving(data, serves_files=True) as box:
        before = (box.files.port, box.files.host_key)
    with serving(data, serves_files=True) as box:
        assert (box.files.port, box.files.host_key) == before
