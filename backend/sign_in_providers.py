"""By which services of municipalities can somebody sign in? From the environment; one half set stops the start."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from backend.environment import text, words

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Provider:
    """One OpenID Connect service: whom it may vouch for, and what of its word counts as a second factor."""

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    offices: tuple[str, ...] = ()  # slugs; empty: all
    domains: tuple[str, ...] = ()  # of e-mail addresses; empty: all
    hosts: tuple[str, ...] = ()  # under which the button stands; empty: all
    strong_acr: tuple[str, ...] = ()
    strong_amr: tuple[str, ...] = ()

    def vouches_for(self, email: str) -> bool:
        return not self.domains or email.rpartition("@")[2].lower() in self.domains


def providers(*, secure: bool) -> dict[str, Provider]:
    """SSO_PROVIDERS=stadt,kreis names them; each has SSO_STADT_ISSUER, _CLIENT_ID, _CLIENT_SECRET and more."""
    found = {key: _provider(key, secure=secure) for key in words("SSO_PROVIDERS")}
    for one in found.values():
        if len(found) > 1 and not (one.offices or one.domains):
            # Else the service of one municipality could sign in as anybody of another one.
            raise ImproperlyConfigured(
                f"SSO_{one.key.upper()}_OFFICES or _DOMAINS: of several services each names its own"
            )
    return found


def is_safe(url: str, *, secure: bool) -> bool:
    """Only over TLS; on this machine also without, where the service itself is not served securely."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (not secure and parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


def _provider(key: str, *, secure: bool) -> Provider:
    if not key.isalnum() or not key.islower():
        raise ImproperlyConfigured(f"SSO_PROVIDERS: {key!r} must be lower-case letters and digits")

    def named(name: str, default: str | None = None) -> str:
        return text(f"SSO_{key.upper()}_{name}", default)

    def several(name: str) -> tuple[str, ...]:
        return tuple(words(f"SSO_{key.upper()}_{name}"))

    issuer = named("ISSUER")
    if not is_safe(issuer, secure=secure) or "?" in issuer or "#" in issuer:
        raise ImproperlyConfigured(f"SSO_{key.upper()}_ISSUER must read https://host/path")
    return Provider(
        key=key,
        name=named("NAME", key.title()),
        issuer=issuer,
        client_id=named("CLIENT_ID"),
        client_secret=named("CLIENT_SECRET"),
        offices=several("OFFICES"),
        domains=tuple(domain.lower() for domain in several("DOMAINS")),
        hosts=several("HOSTS"),
        strong_acr=several("STRONG_ACR"),
        strong_amr=several("STRONG_AMR"),
    )
