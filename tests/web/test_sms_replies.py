"""Is a digit by SMS an answer: once, to the one question that is open, and to nothing when it is not certain?"""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.models import Offer
from backend.dispatch.states import OfferStatus
from notifications import outbox
from notifications.models import Delivery
from notifications.texting.models import SmsReply
from notifications.texting.replying import digit_in
from tests import factories as make
from tests.factories import NOW, at
from tests.notifications.texting import MOBILE, proven, provider  # noqa: F401

HOOK = "/sms/hook/"
pytestmark = pytest.mark.usefixtures("provider")


@pytest.fixture
def offer(cast) -> Offer:
    """One question to Ana, by SMS."""
    proven(cast.ana.user)
    return asked(cast)


def asked(cast, pilot=None, **request) -> Offer:
    made = make.a_help_request(request.pop("who", cast.samir), cast.rita, **request)
    (offer,) = make.offers_to(made, [pilot or cast.ana], cast.kaya)
    deliver()
    return offer


def deliver(now=NOW) -> None:
    outbox.fan_out(now=now)
    outbox.send_due(now=now)


def reply(text: str, *, id: str = "in-1", sender: str = MOBILE, hook: str = HOOK) -> int:
    said = {"from": sender, "text": text, "id": id}
    return Client(enforce_csrf_checks=True).post(hook, said, content_type="application/json").status_code


def status_of(offer: Offer) -> str:
    return Offer.objects.get(pk=offer.pk).status


@pytest.mark.parametrize(
    ("text", "digit"),
    [
        ("1", "1"), (" 1. ", "1"), ("2!", "2"), ("\"2\"", "2"), ("\n1\n", "1"), ("١", "1"), ("۲", "2"),
        ("ja", ""), ("12", ""), ("1 oder 2", ""), ("", ""), ("3", ""), ("1\x00", ""), ("0", ""), ("²", ""), ("-1", ""),
    ],
)  # fmt: skip
def test_only_a_digit_alone_is_an_answer(text, digit):
    assert digit_in(text) == digit


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("1", OfferStatus.ACCEPTED, "Ihr Ja ist notiert"),
        ("2", OfferStatus.DECLINED, "Ihr Nein ist notiert"),
        ("ja", OfferStatus.PENDING, "1 = ja"),
    ],
)
def test_a_digit_answers(offer, provider, text, status, said):  # noqa: F811
    assert reply(text) == 200
    assert status_of(offer) == status
    deliver()
    assert len(provider.texts) == 2
    assert said in provider.texts[-1]


def test_the_answer_counts_once(offer, provider):  # noqa: F811
    assert [reply("1"), reply("1"), reply("2")] == [200, 200, 200]
    assert status_of(offer) == OfferStatus.ACCEPTED
    deliver()
    assert len(provider.texts) == 2
    assert SmsReply.objects.get().outcome == "accepted"
    assert "in-1" not in str(list(SmsReply.objects.values_list()))


def test_a_yes_never_assigns(offer):
    reply("1")
    assert not offer.help_request.assignments.exists()


def test_looking_changes_nothing(offer):
    for method in (Client().get, Client().head, Client().options):
        assert method(HOOK).status_code in (405, 200)
    assert Client().get(HOOK).status_code == 405
    assert status_of(offer) == OfferStatus.PENDING


def test_without_the_secret_nobody_is_heard(offer, settings):
    assert reply("1", hook="/sms/other/") == 404
    assert reply("1", hook="/sms/h%C3%B6%C3%B6k/") == 404
    settings.SMS_WEBHOOK_SECRET = ""
    assert reply("1") == 404
    settings.SMS_WEBHOOK_SECRET, settings.SMS_GATEWAY = "hook", "sipgate"  # it posts nothing
    assert reply("1") == 404
    settings.SMS_GATEWAY = ""
    assert reply("1") == 404
    assert status_of(offer) == OfferStatus.PENDING


NO_REPLIES = [
    (b"{", "application/json", 400), (b"[]", "application/json", 400), (b"\xff", "application/json", 400),
    (b"[" * 9000, "application/json", 400), (b'{"from": "x", "text": "1", "id": "1"}', "application/json", 400),
    (b'{"from": {"a": 1}, "text": "1", "id": "1"}', "application/json", 400),
    (b'{"from": "+4915112345678", "text": "1"}', "application/json", 400),
    (b'{"from": "+4915112345678", "text": "1", "id": "\\ud800"}', "application/json", 400),
    (b"a=1&" * 200, "application/x-www-form-urlencoded", 400),
    (b"x" * 20000, "application/json", 413), (b"", "application/json", 400), (b"x", "", 400),
]  # fmt: skip


def test_what_is_no_reply_is_refused_and_changes_nothing(offer):
    before = Delivery.objects.count()
    for body, kind, status in NO_REPLIES:
        assert Client().post(HOOK, body, content_type=kind).status_code == status, body[:40]
    assert status_of(offer) == OfferStatus.PENDING
    assert Delivery.objects.count() == before


def test_strangers_are_not_answered(offer, provider):  # noqa: F811
    assert reply("1", sender="+4915100000000") == 200
    deliver()
    assert len(provider.texts) == 1
    assert not SmsReply.objects.exists()


def test_the_number_is_known_however_it_is_written(offer):
    assert reply("1", sender="015112345678") == 200
    assert status_of(offer) == OfferStatus.ACCEPTED


