"""How long do pages take? A histogram by route over all web processes, added up in Redis.

Each process keeps its counts to itself for a few seconds and then adds them in one round trip. Without Redis nothing
is lost but figures: a request never waits for it, and counts that cannot be delivered are kept within bounds.
"""

import logging
import threading
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import redis
from django.conf import settings

KEY = "ilos:timings"
BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FLUSH_SECONDS, AGAIN_SECONDS, TIMEOUT_SECONDS = 5.0, 60.0, 0.25
SERIES_AT_MOST = 5_000

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_counts: Counter[str] = Counter()
_sums: defaultdict[str, float] = defaultdict(float)
_flush_at = 0.0


class Timing(NamedTuple):
    """One series: cumulative counts per bound (the last one: all), and the seconds altogether."""

    route: str
    method: str
    status: str
    counts: list[int]
    seconds: float


def observe(route: str, method: str, status: int, seconds: float) -> None:
    """Count one request. Labels are names of ours: route, method, class of status."""
    series = f"{route}|{method if method in METHODS else 'OTHER'}|{status // 100}xx"
    with _lock:
        if len(_sums) < SERIES_AT_MOST or series in _sums:
            _counts[f"{series}|{bisect_left(BOUNDS, seconds)}"] += 1
            _sums[series] += seconds
        due = time.monotonic() >= _flush_at
    if due:
        flush()


def flush() -> None:
    """Add what this process has counted to what all have counted."""
    global _flush_at
    with _lock:
        counts, sums = dict(_counts), dict(_sums)
        _counts.clear()
        _sums.clear()
        _flush_at = time.monotonic() + FLUSH_SECONDS
    try:
        client = _client()
        with client.pipeline(transaction=True) as pipe:
            for name, number in counts.items():
                pipe.hincrby(KEY, name, number)
            for series, seconds in sums.items():
                pipe.hincrbyfloat(KEY, f"{series}|s", seconds)
            pipe.execute()
        client.close()
    except (redis.RedisError, OSError) as error:
        logger.warning("timings_kept error=%s", type(error).__name__)
        with _lock:
            _counts.update(counts)
            for series, seconds in sums.items():
                _sums[series] += seconds
            _flush_at = time.monotonic() + AGAIN_SECONDS


def collected() -> Iterator[Timing]:
    """All series of all processes, as far as they have been delivered."""
    client = _client()
    try:
        stored: dict[bytes, bytes] = client.hgetall(KEY)  # type: ignore[assignment]
    finally:
        client.close()
    table: dict[str, list[int]] = {}
    sums: dict[str, float] = {}
    for name, value in stored.items():
        series, _, cell = str(name, "ascii").rpartition("|")
        if cell == "s":
            sums[series] = float(value)
        else:
            table.setdefault(series, [0] * (len(BOUNDS) + 1))[int(cell)] = int(value)
    for series, row in sorted(table.items()):
        route, method, status = series.split("|")
        counts = [sum(row[: place + 1]) for place in range(len(row))]
        yield Timing(route, method, status, counts, sums.get(series, 0.0))


def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=TIMEOUT_SECONDS, socket_timeout=TIMEOUT_SECONDS
    )
