"""Whoever signs in holds up nobody's payment: digests are made beside the event loop."""

import subprocess
import sys

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tenancy.signin.hashing import PatientHasher

_SCRIPT = """
from gevent import monkey
monkey.patch_all()
import gevent
from django.conf import settings
settings.configure()
from tenancy.signin.hashing import PatientHasher

ticks = 0

def tick():
    global ticks
    while True:
        gevent.sleep(0)
        ticks += 1

gevent.spawn(tick)
gevent.sleep(0)
before = ticks
PatientHasher().encode("three lazy herons", "salt", 100_000)
print(ticks - before)
"""


def test_the_loop_goes_on_while_a_digest_is_made() -> None:
    done = subprocess.run(  # noqa: S603
        (sys.executable, "-W", "ignore", "-c", _SCRIPT),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert int(done.stdout) > 10  # on the loop it would be none


def test_the_digests_are_djangos_own() -> None:
    digest = PatientHasher().encode("three lazy herons", "salt", 1000)

    assert PBKDF2PasswordHasher().verify("three lazy herons", digest)
    assert PatientHasher().verify("three lazy herons", digest)
    assert not PatientHasher().verify("three lazy hero", digest)
