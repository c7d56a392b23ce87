"""The only settings. Everything that differs between places comes from the environment; wrong values stop the start."""

from email.utils import parseaddr
from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from backend.environment import broker_tls, database, flag, number, one_of, text, words
from backend.sign_in_providers import providers

BASE_DIR = Path(__file__).resolve().parent.parent

# --- core

DEBUG = flag("DEBUG")
SECURE = flag("SECURE", default=not DEBUG)
SECRET_KEY = text("SECRET_KEY")
VAULT_KEYS_FILE = text("VAULT_KEYS_FILE")
# Who was erased, as hashes: beside the database and outside its backups, so that a restore brings nobody back.
ERASURE_LEDGER_FILE = text("ERASURE_LEDGER_FILE", str(BASE_DIR / "var" / "erasures.jsonl"))
BASE_URL = text("BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS", BASE_URL)
ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the e-mail is unique without regard to case, by a constraint the check cannot see
    "gis.W001",  # Debian's GDAL; we hand it fixed EPSG codes, never references from outside
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "backend.web",  # before allauth, whose templates it overrides
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "phonenumber_field",
    "geo",
    "backend.journal",
    "backend.accounts",
    "backend.people",
    "backend.dispatch",
    "backend.privacy",
    "backend.reporting",
    "backend.demo",
    "notifications",
    "backend.operations",
    "backend.api",
]

MIDDLEWARE = [
    "backend.request_ids.RequestIdMiddleware",
    "backend.web.protection.ProtectionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads each answer at random, so that its length tells nothing (BREACH)
    "django.contrib.sessions.middleware.SessionMiddleware",
    "backend.web.middleware.ReaderLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "backend.web.session_owner.SessionOwnerMiddleware",
    "backend.web.second_step.SecondStepMiddleware",
    "backend.web.sign_in_log.SignInLogMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "backend.web.context.page",
            ],
        },
    },
]

# --- data

DATABASES = {"default": database(text("DATABASE_URL"))}
REDIS_URL = text("REDIS_URL")
KEYED = "backend.cache_keys.keyed"  # no key in Redis tells whose address it counts
REDIS_CACHE = "django.core.cache.backends.redis.RedisCache"
CACHES = {"default": {"BACKEND": REDIS_CACHE, "LOCATION": REDIS_URL, "KEY_FUNCTION": KEYED}}

# --- who is asking

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_VERIFICATION = "none"  # a code sent to the address proves it at every sign-in
ACCOUNT_ADAPTER = "backend.web.account_adapter.AccountAdapter"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
REVEAL_PROOF_SECONDS = 2 * 3600  # how long one proof opens names and addresses to a coordinator
REGISTRATION_RATE = int(number("REGISTRATION_RATE", 20, 1))  # an hour from one computer; more for an open day
# Each further tier makes whoever guesses wait longer: for minutes, an hour, a day. They count per address and per
# account alike whether there is one, so that a refusal tells nobody who is known here.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,5/m/key,20/h/key,60/d/key",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key,10/h/key,20/d/key",  # codes of the app and emergency codes
    "reauthenticate": "10/m/user,40/h/user",
    "guesses_told": "1/d/key",
    "guesses": "5/h/key",  # after so many wrong codes the owner of the account hears of it
    "open_invitation": "30/m/ip",
    "change_email": "5/h/user",
    "make_token": "20/h/user",
    "make_emergency_codes": "10/h/user",
    "sign_in_elsewhere": "30/m/ip",
    "register": f"{REGISTRATION_RATE}/h/ip,5/h/key",
    "barrier": "10/h/ip,60/h/key",
    "feasibility": "300/h/key",  # ten requests, typed with care
    "feasibility_pair": "1/d/key",  # a language at a place: looked at again the same day, it counts once
    "feasibility_pairs": "40/d/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(number("TRUSTED_PROXY_COUNT", 0))
