"""OpenID Connect, our side: where to send somebody, and what the service says of who came back.

Authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9207). The signature of the
ID token is checked in any case, though it comes straight from the service. Nothing but `Person` goes further.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import jwt
from django.conf import settings

from backend.sign_in_providers import LOOPBACK, Provider, is_safe
from outbound.addresses import Reach
from outbound.calling import call
from outbound.errors import CallFailed

TIMEOUT_SECONDS = 5
BYTES_AT_MOST = 200_000
OK = 200
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KNOWN_FOR_SECONDS = 3600
LEEWAY_SECONDS = 60
ID_TOKEN_AGE_SECONDS = 600
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_known: dict[str, tuple[float, dict[str, Any]]] = {}


class SignInFailed(Exception):
    """The service did not vouch for anybody; `code` says why, for the log. It never holds what was sent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Secrets:
    """What one attempt to sign in is bound to; they wait in the session of the browser that began it."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """What we take from an ID token."""

    subject: str
    email: str
    email_verified: bool
    strong: bool  # the service says that a second factor was used


def address_to_ask(provider: Provider, secrets: Secrets, *, redirect_uri: str) -> str:
    """Where the browser goes to sign in at the service."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(secrets.verifier.encode()).digest()).rstrip(b"=")
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid email",
        "state": secrets.state,
        "nonce": secrets.nonce,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    if provider.strong_acr:
        asked["acr_values"] = " ".join(provider.strong_acr)
    endpoint = _metadata(provider)["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def person_behind(
    provider: Provider, answer: Mapping[str, str], secrets: Secrets, *, redirect_uri: str, at: float
) -> Person:
    """Who came back with this answer in the address; SignInFailed where anything of it does not fit at this time."""
    if not hmac.compare_digest(answer.get("state", "").encode(), secrets.state.encode()):
        raise SignInFailed("state")
    metadata = _metadata(provider)
    issuer = answer.get("iss")
    if issuer is None and metadata.get("authorization_response_iss_parameter_supported") is True:
        raise SignInFailed("issuer_missing")
    if issuer is not None and issuer != provider.issuer:
        raise SignInFailed("issuer")
    if "error" in answer or not answer.get("code"):
        raise SignInFailed("refused")
    tokens = _tokens(provider, metadata, answer["code"], secrets, redirect_uri=redirect_uri)
    claims = _checked(provider, metadata, tokens.get("id_token"), nonce=secrets.nonce, at=at)
    if "email" not in claims and "userinfo_endpoint" in metadata:
        claims = {**_userinfo(metadata, str(tokens.get("access_token")), subject=claims["sub"]), **claims}
    return Person(
        subject=claims["sub"],
        email=str(claims.get("email", "")),
        email_verified=claims.get("email_verified") in (True, "true"),
        strong=_is_strong(provider, claims),
    )


def _is_strong(provider: Provider, claims: Mapping[str, Any]) -> bool:
    methods = claims.get("amr")
    return claims.get("acr") in provider.strong_acr or (
        isinstance(methods, list) and bool(set(map(str, methods)) & set(provider.strong_amr))
    )


def _tokens(
    provider: Provider, metadata: Mapping[str, Any], code: str, secrets: Secrets, *, redirect_uri: str
) -> dict[str, Any]:
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": secrets.verifier,
    }
    methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    headers = {}
    if "client_secret_basic" in methods:
        # Form-encoded before they go into the header (RFC 6749, 2.3.1).
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        sent |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    return _json("POST", metadata["token_endpoint"], sent=sent, headers=headers)


def _checked(
    provider: Provider, metadata: Mapping[str, Any], token: Any, *, nonce: str, at: float
) -> dict[str, Any]:
    """The claims of an ID token: signed by the service, for us, now, for this attempt (Core 3.1.3.7)."""
    try:
        claims: dict[str, Any] = jwt.decode(
            str(token),
            _key_of(provider, metadata, str(token)),
            algorithms=ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise SignInFailed(type(error).__name__) from error
    audience = claims["aud"]
    if (isinstance(audience, list) and len(audience) > 1 and "azp" not in claims) or (
        claims.get("azp", provider.client_id) != provider.client_id
    ):
        raise SignInFailed("authorized_party")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise SignInFailed("nonce")
    if at - claims["iat"] > ID_TOKEN_AGE_SECONDS:
        raise SignInFailed("too_old")
    return claims


def _key_of(provider: Provider, metadata: Mapping[str, Any], token: str) -> Any:
    """The key that the token names; keys that are new are fetched once more."""
    wanted = jwt.get_unverified_header(token)
    for fetched_anew in (False, True):
        keys = _remembered(f"keys {provider.issuer}", metadata["jwks_uri"], anew=fetched_anew).get("keys", [])
        for each in keys:
            if each.get("use", "sig") == "sig" and each.get("kid") == wanted.get("kid"):
                key = jwt.PyJWK(each)
                if key.algorithm_name == wanted.get("alg") or "alg" not in each:
                    return key.key
    raise SignInFailed("key_unknown")


def _userinfo(metadata: Mapping[str, Any], token: str, *, subject: str) -> dict[str, Any]:
    told = _json("GET", metadata["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"})
    if told.get("sub") != subject:
        raise SignInFailed("userinfo_of_another")
    return {name: told[name] for name in ("email", "email_verified") if name in told}


def _metadata(provider: Provider) -> dict[str, Any]:
    """What the service says of itself (Discovery 1.0, 4); it must be the issuer that was asked."""
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    told = _remembered(provider.issuer, address)
    if told.get("issuer") != provider.issuer:
        raise SignInFailed("issuer")
    addresses = [told.get(name, "") for name in ENDPOINTS] + [told.get("userinfo_endpoint", provider.issuer)]
    if not all(isinstance(each, str) and is_safe(each, secure=settings.SECURE) for each in addresses):
        raise SignInFailed("endpoint")
    return told


def _remembered(name: str, address: str, *, anew: bool = False) -> dict[str, Any]:
    found = _known.get(name)
    if found is not None and not anew and time.monotonic() - found[0] < KNOWN_FOR_SECONDS:
        return found[1]
    told = _json("GET", address)
    _known[name] = (time.monotonic(), told)
    return told


def _json(
    method: str,
    address: str,
    *,
    sent: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An object, of a reasonable size, from exactly this address: redirects are not followed."""
    near = () if settings.SECURE else LOOPBACK
    try:
        answer = call(
            method,
            address,
            reach=Reach.with_inside([*settings.OUTBOUND_INSIDE, *near]),
            timeout_seconds=TIMEOUT_SECONDS,
            max_bytes=BYTES_AT_MOST,
            headers={"Accept": "application/json", **(FORM if sent else {}), **(headers or {})},
            content=urlencode(sent).encode() if sent else None,
        )
    except CallFailed as error:
        raise SignInFailed(error.code) from error
    if answer.status != OK:
        raise SignInFailed(f"status_{answer.status}")
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise SignInFailed("no_json") from error
    if not isinstance(told, dict):
        raise SignInFailed("no_json")
    return told
