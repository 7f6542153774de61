"""``python -m config.supervisor`` serves until Ctrl-C; ``… stop`` stops what runs here."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from config import embedded, env
from config.embedded.locks import take_exclusive_now
from config.embedded.process import wait_until
from config.supervisor import addresses
from config.supervisor.failure import SupervisorError
from config.supervisor.system import Supervisor

_STOP_SECONDS = 60.0


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m config.supervisor", description=__doc__)
    parser.add_argument("action", nargs="?", choices=["run", "stop"], default="run")
    try:
        return stop() if parser.parse_args(arguments).action == "stop" else run()
    except (SupervisorError, embedded.EmbeddedServerError) as failure:
        print(failure, file=sys.stderr)
        return 1


def run() -> int:
    """Serve until a signal says stop. Being stopped is how this ends well."""
    print("Starting: database, broker, sandbox, web, worker, beat …", flush=True)
    try:
        with Supervisor(show_output=True) as system:
            print(
                f"\nTillgate serves at    {system.web_url}\n"
                f"  API documentation   {system.web_url}/docs\n"
                f"  admin               {system.web_url}/admin/\n"
                f"  Alipay's simulator  {system.sandbox_url}\n"
                f"Logs are in {system.data / 'log'}. Ctrl-C stops all of it.\n",
                flush=True,
            )
            system.wait()
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)
    return 0


def stop() -> int:
    """Stop this checkout's supervisor if there is one, then its database and broker."""
    data = env.data_dir()
    if not data.exists():
        return 0
    held = data / "locks" / "supervisor"
    found = addresses.read(data / "addresses.json").get("supervisor")
    if isinstance(found, int) and not _is_free(held):
        os.kill(found, signal.SIGTERM)  # the lock is held, so this number is still the supervisor's
        if not wait_until(lambda: _is_free(held), timeout_seconds=_STOP_SECONDS):
            raise SupervisorError(f"Process {found} did not stop within {_STOP_SECONDS:g} s")
    embedded.stop(data)
    return 0


def _is_free(lock: Path) -> bool:
    descriptor = take_exclusive_now(lock)
    if descriptor is None:
        return False
    os.close(descriptor)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
