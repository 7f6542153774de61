"""`make run` and `make demo`: everything on this machine, nothing to set."""

from config import env
from config.settings.local_secrets import local_secret

env.provide(
    TILLGATE_SECRET_KEY=local_secret("secret-key"),
    TILLGATE_MASTER_KEYS=local_secret("encryption-key"),
    TILLGATE_ALLOWED_HOSTS="localhost,127.0.0.1,[::1]",
    TILLGATE_PUBLIC_URL="http://127.0.0.1:8000",
    TILLGATE_SECURE_COOKIES="false",
    TILLGATE_LOG_FORMAT="console",
    TILLGATE_WEBHOOK_ALLOWED_NETWORKS="127.0.0.0/8,::1/128",
)

from config.settings.base import *  # noqa: E402

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost
STATIC_ROOT = None  # nothing is collected: the finders serve
