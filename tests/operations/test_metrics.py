"""Does monitoring get its figures, with the token alone, and nothing about anybody in them?"""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from backend import timings
from backend.dispatch.models import HelpRequest
from backend.journal import batches
from backend.journal.models import Event
from notifications import outbox, pulse
from notifications.models import Delivery
from tests import factories as make

TOKEN = "t" * 40


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def ask(authorization: str | None = f"Bearer {TOKEN}"):
    headers = {"Authorization": authorization} if authorization else {}
    return Client().get("/metrics", headers=headers)


def figures() -> dict[str, dict[tuple, float]]:
    """name -> labels -> value."""
    answer = ask()
    assert answer.status_code == 200
    found: dict[str, dict[tuple, float]] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


# --- who may


@pytest.mark.parametrize(
    "brought",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"],
)
def test_without_the_token_nothing(db, brought) -> None:
    answer = ask(brought)
    assert answer.status_code == 401
    assert answer.content == b""
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_who_is_signed_in_is_not_let_in_for_that(cast, browser_of) -> None:
    assert browser_of(cast.kaya).get("/metrics").status_code == 401


@pytest.mark.parametrize("brought", [None, "Bearer", "Bearer "])
def test_without_a_token_in_the_settings_there_is_no_such_page(db, settings, brought) -> None:
    settings.METRICS_TOKEN = ""
    assert ask(brought).status_code == 404


def test_it_only_reads(db) -> None:
    assert Client().post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code in {403, 405}


# --- what is told


def test_an_empty_installation_has_figures(db) -> None:
    told = figures()
    assert told["ilos_delivery_oldest_due_seconds"] == {(): 0}
    assert told["ilos_events_waiting"] == {(): 0}
    assert told["ilos_database_size_bytes"][()] > 0


def test_messages_by_state_and_their_age(cast) -> None:
    now = timezone.now()
    help_request = make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=now)
    first, second = Delivery.objects.filter(channel="email").order_by("pk")[:2]
    Delivery.objects.exclude(pk__in=[first.pk, second.pk]).update(due_at=now + timedelta(hours=1))
    Delivery.objects.filter(pk=first.pk).update(due_at=now - timedelta(seconds=400))
    Delivery.objects.filter(pk=second.pk).update(
        status="SENT", due_at=now - timedelta(seconds=62), sent_at=now - timedelta(seconds=60)
    )
    told = figures()
    assert help_request
    assert 400 <= told["ilos_delivery_oldest_due_seconds"][()] < 460
    assert told["ilos_deliveries"][("channel", "email"), ("status", "SENT")] == 1
    assert told["ilos_delivery_seconds"][("channel", "email"), ("quantile", "0.5")] == pytest.approx(
        2, abs=0.01
    )
    assert told["ilos_delivery_sent_lately"] == {(("channel", "email"),): 1}


def test_failures_by_class_parked_events_and_queue_age(cast) -> None:
    now = timezone.now()
    make.a_help_request(cast.samir, cast.rita)
    outbox.fan_out(now=now)
    Delivery.objects.update(status="FAILED", failed_at=now, failure="refused", failure_detail="550")
    event = Event.objects.latest("happened_at")
    Event.objects.filter(pk=event.pk).update(processed_at=None, failed_at=now)
    told = figures()
    failed = told["ilos_delivery_failures"]
    assert (
        failed[("channel", "email"), ("failure", "refused"), ("status", "FAILED")] == Delivery.objects.count()
    )
    assert told["ilos_events_parked"] == {(): 1}


def test_requests_that_wait_for_two_days(cast) -> None:
    make.a_help_request(cast.samir, cast.rita)
    HelpRequest.objects.update(opened_at=timezone.now() - timedelta(hours=47))
    assert "ilos_requests_unmatched_48h" not in figures()
    HelpRequest.objects.update(opened_at=timezone.now() - timedelta(hours=49))
    assert figures()["ilos_requests_unmatched_48h"] == {(("office", "osnabrueck"),): 1}


def test_signs_of_life_and_batches(db) -> None:
    at = timezone.now() - timedelta(seconds=90)
    pulse.beat("worker", at=at)
    batches.succeeded("backup", at=at, seconds=12.5)
    batches.succeeded("backup", at=at + timedelta(seconds=5), seconds=11.5)
    told = figures()
    assert told["ilos_heartbeat_age_seconds"][(("sender", "worker"),)] == pytest.approx(90, abs=30)
    assert told["ilos_batch_last_success_timestamp_seconds"][(("batch", "backup"),)] == pytest.approx(
        at.timestamp() + 5, abs=0.01
    )
    assert told["ilos_batch_last_duration_seconds"] == {(("batch", "backup"),): 11.5}


def test_no_label_names_anybody(cast) -> None:
    """Marked names and addresses are in the rows; none is in the figures."""
    now = timezone.now()
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana, cast.ben], cast.kaya)
    outbox.fan_out(now=now)
    text = ask().content.decode()
    for person in (cast.kaya, cast.rita, cast.ana.user, cast.ben.user):
        assert person.email not in text
        assert str(person.pk) not in text
    assert "@" not in text


# --- durations of pages


@pytest.fixture
def own_timings(monkeypatch):
    """Counts of this test alone, in a key of its own."""
    monkeypatch.setattr(timings, "KEY", "ilos:timings:test")
    monkeypatch.setattr(timings, "_flush_at", float("inf"))
    timings._counts.clear()
    timings._sums.clear()
    client = timings._client()
    client.delete(timings.KEY)
    yield
    client.delete(timings.KEY)
    client.close()


def test_durations_of_several_processes_add_up(own_timings) -> None:
    for seconds in (0.01, 0.3, 30):
        timings.observe("web:worklist", "GET", 200, seconds)
    timings.flush()
    timings.observe("web:worklist", "GET", 204, 0.3)  # as another process would
    timings.observe("web:worklist", "BREW", 418, 0.3)
    timings.flush()
    get, other = timings.collected()
    assert (get.route, get.method, get.status) == ("web:worklist", "GET", "2xx")
    assert get.counts[0] == 1 and get.counts[-2] == 3 and get.counts[-1] == 4
    assert get.seconds == pytest.approx(30.61)
    assert (other.method, other.status) == ("OTHER", "4xx")


def test_pages_are_timed_by_route_and_never_by_address(own_timings, db, settings) -> None:
    Client().get("/angebot/s3cr3t-of-this-link/")
    text = ask().content.decode()
    assert (
        'ilos_http_request_duration_seconds_count{method="GET",route="web:offer_by_link",status="4xx"} 1'
        in text
    )
    assert "s3cr3t" not in text


def test_without_redis_counts_are_kept(own_timings, settings, caplog) -> None:
    right = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    timings.observe("web:start", "GET", 200, 0.1)
    timings.flush()
    assert "timings_kept" in caplog.text
    settings.REDIS_URL = right
    timings.flush()
    assert [one.counts[-1] for one in timings.collected()] == [1]


def test_without_redis_the_rest_is_told(db, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    told = figures()
    assert told["ilos_redis_up"] == {(): 0}
    assert "ilos_http_request_duration_seconds_count" not in told


def test_series_are_bounded(own_timings, monkeypatch) -> None:
    monkeypatch.setattr(timings, "SERIES_AT_MOST", 2)
    for number in range(9):
        timings.observe(f"web:{number}", "GET", 200, 0.1)
    assert len(timings._sums) == 2
