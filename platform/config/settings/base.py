"""What every environment shares; the others change a few lines."""

from pathlib import Path
from typing import Any

from config import env
from config.database import celery_broker_url, parse_database_url
from config.file_storage import private_storage
from config.logging import logging_config
from config.mail import parse_smtp_url
from config.settings.console import UNFOLD  # noqa: F401 - the theme reads it

BASE_DIR = env.BASE_DIR
DATA_DIR = env.data_dir()

DEBUG = False
SECRET_KEY = env.text("TILLGATE_SECRET_KEY")
MASTER_KEYS = env.listing("TILLGATE_MASTER_KEYS")
ALLOWED_HOSTS = env.listing("TILLGATE_ALLOWED_HOSTS")
PUBLIC_URL = env.text("TILLGATE_PUBLIC_URL")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "tenancy",  # before django.contrib: its migrate and flush run as the tables' owner
    "unfold.apps.BasicAppConfig",  # before the admin: its templates stand in for the admin's
    "config.console.apps.ConsoleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "api",
    "events",
    "ledger",
    "proposals",
    "merchants",
    "payments",
    "loyalty",
    "settlement",
    "portal",
    "till",
    "config.console",  # last: it looks over what the others have
]

# A time of day is meant as a default (a file is fetched from 9:30 on). Django takes it for a
# mistake while the clock shows it, for twenty seconds of each day.
SILENCED_SYSTEM_CHECKS = ["fields.W161"]
CSRF_FAILURE_VIEW = "config.error_pages.too_old"
MIDDLEWARE = [
    "api.head.HeadMiddleware",
    "api.client_address.ClientAddressMiddleware",
    "api.request_id.RequestIdMiddleware",
    "config.security_headers.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "till.key_cookie.KeyCookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenancy.signin.language.LanguageMiddleware",
    "tenancy.signin.gate.GateMiddleware",
    "tenancy.admin_scope.StaffScopeMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [env.BASE_DIR / "platform" / "api" / "templates"],  # api is no app
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASE_ROLE = env.text("TILLGATE_DATABASE_ROLE")
DATABASES = {
    "default": parse_database_url(
        env.database_url(), role=DATABASE_ROLE, pool_size=env.integer("TILLGATE_DATABASE_POOL")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "tenancy.Staff"
AUTHENTICATION_BACKENDS = ["tenancy.authentication.PasswordBackend"]
PASSWORD_HASHERS = ["tenancy.signin.hashing.PatientHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "tenancy.signin.passwords.PredictableValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# Sign-in. allauth serves the pages listed in tenancy.signin.urls; nobody signs up.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "tenancy.signin.account.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an owner or the operator has given each address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Tillgate] "
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # tenancy.signin.tries counts, in the database
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds
MFA_ADAPTER = "tenancy.signin.factors.FactorAdapter"
ACCOUNT_FORMS = {"reset_password": "tenancy.signin.forms.ForgottenForm"}
MFA_FORMS = {
    "authenticate": "tenancy.signin.forms.AuthenticateForm",
    "reauthenticate": "tenancy.signin.forms.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"
MFA_TOTP_ISSUER = "Tillgate"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s: a phone's clock may be off
SECOND_FACTOR_ROLES = frozenset(env.listing("TILLGATE_SECOND_FACTOR_ROLES"))
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds; of an invitation too

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "platform" / "config" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = BASE_DIR / "static"
WHITENOISE_USE_FINDERS = True  # no collectstatic step on a fresh machine
WHITENOISE_AUTOREFRESH = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = env.integer("TILLGATE_SESSION_SECONDS")
SESSION_IDLE_SECONDS = env.integer("TILLGATE_SESSION_IDLE_SECONDS")
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes; API bodies have their own, smaller limit

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["merchants.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.renderers.AlwaysJSON",
    "EXCEPTION_HANDLER": "api.problems.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "api.schema.Operations",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tillgate REST API",
    "VERSION": "1",
    "DESCRIPTION": (
        "Send your key as `Authorization: Bearer tg_test_…`; test keys go to the simulator, live "
        "keys to Alipay. Amounts are whole numbers of the currency's minor unit: 12050 with HKD "
        "is 120.50. An answer `202` is not the end: the payment is `processing`, and its "
        "`Location` tells the end. The same request twice is one payment. What is wrong comes as "
        "`application/problem+json`: program against `code`, show `detail` to a developer and "
        "`failure.cashier_message` to the cashier, and quote `request_id` to your acquirer."
    ),
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/v1",
    "ENUM_NAME_OVERRIDES": {
        "EndpointStatus": [("enabled", "enabled"), ("disabled", "disabled")],
        "DeliveryStatus": "events.models.delivery.DeliveryStatus",
    },
}
API_BODY_LIMIT_BYTES = 64 * 1024

REDIS_URL = env.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tillgate",
    }
}

# Celery. The tables are the truth: a task carries only an id, may be lost, and may come twice.
CELERY_BROKER_URL = celery_broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_DEFAULT_QUEUE = "tillgate"
# Webhooks have a queue and a worker of their own: a slow endpoint holds up no payment. So has what
# computes for minutes, books and their files, where a machine has processors for it.
CELERY_TASK_ROUTES = {"events.*": {"queue": "webhooks"}, "settlement.*": {"queue": "books"}}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "visibility_timeout": 300,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = None
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_BEAT_SCHEDULE = {
    "sweep-payments-in-doubt": {
        "task": "payments.sweep",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "sweep-webhooks": {
        "task": "events.sweep",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "forget-evidence": {
        "task": "payments.forget_old",
        "schedule": 3600.0,
    },
    "forget-events": {
        "task": "events.forget_old",
        "schedule": 3600.0,
    },
    "sweep-registrations": {
        "task": "merchants.sweep_registrations",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "sweep-imports": {
        "task": "merchants.sweep_imports",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "tell-of-keys-that-end": {
        "task": "merchants.tell_expiry",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "sweep-points": {
        "task": "loyalty.sweep",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "find-missing-earnings": {
        "task": "loyalty.find_missing",
        "schedule": 3600.0,
    },
    "check-points": {
        "task": "loyalty.check_points",
        "schedule": 24 * 3600.0,
    },
    "settle-ended-days": {
        "task": "settlement.settle_ended_days",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "make-settlement-files": {
        "task": "settlement.make_files",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "fetch-scheme-files": {
        "task": "settlement.fetch_files",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "compare-due-days": {
        "task": "settlement.compare_due_days",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "check-books": {
        "task": "settlement.check_books",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "sweep-exports": {
        "task": "settlement.sweep_exports",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "forget-exports": {
        "task": "settlement.forget_exports",
        "schedule": 3600.0,
    },
    "copy-baskets": {
        "task": "loyalty.copy_baskets",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "copy-baskets-again": {
        "task": "loyalty.copy_baskets_again",
        "schedule": 24 * 3600.0,
    },
    "sweep-rule-sets": {
        "task": "loyalty.sweep_rule_sets",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "sweep-catalogue-imports": {
        "task": "loyalty.sweep_catalogue_imports",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "sweep-launches": {
        "task": "loyalty.sweep_launches",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "sweep-code-orders": {
        "task": "loyalty.sweep_code_orders",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "sweep-card-templates": {
        "task": "loyalty.sweep_card_templates",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "close-books": {
        "task": "ledger.close",
        "schedule": 6 * 3600.0,
    },
    "roll-up-figures": {
        "task": "portal.roll_up",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "analyse-customers": {
        "task": "portal.analyse",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget-figures": {
        "task": "portal.forget_slots",
        "schedule": 3600.0,
    },
    "watch-live-health": {
        "task": "portal.watch",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "watch-for-silence": {
        "task": "portal.watch_silence",
        "schedule": 120.0,
        "options": {"expires": 120},
    },
    "expire-proposals": {
        "task": "proposals.expire",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget-sign-ins": {
        "task": "tenancy.forget_sign_ins",
        "schedule": 3600.0,
    },
    "forget-idempotency-keys": {
        "task": "api.forget_idempotency_keys",
        "schedule": 24 * 3600.0,
    },
}

# How many days each table keeps its rows (tenancy/retention.py). What is not named is kept for
# good: payments, refunds, transitions, breaks, the ledger, the audit trail.
RETENTION_DAYS = {
    "settlement_export": 7,  # with its file
    "api_idempotencykey": 8,  # callers are promised 7
    "events_delivery": env.integer("TILLGATE_DELIVERY_DAYS"),  # with its tries
    "events_event": env.integer("TILLGATE_EVENT_DAYS"),
    "payments_attempt": env.integer("TILLGATE_EVIDENCE_DAYS"),
    "payments_notification": env.integer("TILLGATE_EVIDENCE_DAYS"),
    "payments_refusednotification": 90,
}

INSIGHTS_SMALLEST_GROUP = env.integer("TILLGATE_INSIGHTS_SMALLEST_GROUP")
CLOCK_SKEW_SECONDS = env.integer("TILLGATE_CLOCK_SKEW_SECONDS")
TRUSTED_PROXIES = env.networks("TILLGATE_TRUSTED_PROXIES")
METRICS_TOKEN = env.text("TILLGATE_METRICS_TOKEN")
WEBHOOK_ALLOWED_NETWORKS = env.networks("TILLGATE_WEBHOOK_ALLOWED_NETWORKS")
WEBHOOK_CONCURRENCY = env.integer("TILLGATE_WEBHOOK_CONCURRENCY")
globals().update(parse_smtp_url(env.text("TILLGATE_SMTP_URL")))
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = env.text("TILLGATE_MAIL_FROM")

STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},  # nothing uses it
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # Never below STATIC_ROOT: nothing serves it but the console. Any storage of Django's will do.
    "documents": private_storage(
        "documents", env.text("TILLGATE_DOCUMENTS_DIR") or str(DATA_DIR / "documents")
    ),
    "settlements": private_storage(
        "settlements",
        env.text("TILLGATE_SETTLEMENT_FILES_DIR") or str(DATA_DIR / "settlement_files"),
    ),
    # The scheme's daily files, byte for byte as they came.
    "scheme_files": private_storage(
        "scheme_files", env.text("TILLGATE_SCHEME_FILES_DIR") or str(DATA_DIR / "scheme_files")
    ),
}
PROPOSAL_DAYS = env.integer("TILLGATE_PROPOSAL_DAYS")
CARRIED_LIMIT = env.integer("TILLGATE_CARRIED_LIMIT")
LOGGING_CONFIG = None
LOGGING = logging_config(level=env.text("TILLGATE_LOG_LEVEL"), form=env.text("TILLGATE_LOG_FORMAT"))
