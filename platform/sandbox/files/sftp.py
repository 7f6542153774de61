"""The SFTP server: a partner logs in with its password and reads ``/download/``; nothing else."""

import contextlib
import hmac
import logging
import os
import re
import socket
import threading
from pathlib import Path
from typing import Any

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.files.contract import contract_of
from sandbox.files.making import folder_of
from sandbox.storage import Storage

DOWNLOAD = "/download"
CONNECTIONS_LIMIT = 20
_NAME = re.compile(r"[0-9]{16}_(transaction|settlement)_[0-9]{8}\.txt")
_log = logging.getLogger(__name__)


class FileServer:
    """Listens in a thread. ``port`` 0 is the port of the last run, or a free one."""

    def __init__(self, storage: Storage, host: str, port: int) -> None:
        self._storage, self._host, self._asked = storage, host, port
        self._listener: socket.socket | None = None
        self._open: list[paramiko.Transport] = []
        self._key: paramiko.PKey | None = None
        self._thread = threading.Thread(target=self._run, name="sftp", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        return int(self._listener.getsockname()[1]) if self._listener else 0

    @property
    def host_key(self) -> str:
        """The public host key as a line of ``known_hosts`` has it; empty while it does not run."""
        return f"{self._key.get_name()} {self._key.get_base64()}" if self._key else ""

    def start(self) -> None:
        self._key = _host_key(self._storage.folder / "sftp_host_key")
        self._listener = _listen(self._host, self._asked, self._storage.folder / "sftp_port")
        self._thread.start()

    def stop(self) -> None:
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        self._thread.join()
        for transport in self._open:
            transport.close()

    def _run(self) -> None:
        listener = self._listener
        while listener is not None and self._listener is listener:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # stopped
            self._open = [one for one in self._open if one.is_active()]
            if len(self._open) >= CONNECTIONS_LIMIT:
                connection.close()
                continue
            self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        assert self._key is not None  # noqa: S101 - made by start
        transport = paramiko.Transport(connection)
        transport.add_server_key(self._key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Download)
        self._open.append(transport)
        try:
            transport.start_server(event=threading.Event(), server=_Door(self._storage))
        except (paramiko.SSHException, EOFError):
            _log.info("a connection ended before it was one")


class _Door(paramiko.ServerInterface):
    """Lets a partner in that has a password in its contract, and says it."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.folder = storage, storage.folder / "nobody"

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        with self.storage.writing() as rows:
            right = contract_of(rows, username).sftp_password
        if not right or not hmac.compare_digest(right.encode(), password.encode()):
            return paramiko.common.AUTH_FAILED
        self.folder = folder_of(self.storage, username)
        return paramiko.common.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind == "session":
            return paramiko.common.OPEN_SUCCEEDED
        return paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class _Download(paramiko.SFTPServerInterface):
    """Lists and reads the partner's own files; every other path is missing, every write refused."""

    def __init__(self, server: Any, *args: Any, **named: Any) -> None:
        self._folder: Path = server.folder
        super().__init__(server, *args, **named)

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        where = self.canonicalize(path)
        if where == "/":
            return [_folder_attributes("download")]
        if where != DOWNLOAD:
            return paramiko.sftp.SFTP_NO_SUCH_FILE
        files = sorted(self._folder.glob("*.txt")) if self._folder.is_dir() else []
        return [
            paramiko.SFTPAttributes.from_stat(file.stat(), file.name)
            for file in files
            if _NAME.fullmatch(file.name)
        ]

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        if self.canonicalize(path) in ("/", DOWNLOAD):
            return _folder_attributes("")
        file = self._file(path)
        if file is None:
            return paramiko.sftp.SFTP_NO_SUCH_FILE
        return paramiko.SFTPAttributes.from_stat(file.stat())

    lstat = stat

    def open(
        self, path: str, flags: int, attr: paramiko.SFTPAttributes
    ) -> paramiko.SFTPHandle | int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            return paramiko.sftp.SFTP_PERMISSION_DENIED
        file = self._file(path)
        if file is None:
            return paramiko.sftp.SFTP_NO_SUCH_FILE
        return _Reading(file)

    def _file(self, path: str) -> Path | None:
        folder, _, name = self.canonicalize(path).rpartition("/")
        file = self._folder / name
        known = folder == DOWNLOAD and _NAME.fullmatch(name) is not None
        return file if known and file.is_file() else None


class _Reading(paramiko.SFTPHandle):
    """An open file, as it was when it was opened: one that is made again meanwhile is another."""

    def __init__(self, path: Path) -> None:
        super().__init__(os.O_RDONLY)
        self._file = path.open("rb")

    def read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self._file.fileno()))

    def close(self) -> None:
        self._file.close()


def _folder_attributes(name: str) -> paramiko.SFTPAttributes:
    attributes = paramiko.SFTPAttributes()
    attributes.st_mode = 0o040555
    attributes.filename = name
    return attributes


def _host_key(path: Path) -> paramiko.PKey:
    """The server's own key, made once: who pinned it knows it again after a restart."""
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )
        path.touch(mode=0o600)
        path.write_bytes(pem)
    return paramiko.Ed25519Key.from_private_key_file(str(path))


def _listen(host: str, asked: int, kept: Path) -> socket.socket:
    last = int(kept.read_text("ascii")) if asked == 0 and kept.exists() else asked
    try:
        listener = socket.create_server((host, last))
    except OSError:
        if asked:
            raise
        listener = socket.create_server((host, 0))  # somebody else has the port of the last run
    kept.write_text(str(listener.getsockname()[1]), "ascii")
    return listener
