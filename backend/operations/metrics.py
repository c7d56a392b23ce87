"""What does monitoring see? Figures from the database as Prometheus reads them, with no label about a person."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, QuerySet
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from backend import timings
from backend.dispatch.models import HelpRequest, Offer, WaveSeries
from backend.dispatch.states import HelpRequestStatus
from backend.journal.models import BatchRun, Event
from notifications.models import Delivery, Heartbeat
from notifications.states import DeliveryStatus

UNMATCHED_AFTER = timedelta(hours=48)
OVERDUE_AFTER = timedelta(minutes=5)  # the clock looks every half minute
LATELY = timedelta(minutes=15)
QUANTILES = (0.5, 0.9, 0.99)
CELERY_QUEUE = "celery"


def exposition(*, now: datetime) -> bytes:
    """All figures as text; what cannot be had (Redis away) is left out and said by `ilos_redis_up`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(now))
    return generate_latest(registry)


class _Figures:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        for source in SOURCES:
            yield from source(self.now)


# --- messages


def deliveries(now: datetime) -> Iterator[Metric]:
    by_state = GaugeMetricFamily(
        "ilos_deliveries", "Messages by state and channel", labels=["status", "channel"]
    )
    for status, channel, number in (
        Delivery.objects.order_by().values_list("status", "channel").annotate(number=Count("pk"))
    ):
        by_state.add_metric([status, channel], number)
    yield by_state
    yield _gauge(
        "ilos_delivery_oldest_due_seconds",
        "How long the oldest message that should have gone has waited",
        _age(Delivery.objects.filter(status=DeliveryStatus.DUE, due_at__lte=now), "due_at", now),
    )
    yield _gauge(
        "ilos_delivery_stuck",
        "Messages in the hands of a sender whose lease has run out",
        Delivery.objects.filter(status=DeliveryStatus.SENDING, lease_until__lt=now).count(),
    )
    failures = GaugeMetricFamily(
        "ilos_delivery_failures",
        "Messages that failed (FAILED) or wait for another try (DUE), by class of error",
        labels=["status", "channel", "failure"],
    )
    failed = Delivery.objects.filter(status__in=(DeliveryStatus.FAILED, DeliveryStatus.DUE))
    for status, channel, failure, number in (
        failed.exclude(failure="")
        .order_by()
        .values_list("status", "channel", "failure")
        .annotate(number=Count("pk"))
    ):
        failures.add_metric([status, channel, failure], number)
    yield failures


def delivery_seconds(now: datetime) -> Iterator[Metric]:
    """Over the last quarter of an hour: rows go after ninety days, so that a growing total would fall at night."""
    family = GaugeMetricFamily(
        "ilos_delivery_seconds",
        "From due to accepted by the channel, quantiles over the last 15 minutes",
        labels=["channel", "quantile"],
    )
    number = GaugeMetricFamily(
        "ilos_delivery_sent_lately", "Messages sent in the last 15 minutes", labels=["channel"]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT channel, count(*), percentile_cont(%s::float8[]) WITHIN GROUP"
            " (ORDER BY greatest(extract(epoch FROM sent_at - due_at), 0))"
            " FROM notifications_delivery WHERE status = 'SENT' AND sent_at > %s GROUP BY channel",
            [list(QUANTILES), now - LATELY],
        )
        for channel, count, values in cursor.fetchall():
            number.add_metric([channel], count)
            for quantile, value in zip(QUANTILES, values, strict=True):
                family.add_metric([channel, str(quantile)], value)
    yield family
    yield number


def heartbeats(now: datetime) -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "ilos_heartbeat_age_seconds", "Since the last sign of life of a sender", labels=["sender"]
    )
    for sender, at in Heartbeat.objects.values_list("sender", "beaten_at"):
        family.add_metric([sender], (now - at).total_seconds())
    yield family


# --- events and queue


def events(now: datetime) -> Iterator[Metric]:
    waiting = Event.objects.unprocessed()
    yield _gauge("ilos_events_waiting", "Events that no listener has looked at yet", waiting.count())
    yield _gauge(
        "ilos_events_oldest_waiting_seconds",
        "How long the oldest of them has waited",
        _age(waiting, "happened_at", now),
    )
    yield _gauge(
        "ilos_events_parked",
        "Events set aside because their rule broke: somebody has to look (manage.py outbox)",
        Event.objects.filter(failed_at__isnull=False, processed_at=None).count(),
    )