def test_two_open_questions_are_answered_by_the_link_alone(offer, cast, provider):  # noqa: F811
    other = asked(cast, who=make.a_help_seeker(cast.rita, case_key="SCH-8"), slots=[(at(12, 9), at(12, 10))])
    assert reply("1") == 200
    assert (status_of(offer), status_of(other)) == (OfferStatus.PENDING, OfferStatus.PENDING)
    deliver()
    assert "mehrere Fragen" in provider.texts[-1]
    assert "/meine-einsaetze/" in provider.texts[-1]


def test_two_dates_are_chosen_on_the_page(cast, provider):  # noqa: F811
    proven(cast.ana.user)
    offer = asked(cast, slots=[(at(10, 10), at(10, 11)), (at(12, 9), at(12, 10))])
    assert "2 Termine zur Auswahl" in provider.texts[-1]
    reply("1")
    deliver()
    assert status_of(offer) == OfferStatus.PENDING
    assert "wählen Sie den Termin" in provider.texts[-1]
    assert "/o/" in provider.texts[-1]
    reply("2", id="in-2")
    assert status_of(offer) == OfferStatus.DECLINED


def test_nothing_open_is_said_honestly(offer, cast, provider):  # noqa: F811
    reply("2")
    reply("1", id="in-2")
    deliver()
    assert "keine Frage" in provider.texts[-1]
    assert status_of(offer) == OfferStatus.DECLINED


def test_a_reply_is_no_answer_to_a_later_question_that_came_by_mail(offer, cast, settings):
    reply("2")
    settings.SMS_GATEWAY, gateway = "", settings.SMS_GATEWAY
    later = asked(cast, who=make.a_help_seeker(cast.rita, case_key="SCH-8"), slots=[(at(12, 9), at(12, 10))])
    settings.SMS_GATEWAY = gateway
    reply("1", id="in-2")
    assert status_of(later) == OfferStatus.PENDING


def test_too_late_is_told(offer, cast, provider):  # noqa: F811
    (other,) = make.offers_to(offer.help_request, [cast.ben], cast.kaya)
    make.accepted(other)
    confirm_assignment(help_request_id=offer.help_request_id, offer_id=other.pk, by=cast.kaya, now=NOW)
    deliver()
    assert reply("1") == 200
    deliver()
    assert "keine Frage" in provider.texts[-1]
    assert status_of(offer) == OfferStatus.RETRACTED


def test_a_late_yes_still_helps(offer, clock):
    Offer.objects.filter(pk=offer.pk).update(
        status=OfferStatus.EXPIRED, expired_at=NOW, expires_at=NOW - timedelta(minutes=1)
    )
    reply("1")
    assert status_of(offer) == OfferStatus.ACCEPTED


def test_the_short_link_opens_the_offer_and_answers_it(offer, provider):  # noqa: F811
    path = "/o/" + provider.texts[0].partition("/o/")[2]
    client = Client()
    assert "Können Sie" in client.get(path).content.decode()
    assert client.head(path).status_code == 200
    assert status_of(offer) == OfferStatus.PENDING
    client.post(path, {"answer": "yes"})
    assert status_of(offer) == OfferStatus.ACCEPTED


def test_a_signed_reply_and_a_forged_one(offer, settings):
    settings.SMS_GATEWAY = "twilio"
    said = {"From": MOBILE, "Body": "1", "MessageSid": "SM9", "To": "+49155500"}
    url = settings.BASE_URL + HOOK
    signed = url + "".join(name + value for name, value in sorted(said.items()))
    right = base64.b64encode(hmac.new(b"k3y", signed.encode(), hashlib.sha1).digest()).decode()
    kind = "application/x-www-form-urlencoded"
    for signature, status in (("", 403), ("x" * 28, 403), ("ü", 403), (right, 200)):
        answer = Client().post(
            HOOK, urlencode(said), content_type=kind, headers={"X-Twilio-Signature": signature}
        )
        assert answer.status_code == status
    assert status_of(offer) == OfferStatus.ACCEPTED


def test_other_events_of_the_provider_are_no_replies(offer, settings):
    settings.SMS_GATEWAY = "seven"
    data = {
        "id": "681590",
        "sender": MOBILE.lstrip("+"),
        "system": "491771783130",
        "text": "1",
        "time": "1605",
    }
    for event, status in (("dlr", OfferStatus.PENDING), ("sms_mo", OfferStatus.ACCEPTED)):
        posted = json.dumps(
            {"data": data, "webhook_event": event, "webhook_timestamp": "2026-11-02 11:55:44"}
        )
        assert Client().post(HOOK, posted, content_type="application/json").status_code == 200
        assert status_of(offer) == status


def test_taken_only_after_the_commit(offer, monkeypatch):
    """Where the answer cannot be taken now, the provider is told to post it again."""
    from backend.errors import Conflict
    from notifications.texting import replying

    def busy(**kwargs):
        raise Conflict("busy_try_again")

    monkeypatch.setattr(replying, "accept_offer", busy)
    assert reply("1") == 503
    assert not SmsReply.objects.exists()
    monkeypatch.undo()


def test_the_pages_secret_stays_out_of_the_log(offer):
    from backend.masked_logs import SECRET

    for path in (
        HOOK,
        reverse("web:offer_by_sms", args=["s3cret"]),
        reverse("web:unsubscribe", args=["s3cret"]),
    ):
        assert "s3cret" not in SECRET.sub(r"\1*", path)
        assert "hook" not in SECRET.sub(r"\1*", path)
