"""Finds the machine's own Chromium, or has Debian install it; never downloads a browser."""

import os
import shutil
import subprocess

# The first draws no windows around its pages: a third less CPU. Older Debians do not have it.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium-headless-shell", "chromium")
FONTS = "fonts-wqy-microhei"  # so that Chinese is seen, not boxes
ARGUMENTS = (
    "--no-sandbox",  # containers forbid the namespaces that the sandbox is made of
    "--disable-gpu",
    # A process per profile and none beside it: to start processes is most of the work.
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
    "--in-process-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",  # a camera that shows a moving disc
    "--use-fake-ui-for-media-stream",  # and what asks whether a page may use it
)
_INSTALL_SECONDS = 300


class NoChromium(RuntimeError):
    """There is none; the text says what to do about it."""


def find_chromium() -> str:
    """The program's path. Raises NoChromium where it is missing and cannot be installed."""
    return _installed() or _install()


def _installed() -> str | None:
    named = os.environ.get("TILLGATE_CHROMIUM", "")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> str:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise NoChromium(
            "No Chromium on this machine: install it (Debian: apt install chromium), or set "
            "TILLGATE_CHROMIUM to the path of one."
        )
    failures = []
    for package in PACKAGES:
        try:
            _run(apt, "update", "-q")
            _run(apt, "install", "-yq", "--no-install-recommends", package, FONTS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
            failures.append(str(failure))
        if found := _installed():
            return found
    raise NoChromium(f"Chromium could not be installed by apt-get: {'; '.join(failures)}")


def _run(*command: str) -> None:
    subprocess.run(  # noqa: S603
        command,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        check=True,
        capture_output=True,
        timeout=_INSTALL_SECONDS,
    )