def queue(now: datetime) -> Iterator[Metric]:
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=timings.TIMEOUT_SECONDS,
            socket_timeout=timings.TIMEOUT_SECONDS,
        )
        length = client.llen(CELERY_QUEUE)
        client.close()
    except (redis.RedisError, OSError):
        yield _gauge("ilos_redis_up", "Whether Redis answers; without it messages come later, not never", 0)
        return
    yield _gauge("ilos_redis_up", "Whether Redis answers; without it messages come later, not never", 1)
    yield _gauge("ilos_queue_length", "Tasks that wait in the broker's queue", length)


# --- the work itself


def clockwork(now: datetime) -> Iterator[Metric]:
    late = WaveSeries.objects.due(now=now - OVERDUE_AFTER)
    yield _gauge("ilos_waves_overdue", "Waves whose look is due for more than five minutes", late.count())
    yield _gauge(
        "ilos_waves_oldest_overdue_seconds", "How long the oldest of them", _age(late, "next_at", now)
    )
    yield _gauge(
        "ilos_offers_overdue",
        "Offers that should have expired five minutes ago",
        Offer.objects.pending().filter(expires_at__lte=now - OVERDUE_AFTER).count(),
    )


def requests(now: datetime) -> Iterator[Metric]:
    by_state = GaugeMetricFamily("ilos_requests", "Requests for help by state", labels=["status"])
    for status, number in HelpRequest.objects.order_by().values_list("status").annotate(number=Count("pk")):
        by_state.add_metric([status], number)
    yield by_state
    unmatched = GaugeMetricFamily(
        "ilos_requests_unmatched_48h",
        "Open requests of more than 48 hours without a confirmed pilot, by office",
        labels=["office"],
    )
    old = HelpRequest.objects.filter(status=HelpRequestStatus.OPEN, opened_at__lte=now - UNMATCHED_AFTER)
    for office, number in old.order_by().values_list("office__slug").annotate(number=Count("pk")):
        unmatched.add_metric([office], number)
    yield unmatched


def batches(now: datetime) -> Iterator[Metric]:
    at = GaugeMetricFamily(
        "ilos_batch_last_success_timestamp_seconds", "When a batch last came to its end", labels=["batch"]
    )
    seconds = GaugeMetricFamily("ilos_batch_last_duration_seconds", "How long it took then", labels=["batch"])
    for run in BatchRun.objects.order_by("name"):
        at.add_metric([run.name], run.succeeded_at.timestamp())
        seconds.add_metric([run.name], run.seconds)
    yield at
    yield seconds


def pages(now: datetime) -> Iterator[Metric]:
    try:
        timings.flush()
        series = list(timings.collected())
    except (redis.RedisError, OSError):
        return
    family = HistogramMetricFamily(
        "ilos_http_request_duration_seconds",
        "Duration of requests by route",
        labels=["route", "method", "status"],
    )
    bounds = [*(str(bound) for bound in timings.BOUNDS), "+Inf"]
    for one in series:
        family.add_metric(
            [one.route, one.method, one.status],
            buckets=list(zip(bounds, one.counts, strict=True)),
            sum_value=one.seconds,
        )
    yield family


def database(now: datetime) -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()),"
            " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
            " (SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()),"
            " (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())"
        )
        size, sessions, rollbacks, deadlocks = cursor.fetchone()
    yield _gauge("ilos_database_size_bytes", "Size of the database", size)
    yield _gauge("ilos_database_sessions", "Sessions with the database", sessions)
    for name, what, value in (
        ("ilos_database_rollbacks", "Transactions rolled back", rollbacks),
        ("ilos_database_deadlocks", "Deadlocks broken up", deadlocks),
    ):
        counter = CounterMetricFamily(name, what)
        counter.add_metric([], value)
        yield counter


SOURCES: Iterable[Callable[[datetime], Iterator[Metric]]] = (
    deliveries,
    delivery_seconds,
    heartbeats,
    events,
    queue,
    clockwork,
    requests,
    batches,
    pages,
    database,
)


def _gauge(name: str, what: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, what)
    family.add_metric([], value)
    return family


def _age(rows: QuerySet, field: str, now: datetime) -> float:
    """Seconds since the earliest; 0 when there is none."""
    earliest = rows.aggregate(at=Min(field))["at"]
    return max((now - earliest).total_seconds(), 0.0) if earliest else 0.0
