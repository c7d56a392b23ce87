"""How is one HTTP call made: to a checked machine, within one deadline, of limited size, without redirects?"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx

from outbound.addresses import OUTSIDE, Reach, checked_url
from outbound.connecting import CheckedNetwork, Deadline
from outbound.errors import Packed, TooLarge, TooSlow, Unreachable

# Both write the URL to the log, and a URL may hold an address asked for, or a secret.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: httpx.Headers
    body: bytes


def call(
    method: str,
    url: str,
    *,
    reach: Reach = OUTSIDE,
    timeout_seconds: float,
    max_bytes: int,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> Answer:
    """One call, no second one after a redirect; raises CallFailed for every way it can fail.

    Proxies of the environment are not used: a proxy looks names up itself, and nothing could be promised of it.
    """
    checked_url(url, reach)
    deadline = Deadline(timeout_seconds)
    # Packed answers are not asked for and not read.
    asked = {**(headers or {}), "Accept-Encoding": "identity"}
    try:
        with (
            _Transport(reach, deadline) as transport,
            httpx.Client(transport=transport, timeout=timeout_seconds, trust_env=False) as client,
            client.stream(method, url, headers=asked, params=params, content=content) as response,
        ):
            return Answer(response.status_code, response.headers, _read(response, max_bytes, deadline))
    except httpx.TimeoutException:
        raise TooSlow("call") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(type(error).__name__) from None


def _read(response: httpx.Response, max_bytes: int, deadline: Deadline) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Packed
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > max_bytes:
            raise TooLarge(str(max_bytes))
        deadline.left()
    return bytes(body)


@cache
def tls() -> ssl.SSLContext:
    """Certificates are always checked, by the authorities of `certifi` or of SSL_CERT_FILE."""
    context = httpx.create_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Transport(httpx.HTTPTransport):
    """httpx over connections that were checked."""

    def __init__(self, reach: Reach, deadline: Deadline) -> None:
        super().__init__(verify=tls(), trust_env=False)
        # httpx takes no network of ours by itself; a test sees that this one is used.
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls(), max_connections=1, network_backend=CheckedNetwork(reach, deadline)
        )
