"""The field: everything comes from the environment, nothing has a comfortable default."""

from config import env
from config.settings.base import *

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.boolean("TILLGATE_SECURE_COOKIES")
if SESSION_COOKIE_SECURE:  # the browser itself then refuses the cookie from a neighbour's host
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.boolean("TILLGATE_SECURE_COOKIES")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
WHITENOISE_USE_FINDERS = False

if CLOCK_SKEW_SECONDS:
    raise env.BadEnvironment("TILLGATE_CLOCK_SKEW_SECONDS is for drills: leave it out in the field")
