"""The supervisor's parts, on real processes: small ones, so that the whole takes seconds."""

import contextlib
import io
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.embedded.process import wait_until
from config.supervisor import SupervisorError, addresses, leftovers
from config.supervisor.child import Program
from config.supervisor.logs import LIMIT_BYTES, LogFollower, keep_small
from config.supervisor.restarts import MOST_DEATHS, STEADY_SECONDS, Restarts
from config.supervisor.watch import Watch

WAIT_SECONDS = 20.0

# Serves GET /ready at the port of its first argument, in a child of its own as gunicorn does.
SERVER = """
import http.server, os, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ready" else 404)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready)
print("serving", os.fork(), flush=True)
server.serve_forever()
"""
STUBBORN = """
import signal, sys, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn", flush=True)
threading.Event().wait()
"""

SILENT = "import threading; threading.Event().wait()"


def _program(name: str, script: str, *arguments: str, **options: object) -> Program:
    return Program(name, (sys.executable, "-c", script, *arguments), **options)  # type: ignore[arg-type]


def _serving(port: int) -> Program:
    return _program("web", SERVER, str(port), ready_url=f"http://127.0.0.1:{port}/ready")


@pytest.fixture
def make_watch(tmp_path: Path) -> Iterator[Callable[..., Watch]]:
    """Makes watches whose processes are stopped when the test ends."""
    (tmp_path / "log").mkdir()
    with contextlib.ExitStack() as stack:

        def make(keep_servers: Callable[[], None] = lambda: None) -> Watch:
            watch = Watch(
                tmp_path, folder=tmp_path, environment=os.environ, keep_servers=keep_servers
            )
            hurry = threading.Event()
            hurry.set()
            stack.callback(watch.stop, hurry)
            return watch

        yield make


def _gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_started_program_serves_and_has_a_process_group_of_its_own(
    make_watch: Callable[..., Watch],
) -> None:
    watch = make_watch()
    port = addresses.free_port(0)

    watch.start(_serving(port), ready_seconds=WAIT_SECONDS)

    pid = watch.pids()["web"]
    assert addresses.is_listening(pid, port)
    assert os.getpgid(pid) == pid != os.getpgrp()


def test_a_program_that_ends_before_it_is_ready_is_reported_with_its_log(
    make_watch: Callable[..., Watch],
) -> None:
    watch = make_watch()
    port = addresses.free_port(0)
    broken = _program(
        "web", "raise SystemExit('no configuration')", ready_url=f"http://127.0.0.1:{port}/ready"
    )

    with pytest.raises(SupervisorError, match=r"(?s)web ended with status 1 .*no configuration"):
        watch.start(broken, ready_seconds=WAIT_SECONDS)

    assert watch.pids() == {}


def test_a_stranger_that_answers_at_the_port_is_not_taken_for_the_program(
    make_watch: Callable[..., Watch],
) -> None:
    stranger = make_watch()
    port = addresses.free_port(0)
    stranger.start(_serving(port), ready_seconds=WAIT_SECONDS)
    url = f"http://127.0.0.1:{port}/ready"
    silent = _program("sandbox", SILENT, ready_url=url)

    with pytest.raises(SupervisorError, match=r"sandbox was not ready after 0\.5 s"):
        make_watch().start(silent, ready_seconds=0.5)


def test_a_killed_program_is_started_again_and_leaves_no_children(
    make_watch: Callable[..., Watch],
) -> None:
    watch = make_watch()
    watch.start(_serving(addresses.free_port(0)), ready_seconds=WAIT_SECONDS)
    first = watch.pids()["web"]
    [child] = psutil.Process(first).children()
    watch.begin()

    os.kill(first, signal.SIGKILL)

    assert wait_until(lambda: watch.pids().get("web", first) != first, timeout_seconds=WAIT_SECONDS)
    assert wait_until(lambda: _gone(child.pid), timeout_seconds=WAIT_SECONDS)
    assert not watch.failed.is_set()


