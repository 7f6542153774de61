"""The test suite: real PostgreSQL and Valkey, one database and one Valkey index per process."""

from config import env

env.provide(
    TILLGATE_SECRET_KEY="tests-only-" + "x" * 50,
    TILLGATE_MASTER_KEYS="dGVzdHMtb25seS1rZXktdGVzdHMtb25seS1rZXktdDE=",
    TILLGATE_ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    TILLGATE_PUBLIC_URL="http://testserver",
    TILLGATE_SECURE_COOKIES="false",
    TILLGATE_LOG_LEVEL="ERROR",
    TILLGATE_DATABASE_POOL="0",
    TILLGATE_SECOND_FACTOR_ROLES="none",  # the tests of the sign-in say which
)

from config.settings.base import *  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed; no real passwords
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost
STATIC_ROOT = None  # nothing is collected: the finders serve
WHITENOISE_AUTOREFRESH = True  # else each client of a test reads every static file first
