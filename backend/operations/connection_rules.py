"""Does anything leave this machine in the clear? Each function answers what does, or None; checks.py gives them ids.

A Unix socket and the machine itself are no way for listeners. Whatever goes to another machine goes under TLS whose
certificate is checked against the name; nothing falls back to less.
"""

import os
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from backend.operations.hosts import CATCHER, LOCAL_HOSTS, host_of, is_public
from notifications.bounces.mailbox import Mailbox
from notifications.texting.gateway import gateway

QUEUE_BY_SOCKET = {"unix", "redis+socket"}
QUEUE_BY_TLS = "rediss"
# What would take the check of the certificate away again.
UNCHECKED = {
    "ssl_cert_reqs": {"none", "optional", "cert_none", "cert_optional"},
    "ssl_check_hostname": {"false", "0", "no", "n", "f"},
}


def database() -> str | None:
    own = settings.DATABASES["default"]
    # libpq takes several, one after the other, and its own variable where none is said; a folder is that of a socket.
    hosts = (own["HOST"] or os.environ.get("PGHOST", "")).split(",")
    far = [host for host in hosts if host not in LOCAL_HOSTS and not host.startswith("/")]
    mode = own.get("OPTIONS", {}).get("sslmode", "prefer")
    if far and mode != "verify-full":
        return f"the database is on {', '.join(far)}, and sslmode is {mode}"
    return None


def queue() -> str | None:
    for name, url in (("REDIS_URL", settings.REDIS_URL), ("BROKER_URL", settings.CELERY_BROKER_URL)):
        for one in url.split(";"):  # Celery takes several, one after the other
            if wrong := _queue_in_the_clear(one):
                return f"{name} {wrong}"
    return None


def _queue_in_the_clear(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.scheme in QUEUE_BY_SOCKET or (parts.hostname or "") in LOCAL_HOSTS:
        return None
    if parts.scheme != QUEUE_BY_TLS:
        return f"leads to {parts.hostname} by {parts.scheme}, without TLS"
    asked = {name.lower(): values[-1].lower() for name, values in parse_qs(parts.query).items()}
    for name, values in UNCHECKED.items():
        if asked.get(name) in values:
            return f"leads to {parts.hostname}, whose certificate is not checked ({name}={asked[name]})"
    return None


def mail() -> str | None:
    near = LOCAL_HOSTS if is_public(settings.BASE_URL) else {*LOCAL_HOSTS, CATCHER}
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        return "EMAIL_USE_TLS and EMAIL_USE_SSL are both set, and one excludes the other"
    if settings.EMAIL_HOST not in near and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        return f"mail goes to {settings.EMAIL_HOST} without TLS"
    return None


def returned_mail() -> str | None:
    try:
        mailbox = Mailbox.at(settings.BOUNCE_MAILBOX) if settings.BOUNCE_MAILBOX else None
    except ImproperlyConfigured:
        return None  # ilos.E024 says so
    if mailbox and mailbox.scheme == "imap+plain" and mailbox.host not in LOCAL_HOSTS:
        return f"the mailbox of returned mails on {mailbox.host} is read without TLS"
    return None


def calls() -> str | None:
    """The services that an operator names by an address: geocoder and SMS gateway."""
    named = {"GEOCODER_URL": settings.GEOCODER_URL if settings.GEOCODER != "gazetteer" else ""}
    try:
        provider = gateway()
    except ImproperlyConfigured:
        provider = None  # ilos.E022 says so
    if provider:
        named["SMS_GATEWAY"] = provider.url
    for name, url in named.items():
        if url.startswith("http://") and host_of(url) not in LOCAL_HOSTS:
            return f"{name} leads to {host_of(url)} without TLS"
    return None
