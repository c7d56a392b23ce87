"""How is a geocoding server asked without waiting long, trusting it, or being a nuisance to it?"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache

from geo.geocoding import GeocoderUnavailable
from outbound.addresses import Reach
from outbound.calling import call
from outbound.errors import CallFailed, Packed, TooLarge, TooSlow

MAX_ANSWER_BYTES = 512 * 1024
_POLL_SECONDS = 0.05
_OK = 200


class PoliteClient:
    """GET for JSON from one server: one deadline, one shared throttle, limited size, no redirects."""

    def __init__(
        self,
        *,
        base_url: str,
        user_agent: str,
        timeout_seconds: float = 3.0,
        min_interval_seconds: float = 1.0,
        inside: Iterable[str] = (),
    ) -> None:
        """`inside`: hosts of the own network that may be asked, as "host" or "host:port"."""
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
        self.reach = Reach.with_inside(inside)

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
        try:
            answer = call(
                "GET",
                self.base_url + path,
                reach=self.reach,
                timeout_seconds=self.timeout_seconds,
                max_bytes=MAX_ANSWER_BYTES,
                headers={"User-Agent": self.user_agent, "Accept": "application/json"},
                params=params,
            )
        except CallFailed as error:
            raise self._unavailable(error) from None
        if answer.status != _OK:
            raise GeocoderUnavailable("geocoder_http_error", status=answer.status)
        return answer.body

    def _unavailable(self, error: CallFailed) -> GeocoderUnavailable:
        if isinstance(error, TooSlow):
            return GeocoderUnavailable("geocoder_timeout", seconds=self.timeout_seconds)
        if isinstance(error, TooLarge):
            return GeocoderUnavailable("geocoder_answer_too_large", limit_bytes=MAX_ANSWER_BYTES)
        if isinstance(error, Packed):
            return GeocoderUnavailable("geocoder_bad_answer", reason="packed")
        return GeocoderUnavailable("geocoder_unreachable", reason=str(error))