HEADLESS_CLIENTS = ("app",)
HEADLESS_SERVE_SPECIFICATION = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # allauth makes and shows no emergency codes: we do
MFA_ADAPTER = "backend.web.account_adapter.SecondFactorAdapter"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "backend.web.forms.passkeys.AddPasskeyForm",
    "login_webauthn": "backend.web.forms.passkeys.LoginForm",
    "authenticate_webauthn": "backend.web.forms.passkeys.SecondStepForm",
    "reauthenticate_webauthn": "backend.web.forms.passkeys.ConfirmForm",
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]  # of emergency codes
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # http://localhost of a local stack
SIGN_IN_PROVIDERS = providers(secure=SECURE)  # services of municipalities (OpenID Connect), by SSO_PROVIDERS
STAFF_SECOND_FACTOR = True  # no switch: tests alone change it
KNOWN_BROWSER_COOKIE = "known"
SESSION_ENGINE = "backend.web.sessions"
SESSION_COOKIE_AGE = 90 * 24 * 3600  # no session lives longer, however often it is used
SESSION_IDLE_SECONDS = 14 * 24 * 3600
STAFF_SESSION_SECONDS = 10 * 3600
STAFF_SESSION_IDLE_SECONDS = number("STAFF_IDLE_MINUTES", 30, 1) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "backend.web.errors.csrf_failure"
# What it says stays out of cookies.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if SECURE:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    KNOWN_BROWSER_COOKIE = "__Host-known"
    SECURE_SSL_REDIRECT = flag("SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^healthz/", r"^metrics$"]  # asked inside, past the proxy

# --- language and time

LANGUAGE_CODE = "de"
LANGUAGES = [
    ("de", _("German")),
    ("en", _("English")),
    ("ar", _("Arabic")),
    ("uk", _("Ukrainian")),
    ("fa", _("Farsi")),
    ("ru", _("Russian")),
    ("tr", _("Turkish")),
    ("fr", _("French")),
    ("kmr", _("Kurmanji")),
]
# These are whole. The others hold what pilots and help-seekers read, and wait for an office to switch them on.
WHOLE_LANGUAGES = ("de", "en", "ar", "uk")
LANG_INFO["kmr"] = {"bidi": False, "code": "kmr", "name": "Kurmanji", "name_local": "Kurdî (Kurmancî)"}
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language" if SECURE else "language"
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# --- pages

STATIC_URL = "static/"
STATIC_ROOT = text("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or flag("PLAIN_STATIC")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Source maps of the API page are large, and only a debugger asks for them.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    "jpg", "jpeg", "png", "gif", "webp", "gz", "br", "woff", "woff2", "map",
)  # fmt: skip
# Demo only: where the mail catcher keeps what it caught; when set, /mailbox/ shows it.
MAILBOX_DIR = text("MAILBOX_DIR", "")
PHONENUMBER_DEFAULT_REGION = "DE"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.api.authentication.ApiTokenAuthentication",
        "backend.api.authentication.AppSessionAuthentication",
        "backend.api.authentication.CsrfSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["backend.api.authentication.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "backend.api.pagination.Cursor",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "backend.api.errors.problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ILOS",
    "DESCRIPTION": "Matching service for volunteer integration pilots.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],  # for everybody, so nobody is asked for
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "backend.api.openapi.with_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ReaderLanguage": "backend.settings.LANGUAGES",
        "Role": "backend.accounts.roles.Role",
        "StaffRole": "backend.accounts.roles.STAFF_CHOICES",
        "OrganisationKind": "backend.accounts.roles.OrganisationKind",
        "Matter": "backend.accounts.matters.Matter",
        "Topic": "backend.people.codes.Topic",
        "Gender": "backend.people.codes.Gender",
        "CefrLevel": "backend.people.codes.CefrLevel",
        "AccessReason": "backend.people.codes.AccessReason",
        "QualificationKind": "backend.people.codes.QualificationKind",
        "PilotStatus": "backend.people.states.PilotStatus",
        "HelpRequestStatus": "backend.dispatch.states.HelpRequestStatus",
        "OfferStatus": "backend.dispatch.states.OfferStatus",
        "AssignmentStatus": "backend.dispatch.states.AssignmentStatus",
        "WithdrawalReason": "backend.dispatch.codes.WithdrawalReason",
        "CancellationReason": "backend.dispatch.codes.CancellationReason",
        "EventKind": "backend.journal.kinds.EventKind",
        "DeliveryStatus": "notifications.states.DeliveryStatus",
    },
}

# --- background work (reliability: PostgreSQL is the truth, Celery is the doorbell)

