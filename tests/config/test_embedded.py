"""The embedded servers: real PostgreSQL and Valkey in a folder of their own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from kombu import Connection

from config import embedded
from config.database import celery_broker_url
from config.embedded.places import Places, make_private
from config.embedded.process import process_in
from config.embedded.programs import copy_installation, postgres_installation

# A Unix socket's path may have about 100 bytes: this folder's alone has more, and a space.
LONG_NAME = "a checkout with a space and a very long name " + "x" * 100


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data folder that other users may pass through, as in an ordinary checkout."""
    root = Path(tempfile.mkdtemp(prefix="tillgate-test-"))
    root.chmod(0o755)
    data = root / LONG_NAME / ".data"
    yield data
    embedded.stop(data)
    _remove(root, data)


@pytest.fixture
def servers(data_dir: Path) -> Path:
    """The data folder with both servers up."""
    embedded.ensure_running(data_dir)
    return data_dir


def _remove(root: Path, data: Path) -> None:
    places = Places.of(data)
    for folder in (root, places.sockets, places.outside):
        shutil.rmtree(folder, ignore_errors=True)


def _connect(data: Path) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(embedded.database_url(data), autocommit=True)


def _ask(data: Path, question: str) -> tuple[object, ...] | None:
    with _connect(data) as connection:
        return connection.execute(question).fetchone()  # type: ignore[arg-type]


def _postgres_pid(data: Path) -> int | None:
    folder = data / "postgres" / "cluster"
    return process_in(folder, folder / "postmaster.pid")


def _valkey_pid(data: Path) -> int | None:
    return process_in(data / "valkey", data / "valkey" / "valkey.pid")


def _kill(pid: int | None) -> None:
    assert pid is not None
    process = psutil.Process(pid)
    process.kill()
    process.wait(10)


def test_the_addresses_are_known_before_anything_runs(tmp_path: Path) -> None:
    data = tmp_path / LONG_NAME / ".data"

    folder = Places.of(data).sockets

    assert embedded.database_url(data) == f"postgresql://tillgate@/tillgate?host={folder}/pg"
    assert embedded.redis_url(data) == f"unix://{folder}/valkey.sock?db=0"
    assert len(os.fsencode(folder / "pg" / ".s.PGSQL.5432.lock")) < 100
    assert not data.exists()
    assert not folder.exists()


def test_two_checkouts_have_different_addresses(tmp_path: Path) -> None:
    one, other = tmp_path / "one" / ".data", tmp_path / "other" / ".data"

    assert embedded.database_url(one) != embedded.database_url(other)
    assert embedded.redis_url(one) != embedded.redis_url(other)


def test_postgres_is_durable_and_its_user_is_no_superuser(servers: Path) -> None:
    assert _ask(servers, "SHOW fsync") == ("on",)
    assert _ask(servers, "SHOW synchronous_commit") == ("on",)
    assert _ask(servers, "SHOW listen_addresses") == ("",)
    assert _ask(
        servers,
        "SELECT current_user::text, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole "
        "FROM pg_roles WHERE rolname = current_user",
    ) == ("tillgate", False, False, True, True)


def test_valkey_keeps_nothing_on_disk_and_has_a_limit(servers: Path) -> None:
    with redis.Redis.from_url(embedded.redis_url(servers), decode_responses=True) as client:
        assert client.config_get("appendonly") == {"appendonly": "no"}
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("maxmemory") == {"maxmemory": str(256 * 1024 * 1024)}
        assert client.config_get("port") == {"port": "0"}


def test_celery_reaches_valkey_at_the_broker_address(servers: Path) -> None:
    address = celery_broker_url(embedded.redis_url(servers))

    with Connection(address) as connection, connection.SimpleQueue("test-embedded") as queue:
        queue.put({"id": "pay_1"})
        message = queue.get(timeout=5)
        message.ack()

    assert message.payload == {"id": "pay_1"}


def test_running_servers_are_not_started_again(servers: Path) -> None:
    before = (_postgres_pid(servers), _valkey_pid(servers))

    embedded.ensure_running(servers)

    assert None not in before
    assert (_postgres_pid(servers), _valkey_pid(servers)) == before


def test_a_killed_postgres_comes_back_with_what_was_committed(servers: Path) -> None:
    with _connect(servers) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS amount")
    _kill(_postgres_pid(servers))

    embedded.ensure_running(servers)

    assert _ask(servers, "SELECT amount FROM kept") == (42,)


