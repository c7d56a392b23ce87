"""How is a geocoding server asked without waiting long, trusting it, or being a nuisance to it?"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.core.cache import cache

from geo.geocoding import GeocoderUnavailable

MAX_ANSWER_BYTES = 512 * 1024
_POLL_SECONDS = 0.05

# Both write the URL to the log, and the URL holds the address asked for.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class PoliteClient:
    """GET for JSON from one server: one deadline, one shared throttle, limited size, no redirects."""

    def __init__(
        self,
        *,
        base_url: str,
        user_agent: str,
        timeout_seconds: float = 3.0,
        min_interval_seconds: float = 1.0,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the geocoder's URL must be a full http or https address")
        if parts.query or parts.fragment:
            raise ValueError("the geocoder's URL must not hold a query or a fragment")
        if not user_agent.strip():
            raise ValueError("a geocoder must be told who asks (GEOCODER_USER_AGENT)")
        if not (math.isfinite(timeout_seconds) and timeout_seconds > 0):
            raise ValueError("the geocoder's timeout must be above 0 seconds")
        if not (math.isfinite(min_interval_seconds) and min_interval_seconds >= 0):
            raise ValueError("the geocoder's interval must be 0 seconds or more")
        self.base_url = base_url.rstrip("/")
        self.turn_key = "geo-turn-" + hashlib.sha256(self.base_url.encode()).hexdigest()[:16]
        self.user_agent = user_agent.strip()
        self.timeout_seconds = timeout_seconds
        self.min_interval_seconds = min_interval_seconds

    def get_json(self, path: str, params: dict[str, str]) -> Any:
        """The decoded answer; raises GeocoderUnavailable for every way this can fail."""
        self._wait_for_turn()
        body = self._get(path, params)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise GeocoderUnavailable("geocoder_bad_answer", reason="not_json") from None

    def _wait_for_turn(self) -> None:
        """Take the turn shared by all processes; give up when it does not come within the timeout."""
        if not self.min_interval_seconds:
            return
        # Django's Redis cache cuts lifetimes to whole seconds: 1.5 must become 2, not 1.
        interval = math.ceil(self.min_interval_seconds)
        give_up_at = time.monotonic() + self.timeout_seconds
        while not self._take(interval):
            if time.monotonic() + _POLL_SECONDS > give_up_at:
                raise GeocoderUnavailable("geocoder_busy")
            time.sleep(_POLL_SECONDS)

    def _take(self, interval: int) -> bool:
        try:
            return cache.add(self.turn_key, 1, timeout=interval)
        except Exception as error:  # each cache backend raises errors of its own
            # Without a common clock nobody may ask: the server's limit holds for all processes together.
            raise GeocoderUnavailable("geocoder_throttle_failed", reason=type(error).__name__) from error

    def _get(self, path: str, params: dict[str, str]) -> bytes:
        # Packed answers are not asked for and not read: a few bytes can unpack to gigabytes.
        headers = {
            "User-Agent": self.user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        # httpx limits each read, so a server that drips bytes needs a deadline over all of them.
        deadline = time.monotonic() + self.timeout_seconds
        try:
            with (
                httpx.Client(timeout=self.timeout_seconds, follow_redirects=False, headers=headers) as client,
                client.stream("GET", self.base_url + path, params=params) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise GeocoderUnavailable("geocoder_http_error", status=response.status_code)
                return _read_limited(response, deadline)
        except httpx.TimeoutException:
            raise GeocoderUnavailable("geocoder_timeout", seconds=self.timeout_seconds) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise GeocoderUnavailable("geocoder_unreachable", reason=type(error).__name__) from None


def _read_limited(response: httpx.Response, deadline: float) -> bytes:
    """The body of at most MAX_ANSWER_BYTES; raises GeocoderUnavailable, or a timeout after the deadline."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise GeocoderUnavailable("geocoder_bad_answer", reason="packed")
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise GeocoderUnavailable("geocoder_answer_too_large", limit_bytes=MAX_ANSWER_BYTES)
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the whole answer took too long")
    return bytes(body)
