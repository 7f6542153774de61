"""Fetches Alipay's daily files over SFTP from a server with a pinned host key (reference §6.1)."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from hmac import compare_digest
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:  # it takes a twentieth of a process's start, and few processes need it
    import paramiko

TIMEOUT_SECONDS = 20.0
LONGEST_BYTES = 512 * 1024 * 1024
LISTED_LIMIT = 10_000
_CHUNK = 1024 * 1024


class Reason(StrEnum):
    """Why there is no file."""

    UNREACHABLE = "unreachable"  # no connection, or it broke
    HOST_KEY_DIFFERS = "host_key_differs"  # nothing was said to that server, no password either
    LOGIN_REFUSED = "login_refused"
    MISSING = "missing"
    TOO_LONG = "too_long"


class FilesUnavailable(Exception):
    """The server did not give what was asked for; ``reason`` says why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}")


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where a partner's files lie. ``host_key``: ``ssh-ed25519 AAAA…``, as in known_hosts."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    host_key: str
    folder: str = "/download/"


def list_names(place: FilePlace) -> list[str]:
    """The names in the folder, sorted; at most ``LISTED_LIMIT``. Raises FilesUnavailable."""
    with _session(place) as sftp:
        return sorted(sftp.listdir(place.folder))[:LISTED_LIMIT]


def fetch(place: FilePlace, name: str) -> bytes:
    """A file, byte for byte. Raises FilesUnavailable; nothing comes back in part."""
    content = io.BytesIO()
    fetch_into(content, place, name)
    return content.getvalue()


def fetch_into(target: IO[bytes], place: FilePlace, name: str) -> int:
    """Write a file into ``target`` chunk by chunk; how many bytes.

    Raises FilesUnavailable: what stands in ``target`` then is worth nothing.
    """
    with _session(place) as sftp, sftp.open(_path(place, name), "rb") as file:
        size, came = file.stat().st_size or 0, 0
        if size > LONGEST_BYTES:
            raise FilesUnavailable(Reason.TOO_LONG, f"{name} has {size} bytes")
        file.prefetch(size)
        for chunk in _chunks(file, size):
            target.write(chunk)
            came += len(chunk)
    if came != size:
        raise FilesUnavailable(Reason.UNREACHABLE, f"{came} of {size} bytes of {name} came")
    return size


def host_key_of(host: str, port: int) -> str:
    """The key that a server shows now, for a person to compare and to pin. No password is sent."""
    with _connected(host, port) as transport:
        return _shown(transport)


@contextmanager
def _session(place: FilePlace) -> "Iterator[paramiko.SFTPClient]":
    import paramiko

    with _connected(place.host, place.port) as transport:
        shown = _shown(transport)
        # Before the login: a stranger's server never hears the password.
        if not compare_digest(shown.encode(), place.host_key.strip().encode()):
            raise FilesUnavailable(Reason.HOST_KEY_DIFFERS, f"the server shows {shown}")
        transport.auth_password(place.user, place.password)
        sftp = paramiko.SFTPClient.from_transport(transport)
        if sftp is None:
            raise FilesUnavailable(Reason.UNREACHABLE, "the server opens no channel")
        with sftp:
            channel = sftp.get_channel()
            if channel is not None:
                channel.settimeout(TIMEOUT_SECONDS)
            yield sftp


@contextmanager
def _connected(host: str, port: int) -> "Iterator[paramiko.Transport]":
    """A connection whose keys are agreed; what breaks inside becomes FilesUnavailable."""
    import paramiko

    try:
        with socket.create_connection((host, port), timeout=TIMEOUT_SECONDS) as connection:
            transport = paramiko.Transport(connection)
            transport.banner_timeout = transport.auth_timeout = TIMEOUT_SECONDS
            try:
                transport.start_client(timeout=TIMEOUT_SECONDS)
                yield transport
            finally:
                transport.close()
    except paramiko.AuthenticationException as error:
        raise FilesUnavailable(Reason.LOGIN_REFUSED, str(error)) from None
    except FileNotFoundError:
        raise FilesUnavailable(Reason.MISSING, "no such file") from None
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise FilesUnavailable(Reason.UNREACHABLE, str(error) or type(error).__name__) from None


def _shown(transport: "paramiko.Transport") -> str:
    key = transport.get_remote_server_key()
    return f"{key.get_name()} {key.get_base64()}"


def _path(place: FilePlace, name: str) -> str:
    if "/" in name or name in ("", ".", ".."):
        raise FilesUnavailable(Reason.MISSING, f"{name!r} is no file's name")
    return f"{place.folder.rstrip('/')}/{name}"


def _chunks(file: "paramiko.SFTPFile", size: int) -> Iterator[bytes]:
    """At most one byte more than announced: a file that grows meanwhile is not taken."""
    left = size + 1
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        left -= len(chunk)
        yield chunk