def test_a_killed_valkey_comes_back_at_the_same_address(servers: Path) -> None:
    _kill(_valkey_pid(servers))

    embedded.ensure_running(servers)

    with redis.Redis.from_url(embedded.redis_url(servers)) as client:
        assert client.ping() is True


def test_a_socket_that_was_swept_away_is_made_again(servers: Path) -> None:
    places = Places.of(servers)
    (places.postgres_sockets / ".s.PGSQL.5432").unlink()
    places.valkey_socket.unlink()

    embedded.ensure_running(servers)

    assert _ask(servers, "SELECT 1") == (1,)
    assert _valkey_pid(servers) is not None


def test_a_number_that_belongs_to_a_stranger_is_no_obstacle(servers: Path) -> None:
    embedded.stop(servers)
    pid_file = servers / "postgres" / "cluster" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n")

    embedded.ensure_running(servers)

    assert _ask(servers, "SELECT 1") == (1,)
    assert _postgres_pid(servers) != os.getpid()


def test_the_last_to_leave_stops_the_servers(servers: Path) -> None:
    with embedded.in_use(servers):
        with embedded.in_use(servers):
            pass
        assert _ask(servers, "SELECT 1") == (1,)

    assert (_postgres_pid(servers), _valkey_pid(servers)) == (None, None)


def test_a_user_that_was_killed_does_not_keep_the_servers_running(servers: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from config import embedded\n"
        "with embedded.in_use(Path(sys.argv[1])): print('inside', flush=True); input()"
    )
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", script, str(servers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "inside\n"
        other.kill()

    with embedded.in_use(servers):
        assert _ask(servers, "SELECT 1") == (1,)

    assert (_postgres_pid(servers), _valkey_pid(servers)) == (None, None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a lesser account to hand over to")
def test_as_root_postgres_runs_as_somebody_lesser(servers: Path) -> None:
    pid = _postgres_pid(servers)

    assert pid is not None
    assert psutil.Process(pid).uids().effective != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user reaches its own closed folders")
def test_as_root_a_closed_checkout_keeps_its_cluster_outside() -> None:
    root = Path(tempfile.mkdtemp(prefix="tillgate-test-"))  # 0700: nobody else may pass
    data = root / ".data"
    try:
        with embedded.in_use(data):
            assert _ask(data, "SELECT 1") == (1,)
            assert (Places.of(data).outside / "postgres" / "cluster").is_dir()
            assert not (data / "postgres").exists()
    finally:
        _remove(root, data)


def test_copied_programs_find_their_libraries_and_everybody_may_run_them(tmp_path: Path) -> None:
    copy = copy_installation(postgres_installation(), tmp_path)

    again = copy_installation(postgres_installation(), tmp_path)
    said = subprocess.run(  # noqa: S603
        [str(copy / "bin" / "initdb"), "--version"], capture_output=True, text=True, check=False
    )

    assert again == copy
    assert (said.returncode, said.stdout[:19]) == (0, "initdb (PostgreSQL)")
    assert (copy / "bin" / "postgres").stat().st_mode & 0o005 == 0o005


def test_a_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "tillgate-squatted"
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(embedded.EmbeddedServerError, match="is not a folder of this user alone"):
        make_private(folder, mode=0o711)

    assert folder.stat().st_mode & 0o777 == 0o777


def _run(*command: str) -> list[str]:
    return [sys.executable, "-m", "config.embedded", "run", "--", *command]


def _elsewhere() -> dict[str, str]:
    """An environment that names servers of its own, so that none is started."""
    return os.environ | {"DATABASE_URL": "postgresql://db/tillgate", "REDIS_URL": "redis://cache"}


def test_run_respects_given_addresses_and_passes_the_exit_status() -> None:
    command = _run("/bin/sh", "-c", 'echo "$DATABASE_URL $REDIS_URL"; exit 7')

    done = subprocess.run(  # noqa: S603
        command, env=_elsewhere(), capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (7, "postgresql://db/tillgate redis://cache\n")


def test_run_passes_a_termination_on_to_the_command() -> None:
    waiting = _run("/bin/sh", "-c", "trap 'exit 42' TERM; echo ready; read line")
    with subprocess.Popen(  # noqa: S603
        waiting, env=_elsewhere(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"

        child.send_signal(signal.SIGTERM)

        assert child.wait(10) == 42
