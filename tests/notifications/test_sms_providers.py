"""What do a provider's answers mean, and how are the known ones spoken to?"""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from notifications import outbox
from notifications.channels import sms
from notifications.channels.failed import DeliveryFailed
from notifications.letter import Letter
from notifications.models import Delivery
from notifications.states import DeliveryStatus, Failure
from notifications.texting.gateway import PRESETS, gateway_from
from outbound.calling import Answer
from tests import factories as make
from tests.factories import NOW
from tests.notifications.texting import MOBILE, proven, provider  # noqa: F401


def test_what_an_answer_means(cast, provider):  # noqa: F811
    proven(cast.ana.user)
    letter = Letter(subject="", text="ILOS: …", html="", language="de")
    for status, failure, permanent in (
        (400, Failure.REFUSED, True), (401, Failure.NOT_ADMITTED, False), (429, Failure.BUSY, False),
        (503, Failure.BUSY, False), (302, Failure.REFUSED, True),
    ):  # fmt: skip
        provider.answers, before = [(status, {"message": "no"})], len(provider.received)
        with pytest.raises(DeliveryFailed) as caught:
            sms.send(letter, to=cast.ana.user, message_id="<x@localhost>")
        assert (caught.value.failure, caught.value.permanent, caught.value.detail) == (
            failure,
            permanent,
            str(status),
        )
        assert len(provider.received) == before + 1  # no redirect is followed


def test_a_refused_sms_is_shown_though_the_mail_has_gone(cast, post, provider):  # noqa: F811
    proven(cast.ana.user)
    provider.answers = [(400, {})]
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    row = Delivery.objects.get(channel="sms")
    assert (row.status, row.failure, row.failure_detail) == (DeliveryStatus.FAILED, Failure.REFUSED, "400")
    assert row in Delivery.objects.failed()
    assert row not in Delivery.objects.unheard()


def test_every_attempt_has_the_same_key(cast, post, provider):  # noqa: F811
    proven(cast.ana.user)
    provider.answers = [(503, {}), (200, {"id": "x"})]
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()
    outbox.send_due(now=NOW + timedelta(minutes=5))

    keys = [headers["Idempotency-Key"] for _path, headers, _body in provider.received]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_an_address_inside_is_not_called(cast, post, provider, settings):  # noqa: F811
    settings.OUTBOUND_INSIDE = []
    proven(cast.ana.user)
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    row = Delivery.objects.get(channel="sms")
    assert (row.status, row.failure, row.failure_detail) == (
        DeliveryStatus.DUE,
        Failure.UNREACHABLE,
        "address inside",
    )
    assert provider.received == []


@pytest.mark.parametrize(
    ("preset", "status", "answer", "expected"),
    [
        ("seven", 200, {"success": "100", "messages": [{"id": "77123"}]}, "77123"),
        ("seven", 200, {"success": "402", "messages": []}, ""),  # it has it already
        ("seven", 200, {"success": "202"}, Failure.REFUSED),
        ("seven", 200, {"success": "500"}, Failure.NOT_ADMITTED),  # no money
        ("sipgate", 204, {}, ""),
        ("sipgate", 402, {}, Failure.NOT_ADMITTED),
        ("twilio", 201, {"sid": "SM1", "status": "queued"}, "SM1"),
        ("twilio", 400, {"code": 21211}, Failure.REFUSED),
        ("twilio", 400, {"code": 21606}, Failure.NOT_ADMITTED),  # our sender
        ("twilio", 429, {"code": 20429}, Failure.BUSY),
    ],
)
def test_known_providers(settings, preset, status, answer, expected):
    settings.SMS_USER, settings.SMS_KEY, settings.SMS_SENDER = "AC1", "k3y", "+49155500"
    url, headers, body = PRESETS[preset].request(to=MOBILE, text="Grüße & mehr", message_id="id-1")
    assert url.startswith("https://")
    assert "{" not in url + "".join(headers.values())
    assert ("x-www-form" in headers["Content-Type"]) == (preset == "twilio")
    assert b"{" not in body if preset == "twilio" else json.loads(body)
    given = Answer(status, headers={}, body=json.dumps(answer).encode())
    if isinstance(expected, Failure):
        with pytest.raises(DeliveryFailed) as caught:
            sms._judged(PRESETS[preset], given)
        assert (caught.value.failure, caught.value.permanent) == (expected, expected == Failure.REFUSED)
    else:
        assert sms._judged(PRESETS[preset], given) == expected


@pytest.mark.parametrize(
    "described",
    [
        {}, {"url": 5}, [], {"url": "https://x.example", "felder": {}},
        {"url": "https://x.example", "fields": {"a": "{password}"}},
        {"url": "https://x.example", "inbound": {"x": "y"}},
    ],
)  # fmt: skip
def test_a_provider_described_wrongly_is_named(described):
    with pytest.raises(ImproperlyConfigured):
        gateway_from(described)
