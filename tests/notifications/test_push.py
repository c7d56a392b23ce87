"""Do messages reach browsers beside the mail: sealed, without a word about the client, and never to our own network?"""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest

from backend.accounts.models import User
from backend.clock import database_now
from backend.errors import NotThere, RuleViolated
from notifications import outbox
from notifications.channels.push_service import Unreachable, deliver, is_allowed
from notifications.commands import BROWSERS_AT_MOST, end_push, start_push
from notifications.models import Delivery, PushSubscription
from notifications.queries import failed_for
from notifications.states import DeliveryStatus, Failure
from notifications.vapid import public_key
from tests import factories as make
from tests.factories import NOW
from tests.notifications.push_server import Browser, PushServer, running, unpadded


@pytest.fixture(autouse=True)
def with_push(settings) -> None:
    settings.VAPID_PRIVATE_KEY = unpadded(bytes(range(1, 33)))
    settings.VAPID_CONTACT = "mailto:office@office.example"
    settings.PUSH_ALLOW_LOCAL = True


@pytest.fixture
def service() -> Iterator[PushServer]:
    with running() as server:
        yield server


@pytest.fixture
def browser() -> Browser:
    return Browser()


def subscribed(user: User, service: PushServer, browser: Browser, name: str = "1") -> PushSubscription:
    return start_push(
        endpoint=service.endpoint(name),
        p256dh=browser.p256dh,
        auth=browser.auth,
        device="Firefox, Android",
        by=user,
        now=NOW,
    )


def test_an_offer_is_mailed_and_pushed(cast, post, service, browser) -> None:
    subscribed(cast.ana.user, service, browser)
    request = make.a_help_request(cast.samir, cast.rita)
    make.offers_to(request, [cast.ana, cast.ben], cast.kaya)
    mails = post.deliver()

    offers = [mail for mail in mails if mail.template == "offer_made"]
    assert {mail.to for mail in offers} == {"ana@ana.example", "ben@ben.example"}
    ((path, headers, body),) = service.received
    assert path == "/push/1"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert int(headers["TTL"]) > 0
    message = browser.read(body)
    assert message["title"] == "Eine Frage an Sie: Würden Sie einen Termin übernehmen?"
    assert "/angebot/" in message["url"]


def test_the_header_names_us_to_this_service_alone(cast, post, service, browser) -> None:
    subscribed(cast.ana.user, service, browser)
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    claims = service.claims(service.received[0][1]["Authorization"], public_key())
    assert claims["aud"] == service.origin
    assert claims["sub"] == "mailto:office@office.example"
    assert 0 < claims["exp"] - database_now().timestamp() <= timedelta(hours=24).total_seconds()


def test_nothing_of_the_client_is_in_it(cast, post, service, browser) -> None:
    subscribed(cast.ana.user, service, browser)
    request = make.a_help_request(cast.samir, cast.rita, topic="health")
    make.an_assignment(request, cast.ana, cast.kaya)
    post.deliver()

    read = json.dumps([browser.read(body) for _, _, body in service.received], ensure_ascii=False)
    assert "bestätigt" in read
    for word in (
        "SCH-7",
        "Haupteingang",
        "Beispiel",
        "49074",
        "Osnabrück",
        request.reference,
        "Kurm",
        "Gesundheit",
    ):
        assert word not in read


def test_a_push_that_fails_hurts_no_mail_and_troubles_nobody(cast, post, service, browser) -> None:
    subscribed(cast.ana.user, service, browser)
    service.answers = [400]
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    mails = post.deliver()

    assert "ana@ana.example" in {mail.to for mail in mails}
    push = Delivery.objects.get(channel="web_push")
    assert (push.status, push.failure_detail) == (DeliveryStatus.FAILED, "400")
    assert not failed_for(cast.osnabrueck).exists()


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(cast, post, service, browser, status) -> None:
    subscribed(cast.ana.user, service, browser)
    service.answers = [status]
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    assert not PushSubscription.objects.exists()
    row = Delivery.objects.get(channel="web_push")
    assert (row.status, row.failure) == (DeliveryStatus.FAILED, Failure.GONE)
    assert row in Delivery.objects.failed()  # shown, though the mail has gone
    assert not failed_for(cast.osnabrueck).exists()