BROKER_VISIBILITY_SECONDS = 600
CELERY_BROKER_URL = text(
    "BROKER_URL", REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
)
CELERY_BROKER_USE_SSL = broker_tls(CELERY_BROKER_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": BROKER_VISIBILITY_SECONDS,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_VISIBILITY_TIMEOUT = BROKER_VISIBILITY_SECONDS
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 180
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
# Cancelling would kill a process that is in the middle of a mail, and make a double of it. Let it end: the row, not
# the task, says what is done, so that a task delivered again does no harm.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
WAKE_EXPIRES_SECONDS = 60
TICK_SECONDS = number("TICK_SECONDS", 15, 0.1)  # how often beat looks for messages that no hint announced
# Who is woken when a command has recorded an event (task names; the journal knows no listener by import).
EVENT_LISTENERS = ["notifications.fan_out"]

# --- messages

EMAIL_BACKEND = text("EMAIL_BACKEND", "notifications.channels.smtp.EmailBackend")
EMAIL_HOST = text("EMAIL_HOST", "localhost")
EMAIL_PORT = int(number("EMAIL_PORT", 25, 1))
EMAIL_HOST_USER = text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = flag("EMAIL_USE_TLS"), flag("EMAIL_USE_SSL")  # STARTTLS, or TLS from the start
# Of each read, and of a whole delivery: below the lease, so that a slow server cannot outlive it.
EMAIL_TIMEOUT = number("EMAIL_TIMEOUT", 20, 0.1)
EMAIL_WHOLE_SECONDS = number("EMAIL_WHOLE_SECONDS", 45, 0.1)
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "ILOS <ilos@localhost>")
# Where mails come back to (each to an address of its own: name+id@domain), and the mailbox in which they then lie:
# imaps://user:password@host/folder. Without it nobody hears that an address is wrong.
BOUNCE_ADDRESS = text("BOUNCE_ADDRESS", "")
BOUNCE_MAILBOX = text("BOUNCE_MAILBOX", "")
DELIVERY_LEASE_SECONDS = number("DELIVERY_LEASE_SECONDS", 60, 1)
DELIVERY_RETRY_BASE_SECONDS = number("DELIVERY_RETRY_BASE_SECONDS", 30, 0.1)

# Web push, an extra beside the mail. Without a key (32 bytes, base64url, as bin/make-secrets draws it) it is off.
VAPID_PRIVATE_KEY = text("VAPID_PRIVATE_KEY", "")
# Where push services complain.
VAPID_CONTACT = text("VAPID_CONTACT", f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
PUSH_ALLOW_LOCAL = flag("PUSH_ALLOW_LOCAL")  # tests only: a push service on this machine

# SMS, an extra beside the mail: a known provider (seven, sipgate, twilio) or a JSON file that describes one; or off.
SMS_GATEWAY = text("SMS_GATEWAY", "")
SMS_USER = text("SMS_USER", "")
SMS_KEY = text("SMS_KEY", "")
SMS_SENDER = text("SMS_SENDER", "")
# Replies come in at /sms/<secret>/; without a secret nobody can reply.
SMS_WEBHOOK_SECRET = text("SMS_WEBHOOK_SECRET", "")

# --- calls to the outside

# Machines of the own network that may be called, as "host" or "host:port": an own geocoder, SMS gateway or identity
# provider. Every other call goes to the open Internet or nowhere (outbound/).
OUTBOUND_INSIDE = words("OUTBOUND_INSIDE")

# --- places

GEOCODER = text("GEOCODER", "gazetteer")
GEOCODER_URL = text("GEOCODER_URL", "")
GEOCODER_TIMEOUT_SECONDS = number("GEOCODER_TIMEOUT_SECONDS", 3, 0.1)
GEOCODER_MIN_INTERVAL_SECONDS = number("GEOCODER_MIN_INTERVAL_SECONDS", 1)
GEOCODER_USER_AGENT = text("GEOCODER_USER_AGENT", "ilos")

# --- logs and figures for machines: ids and codes only (backend/log_lines.py)

LOG_FORMAT = one_of("LOG_FORMAT", ("plain", "json"))
METRICS_TOKEN = text("METRICS_TOKEN", "")  # who brings it may read /metrics; without it there is no such page
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "backend.log_lines.PlainLines"},
        "json": {"()": "backend.log_lines.JsonLines"},
    },
    "filters": {
        "masked": {"()": "backend.masked_logs.MaskedAddresses"},
        "no_values": {"()": "backend.log_lines.NoValues"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["no_values", "masked"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "celery": {"level": text("CELERY_LOG_LEVEL", "INFO")},
        "mail.log": {"level": "WARNING"},  # the demo's mail catcher would tell of every recipient
        "fontTools": {"level": "WARNING"},  # tells of each font it unpacks for a PDF
        # At the source too, for handlers that are not ours.
        "django.request": {"filters": ["masked"]},
        "django.security.csrf": {"filters": ["masked"]},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

# --- backups: the public half of a key whose private half is kept elsewhere (manage.py backup_key)

BACKUP_RECIPIENT = text("BACKUP_RECIPIENT", "")
BACKUP_DIR = text("BACKUP_DIR", "")
BACKUP_KEEP = int(number("BACKUP_KEEP", 14, 1))
