#!/usr/bin/env python3
"""Prepares this checkout: a virtual environment with the locked, hash-checked dependencies.

Runs under whatever ``python3`` is, so that a too old one is told so in a sentence: the syntax here
is older than the platform's. Does nothing when nothing changed since the last time.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOCKED = os.path.join("requirements", "development.txt")
PYTHON = os.path.join(".venv", "bin", "python")
LOCK = os.path.join(".data", "locks", "prepare")
CACHE = os.path.join(ROOT, ".data", "cache")
STAMP = os.path.join(".venv", "prepared")


def main():
    os.chdir(ROOT)
    refuse_unfit_python()
    os.makedirs(os.path.dirname(LOCK), exist_ok=True)
    with open(LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second make in this checkout waits, then finds it done
        wanted = fingerprint()
        if not is_prepared(wanted):
            prepare()
            write_stamp(wanted)


def refuse_unfit_python():
    if sys.version_info < OLDEST:
        sys.exit(
            f"Tillgate needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and {sys.executable} is "
            f"{short_version()}. Name another one: make PYTHON=python3.12"
        )
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        sys.exit(
            f"{sys.executable} cannot make virtual environments: its venv module is missing "
            "(on Debian and Ubuntu: apt install python3-venv)"
        )


def fingerprint():
    """Everything that an environment depends on; the path, because a moved one does not work."""
    digest = hashlib.sha256((ROOT + "\0" + sys.version).encode("utf-8", "surrogateescape"))
    for name in (LOCKED, "pyproject.toml"):
        with open(name, "rb") as stream:
            digest.update(stream.read())
    return digest.hexdigest()


def is_prepared(wanted):
    try:
        with open(STAMP) as stream:
            return stream.read() == wanted and os.access(PYTHON, os.X_OK)
    except OSError:
        return False


def write_stamp(wanted):
    with open(STAMP, "w") as stream:
        stream.write(wanted)


def prepare():
    say(f"making the virtual environment with Python {short_version()}")
    make_environment()
    say("installing the locked dependencies, each checked by its hash")
    install_uv()
    install_locked()
    say("linking the source tree into it")
    module("pip", "install", "--no-deps", "--no-build-isolation", "--editable", ".")


def make_environment():
    """An environment of another Python, or of a moved checkout, is made anew."""
    says_version = [PYTHON, "-c", "import sys; print(sys.prefix + sys.version)"]
    expected = os.path.join(ROOT, ".venv") + sys.version
    try:
        asked = subprocess.run(says_version, capture_output=True, text=True, check=False)  # noqa: S603
        found = asked.stdout.strip()
    except OSError:
        found = ""
    if found != expected:
        run(sys.executable, "-m", "venv", "--clear", ".venv")


def install_uv():
    """Let pip install the one uv that the lock file names."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write(locked_block("uv"))
        pinned.flush()
        module("pip", "install", "--require-hashes", "--requirement", pinned.name)


def locked_block(package):
    """The lines of ``package`` in the lock file: its version, marker and hashes."""
    lines = []
    with open(LOCKED) as stream:
        for line in stream:
            if line.startswith((package + "==", "    --hash") if lines else package + "=="):
                lines.append(line)
            elif lines:
                break
    if not lines:
        sys.exit(f"{LOCKED} does not pin {package}")
    return "".join(lines)


def install_locked():
    """uv is ten times as fast; pip knows machines whose mirror stands in pip's settings only."""
    wanted = ("--require-hashes", "--requirement", LOCKED)
    try:
        module("uv", "pip", "install", "--python", PYTHON, *wanted)
    except subprocess.CalledProcessError:
        say("uv could not; trying pip")
        module("pip", "install", *wanted)


def module(name, *arguments):
    """Run a module of the environment: its console scripts break in long paths and with spaces."""
    run(PYTHON, "-m", name, *arguments, "--quiet")


def run(*command):
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", UV_PYTHON_DOWNLOADS="never")
    environment.setdefault("UV_SYSTEM_CERTS", "1")  # as pip does: a company's own authority counts
    environment.pop("VIRTUAL_ENV", None)
    environment.pop("PYTHONPATH", None)
    if not has_writable_home():
        environment.update(PIP_CACHE_DIR=CACHE, UV_CACHE_DIR=CACHE)
    subprocess.run(command, env=environment, check=True)  # noqa: S603


def has_writable_home():
    """Whether the installers can keep their caches where they usually do; a user may have none."""
    home = os.path.expanduser("~")
    cache = os.path.join(home, ".cache")
    return os.access(cache if os.path.exists(cache) else home, os.W_OK)


def short_version():
    return ".".join(str(part) for part in sys.version_info[:3])


def say(sentence):
    print("prepare: " + sentence, flush=True)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"prepare: this failed: {' '.join(map(str, failure.cmd))}")