def test_a_busy_service_is_asked_again(cast, post, service, browser) -> None:
    subscribed(cast.ana.user, service, browser)
    service.answers = [503, 201]
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()
    assert Delivery.objects.get(channel="web_push").status == DeliveryStatus.DUE

    outbox.send_due(now=NOW + timedelta(minutes=5))
    assert Delivery.objects.get(channel="web_push").status == DeliveryStatus.SENT
    assert len(service.received) == 2


def test_one_browser_that_fails_does_not_make_the_other_ring_twice(cast, post, service, browser) -> None:
    subscribed(cast.ana.user, service, browser, "1")
    subscribed(cast.ana.user, service, browser, "2")
    service.answers = [503, 201]
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    assert Delivery.objects.get(channel="web_push").status == DeliveryStatus.SENT
    assert len(service.received) == 2


def test_redirects_are_not_followed(service) -> None:
    service.answers = [307]
    assert deliver(service.endpoint("1"), b"x", headers={}).status == 307
    assert len(service.received) == 1


def test_whoever_has_no_browser_gets_no_row(cast, post) -> None:
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    assert not Delivery.objects.filter(channel="web_push").exists()


def test_without_a_key_push_is_off(cast, post, service, browser, settings) -> None:
    subscribed(cast.ana.user, service, browser)
    settings.VAPID_PRIVATE_KEY = ""
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    assert service.received == []
    assert public_key() == ""
    with pytest.raises(RuleViolated, match="push_is_off"):
        subscribed(cast.ana.user, service, browser, "2")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/1",
        "https://127.0.0.1/1",
        "https://[::1]/1",
        "https://2130706433/1",
        "https://localhost/1",
        "https://database/1",
        "https://db.internal/1",
        "https://user@push.example/1",
        "https://push.example:6379/1",
        "https://push.example:x/1",
        "file:///etc/passwd",
        "https://push.example/a\x00b",
        "https://push.example/a b",
        "https://push.example/ä",
        "https://push.example/" + "a" * 600,
        "",
    ],
)
def test_addresses_of_our_own_network_are_refused(endpoint, settings) -> None:
    settings.PUSH_ALLOW_LOCAL = False
    assert not is_allowed(endpoint)
    with pytest.raises(Unreachable):
        deliver(endpoint, b"x", headers={})


def test_a_public_name_that_leads_into_our_network_is_refused(settings, monkeypatch) -> None:
    settings.PUSH_ALLOW_LOCAL = False
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: inside)
    assert is_allowed("https://push.example/1")
    with pytest.raises(Unreachable) as caught:
        deliver("https://push.example/1", b"x", headers={})
    assert caught.value.permanent


@pytest.mark.parametrize(
    "change", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"endpoint": "ftp://x/1"}, {"p256dh": "ü"}]
)
def test_what_no_browser_says_is_refused(cast, service, browser, change) -> None:
    said = {"endpoint": service.endpoint("1"), "p256dh": browser.p256dh, "auth": browser.auth}
    with pytest.raises(RuleViolated, match="push_subscription_malformed"):
        start_push(**{**said, **change}, device="", by=cast.ana.user, now=NOW)


def test_a_browser_belongs_to_whoever_signed_in_last(cast, service, browser) -> None:
    subscribed(cast.ana.user, service, browser)
    subscribed(cast.ben.user, service, browser)

    assert PushSubscription.objects.get().user == cast.ben.user


def test_only_ones_own_devices_are_switched_off(cast, service, browser) -> None:
    mine = subscribed(cast.ana.user, service, browser)
    with pytest.raises(NotThere):
        end_push(subscription_id=mine.pk, by=cast.ben.user, now=NOW)
    end_push(subscription_id=mine.pk, by=cast.ana.user, now=NOW)

    assert not PushSubscription.objects.exists()


def test_nobody_collects_browsers_without_end(cast, service, browser) -> None:
    for number in range(BROWSERS_AT_MOST + 3):
        subscribed(cast.ana.user, service, browser, str(number))

    assert PushSubscription.objects.count() == BROWSERS_AT_MOST