def test_a_program_that_dies_again_and_again_ends_the_watch_with_its_log(
    make_watch: Callable[..., Watch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.supervisor.restarts.FIRST_DELAY_SECONDS", 0.0)
    watch = make_watch()
    watch.start(_program("beat", "raise SystemExit('the clock is broken')"), ready_seconds=0.0)

    watch.begin()

    assert watch.failed.wait(WAIT_SECONDS)
    assert re.fullmatch(r"(?s)beat died again and again, .* 1\..*broken\n", str(watch.failure))
    assert watch.pids() == {}


def test_stopping_kills_who_does_not_listen_and_everything_below(
    make_watch: Callable[..., Watch], tmp_path: Path
) -> None:
    watch = make_watch()
    watch.start(_program("stubborn", STUBBORN, grace_seconds=0.2), ready_seconds=WAIT_SECONDS)
    watch.start(_serving(addresses.free_port(0)), ready_seconds=WAIT_SECONDS)
    started = list(watch.pids().values())
    started += [child.pid for pid in started for child in psutil.Process(pid).children()]
    log = tmp_path / "log" / "stubborn.log"
    assert wait_until(lambda: log.read_text() == "stubborn\n", timeout_seconds=WAIT_SECONDS)

    watch.stop(threading.Event())

    assert len(started) == 3
    assert all(wait_until(lambda pid=pid: _gone(pid), timeout_seconds=5) for pid in started)
    assert watch.pids() == {}


def test_database_and_broker_are_looked_after(make_watch: Callable[..., Watch]) -> None:
    looked_after = threading.Event()

    make_watch(keep_servers=looked_after.set).begin()

    assert looked_after.wait(WAIT_SECONDS)


def test_a_database_that_cannot_come_back_is_told_to_whoever_waits(
    make_watch: Callable[..., Watch],
) -> None:
    def refuse() -> None:
        raise SupervisorError("the disk is full")

    watch = make_watch(keep_servers=refuse)
    watch.begin()

    assert watch.failed.wait(WAIT_SECONDS)
    assert str(watch.failure) == "the disk is full"


def test_what_a_killed_supervisor_left_is_swept_and_strangers_stay(
    make_watch: Callable[..., Watch], tmp_path: Path
) -> None:
    watch = make_watch()
    watch.start(_serving(addresses.free_port(0)), ready_seconds=WAIT_SECONDS)
    left = watch.pids()["web"]
    record = tmp_path / "children.json"
    content = record.read_text()
    record.write_text(content.replace("}", f', "{os.getpid()}": 1.0}}'))  # a number used again

    swept = leftovers.sweep(record)

    assert swept == [left]
    assert _gone(left)
    assert not record.exists()


def test_restarts_come_later_and_later_and_then_end() -> None:
    restarts = Restarts()

    delays = [restarts.next_start(started=100.0, died=100.0) for _ in range(MOST_DEATHS)]

    assert delays == [100.5, 101.0, 102.0, *[104.0] * 8, None]


def test_a_long_life_clears_the_record() -> None:
    restarts = Restarts(deaths=MOST_DEATHS - 1)

    assert restarts.next_start(started=0.0, died=STEADY_SECONDS) == STEADY_SECONDS + 0.5
    assert restarts.deaths == 1


def test_a_taken_port_is_not_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with addresses.listen(port) as found:
            assert addresses.port_of(found) not in (0, port)


def test_a_free_port_is_chosen_as_preferred() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    assert addresses.free_port(port) == port


def test_a_log_above_the_limit_is_put_aside_and_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    small = tmp_path / "beat.log"
    small.write_text("short\n")
    with log.open("ab") as writer:
        os.truncate(log, LIMIT_BYTES + 1)
        keep_small(tmp_path)
        writer.write(b"next\n")

    assert log.read_text() == "next\n"
    assert (tmp_path / "web.log.1").stat().st_size == LIMIT_BYTES + 1
    assert small.read_text() == "short\n"


def test_the_terminal_shows_whole_new_lines_with_their_process(tmp_path: Path) -> None:
    log, terminal = tmp_path / "web.log", io.StringIO()
    log.write_text("old\n")
    follower = LogFollower("web", log, terminal=terminal)
    with log.open("a") as writer:
        writer.write("one\ntw")
    follower.print_new()
    with log.open("a") as writer:
        writer.write("o\n")
    follower.print_new()

    assert terminal.getvalue() == "web     | one\nweb     | two\n"
