"""What must hold of the settings? Each function answers what is wrong, or None; checks.py gives them ids."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from backend.encryption import keyring
from backend.operations import sealing
from backend.operations.hosts import CATCHER, LOCAL_HOSTS, host_of, is_public
from notifications.bounces.mailbox import Mailbox
from notifications.texting.gateway import gateway
from notifications.vapid import public_key

CONTAINER_SECRETS = Path("/run/secrets")  # readable there for all, and nobody else is there
SECRET_LENGTH, SECRET_SIGNS, TOKEN_LENGTH = 50, 12, 32


# --- secrets


def secret_key() -> str | None:
    key = settings.SECRET_KEY
    if len(key) < SECRET_LENGTH or len(set(key)) < SECRET_SIGNS:
        return f"SECRET_KEY is too short or too plain ({len(key)} characters)"
    return None


def vault_keys() -> str | None:
    try:
        keyring.__wrapped__(settings.VAULT_KEYS_FILE)
    except ImproperlyConfigured as error:
        return str(error)
    return None


def vault_keys_private() -> str | None:
    return _open_to_others(Path(settings.VAULT_KEYS_FILE))


def _open_to_others(path: Path) -> str | None:
    """Whether another user of the machine could read it: the file lets them, and so does every folder above."""
    path = path.absolute()
    if CONTAINER_SECRETS in path.parents or not path.exists():
        return None
    reachable = all(folder.stat().st_mode & 0o001 for folder in path.parents)
    return (
        f"{path} can be read by other users of this machine"
        if reachable and path.stat().st_mode & 0o004
        else None
    )


def metrics_token() -> str | None:
    token = settings.METRICS_TOKEN
    return f"METRICS_TOKEN has {len(token)} characters" if 0 < len(token) < TOKEN_LENGTH else None


def push_key() -> str | None:
    try:
        public_key()
    except Exception as error:  # whatever its library makes of a wrong key
        return f"VAPID_PRIVATE_KEY cannot be used: {type(error).__name__}"
    return None


# --- addresses


def base_url() -> str | None:
    parts = urlsplit(settings.BASE_URL)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return f"BASE_URL is no address: {settings.BASE_URL!r}"
    if parts.path or parts.query or parts.fragment or parts.username:
        return "BASE_URL holds more than scheme, host and port"
    return None


def base_url_https() -> str | None:
    if is_public(settings.BASE_URL) and settings.BASE_URL.startswith("http://"):
        return "BASE_URL of a public host is not https"
    return None


def secure() -> str | None:
    return "SECURE is off on a public host" if is_public(settings.BASE_URL) and not settings.SECURE else None


def debug() -> str | None:
    return "DEBUG is on on a public host" if is_public(settings.BASE_URL) and settings.DEBUG else None


def allowed_hosts() -> str | None:
    hosts = [host.lower() for host in settings.ALLOWED_HOSTS]
    if "*" in hosts or "." in hosts:
        return "ALLOWED_HOSTS lets every name in"
    wanted = host_of(settings.BASE_URL)
    fits = any(host == wanted or (host.startswith(".") and wanted.endswith(host)) for host in hosts)
    return None if fits else f"ALLOWED_HOSTS lacks {wanted}, the host of BASE_URL"


def trusted_proxy() -> str | None:
    if is_public(settings.BASE_URL) and settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0:
        return "TRUSTED_PROXY_COUNT is 0: all visitors count as one, and share one limit of attempts"
    return None


# --- demo and tests must not reach the public


def mailbox_closed() -> str | None:
    if settings.MAILBOX_DIR and is_public(settings.BASE_URL):
        return "MAILBOX_DIR is set: everybody could read all messages at /mailbox/"
    return None


def push_outside() -> str | None:
    if settings.PUSH_ALLOW_LOCAL and is_public(settings.BASE_URL):
        return "PUSH_ALLOW_LOCAL is on: a browser could make us call inside"
    return None


# --- messages


def mail_server() -> str | None:
    if is_public(settings.BASE_URL) and settings.EMAIL_HOST in {*LOCAL_HOSTS, CATCHER}:
        return f"EMAIL_HOST is {settings.EMAIL_HOST or 'empty'}"
    return None


def mail_sender() -> str | None:
    address = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    if is_public(settings.BASE_URL) and address in LOCAL_HOSTS:
        return f"DEFAULT_FROM_EMAIL is {settings.DEFAULT_FROM_EMAIL}: nobody can answer, many will refuse it"
    return None


def lease() -> str | None:
    longest = max(settings.EMAIL_TIMEOUT, settings.EMAIL_WHOLE_SECONDS)
    if longest >= settings.DELIVERY_LEASE_SECONDS:
        return f"DELIVERY_LEASE_SECONDS is not longer than a mail may take ({longest} s)"
    return None


def sms_provider() -> str | None:
    try:
        provider = gateway()
    except ImproperlyConfigured as error:
        return str(error)
    return "SMS_GATEWAY is set, and SMS_KEY is not" if provider and not settings.SMS_KEY else None


def sms_replies() -> str | None:
    secret = settings.SMS_WEBHOOK_SECRET
    if 0 < len(secret) < TOKEN_LENGTH or "/" in secret:
        return f"SMS_WEBHOOK_SECRET has {len(secret)} characters, or a slash among them"
    return None


def returned_mail() -> str | None:
    try:
        if settings.BOUNCE_MAILBOX:
            Mailbox.at(settings.BOUNCE_MAILBOX)
    except ImproperlyConfigured as error:
        return str(error)
    if settings.BOUNCE_ADDRESS and "@" not in settings.BOUNCE_ADDRESS:
        return "BOUNCE_ADDRESS is no address"
    return None


# --- places, languages, pages


def geocoder() -> str | None:
    if settings.GEOCODER == "gazetteer":
        return None
    parts = urlsplit(settings.GEOCODER_URL)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        return f"GEOCODER is {settings.GEOCODER}, and GEOCODER_URL is no address for it"
    return None


def languages() -> str | None:
    lacking = [
        code
        for code, _name in settings.LANGUAGES
        if code != "en"
        and not any((Path(p) / code / "LC_MESSAGES" / "django.mo").exists() for p in settings.LOCALE_PATHS)
    ]
    return f"no compiled texts for {', '.join(lacking)}" if lacking else None


def static_files() -> str | None:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    wanted = "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"]
    return (
        f"{manifest} is missing: pages would come without style" if wanted and not manifest.exists() else None
    )


# --- backups


def backup_recipient() -> str | None:
    if not settings.BACKUP_RECIPIENT:
        return (
            "BACKUP_RECIPIENT is not set: manage.py backup can make none"
            if is_public(settings.BASE_URL)
            else None
        )
    try:
        sealing.recipient(settings.BACKUP_RECIPIENT)
    except ValueError as error:
        return f"BACKUP_RECIPIENT is no public key of a backup: {error}"
    return None
