"""Who pushes? The key by which push services know this installation (VAPID, RFC 8292)."""

import base64
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from py_vapid import Vapid02

from backend.clock import database_now

VALID_FOR = timedelta(hours=12)  # push services refuse more than a day


def public_key() -> str:
    """The public half as browsers take it: an uncompressed point, base64url; empty where push is off."""
    key = settings.VAPID_PRIVATE_KEY
    return _public_key(key) if key else ""


def authorization(endpoint: str) -> str:
    """The header that lets us push to this endpoint's service and no other."""
    parts = urlsplit(endpoint)
    claims = {
        "sub": settings.VAPID_CONTACT,
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((database_now() + VALID_FOR).timestamp()),
    }
    return str(_vapid(settings.VAPID_PRIVATE_KEY).sign(claims)["Authorization"])


def are_browser_keys(p256dh: str, auth: str) -> bool:
    """Whether these are a point of P-256 and a secret of 16 bytes, both base64url, as a browser gives them."""
    try:
        point, secret = (base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) for text in (p256dh, auth))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == 65 and len(secret) == 16


@lru_cache(maxsize=2)
def _vapid(key: str) -> Vapid02:
    return Vapid02.from_string(key)


@lru_cache(maxsize=2)
def _public_key(key: str) -> str:
    public: ec.EllipticCurvePublicKey = _vapid(key).public_key
    point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
