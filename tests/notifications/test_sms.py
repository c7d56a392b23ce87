"""Do urgent messages reach phones: short, with a link, without a word of the client, and only by a proven number?"""

import json
from datetime import timedelta

import pytest

from backend.accounts.tokens import digest
from backend.dispatch.commands.assignments import cancel_assignment
from backend.dispatch.models import AnswerLink
from backend.errors import NotThere, RuleViolated, TooManyRequests
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.privacy.commands import erase_account
from backend.privacy.export import export_of
from notifications import outbox
from notifications.models import Delivery
from notifications.preview import preview
from notifications.states import DeliveryStatus
from notifications.texting.commands import CODES_A_DAY, end_sms, name_sms_number, prove_sms_number
from notifications.texting.models import CODE_LASTS, GUESSES, SmsNumber
from tests import factories as make
from tests.factories import NOW
from tests.notifications.texting import MOBILE, proven, provider  # noqa: F401

# --- who gets what


def test_an_offer_comes_as_sms_too(cast, post, provider):  # noqa: F811
    proven(cast.ana.user)
    request = make.a_help_request(cast.samir, cast.rita)
    make.offers_to(request, [cast.ana, cast.ben], cast.kaya)
    mails = post.deliver()

    assert {mail.to for mail in mails if mail.template == "offer_made"} == {
        "ana@ana.example",
        "ben@ben.example",
    }
    ((path, headers, body),) = provider.received
    said = json.loads(body)
    row = Delivery.objects.get(channel="sms")
    assert (path, said["to"], said["from"]) == ("/send", MOBILE, "ILOS")
    assert headers["Authorization"] == "Bearer k3y"
    assert headers["Idempotency-Key"] == str(row.pk)
    assert said["text"].startswith("ILOS: ")
    assert "1 = ja" in said["text"]
    assert "2 = nein" in said["text"]
    assert (row.status, row.provider_ref) == (DeliveryStatus.SENT, "m-1")
    secret = said["text"].partition("/o/")[2].partition("/")[0]
    assert AnswerLink.objects.filter(hash=digest(secret), offer__pilot=cast.ana).exists()


def test_nothing_of_the_client_is_in_it(cast, post, provider):  # noqa: F811
    proven(cast.ana.user)
    request = make.a_help_request(cast.samir, cast.rita, topic="health")
    assignment = make.an_assignment(request, cast.ana, cast.kaya)
    post.deliver()
    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)
    post.deliver()

    assert len(provider.texts) >= 2
    for text in provider.texts:
        for word in (
            "SCH-7",
            "Haupteingang",
            "Beispiel",
            "49074",
            request.reference,
            "Kurm",
            "Gesund",
            "ana",
        ):
            assert word not in text.partition("http")[0]


def test_whoever_gave_no_number_gets_no_row(cast, post, provider):  # noqa: F811
    SmsNumber.objects.create(user=cast.ana.user, number=MOBILE, created_at=NOW)  # not proven
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    assert not Delivery.objects.filter(channel="sms").exists()
    assert provider.received == []


def test_without_a_provider_sms_are_off(cast, post, settings):
    settings.SMS_GATEWAY = ""
    proven(cast.ana.user)
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    assert not Delivery.objects.filter(channel="sms").exists()
    with pytest.raises(RuleViolated, match="sms_is_off"):
        name_sms_number(number=MOBILE, by=cast.ana.user, now=NOW)


def test_who_has_ended_sms_meanwhile_gets_none(cast, post, provider):  # noqa: F811
    proven(cast.ana.user)
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    outbox.fan_out(now=NOW)
    end_sms(by=cast.ana.user, now=NOW)
    post.deliver()

    assert provider.received == []
    assert Delivery.objects.get(channel="sms").status == DeliveryStatus.DROPPED


def test_one_contact_counts_once_over_all_channels(cast, post, provider):  # noqa: F811
    """The budget of a week counts questions, however many ways each of them takes."""
    from backend.dispatch.asking import _asked_lately

    proven(cast.ana.user)
    make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    post.deliver()

    assert Delivery.objects.filter(template="offer_made").count() == 2
    assert _asked_lately([cast.ana.pk], now=NOW + timedelta(minutes=1)) == {cast.ana.pk: 1}


# --- proof of the number


def code_of(provider) -> str:  # noqa: F811
    return next(
        word for word in provider.texts[-1].replace(".", " ").split() if word.isdigit() and len(word) == 6
    )


def test_a_number_is_proven_by_its_code(cast, post, provider):  # noqa: F811
    ana = cast.ana.user
    post.forget()
    name_sms_number(number=MOBILE, by=ana, now=NOW)
    post.deliver()
    code = code_of(provider)
    row = SmsNumber.objects.get()

    assert code not in str(SmsNumber.objects.values_list().get())
    assert row.code_hash == digest(f"{row.pk}:{code}")
    assert MOBILE not in str(SmsNumber.objects.values_list("number", flat=True).get())
    assert prove_sms_number(code=f"{code[:3]} {code[3:]}", by=ana, now=NOW + CODE_LASTS)
    assert list(Event.objects.filter(kind__startswith="SMS").values_list("kind", flat=True)) == [
        "SMS_NUMBER_NAMED", "SMS_NUMBER_PROVEN",
    ]  # fmt: skip
    assert prove_sms_number(code="000000", by=ana, now=NOW)  # proven already
    name_sms_number(number="+4915187654321", by=ana, now=NOW)
    assert not SmsNumber.objects.proven().exists()


def test_a_code_ends_and_cannot_be_guessed(cast, post, provider):  # noqa: F811
    ana = cast.ana.user
    post.forget()
    name_sms_number(number=MOBILE, by=ana, now=NOW)
    post.deliver()
    code = code_of(provider)

    assert not prove_sms_number(code=code, by=ana, now=NOW + CODE_LASTS + timedelta(seconds=1))
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(GUESSES):
        assert not prove_sms_number(code=wrong, by=ana, now=NOW)
    assert not prove_sms_number(code=code, by=ana, now=NOW)
    with pytest.raises(NotThere):
        prove_sms_number(code=code, by=cast.ben.user, now=NOW)


def test_nobody_has_codes_sent_without_end(cast, provider):  # noqa: F811
    for number in range(CODES_A_DAY):
        name_sms_number(number=MOBILE, by=cast.ana.user, now=NOW + timedelta(hours=number))
    late = NOW + timedelta(hours=CODES_A_DAY)
    with pytest.raises(TooManyRequests) as caught:
        name_sms_number(number=MOBILE, by=cast.ana.user, now=late)
    assert caught.value.facts["retry_after"] == 19 * 3600 + 1
    name_sms_number(number=MOBILE, by=cast.ana.user, now=NOW + timedelta(hours=24, seconds=1))


def test_the_number_is_told_to_its_owner_and_erased_with_her(cast, provider):  # noqa: F811
    proven(cast.ana.user)
    exported = json.dumps(export_of(cast.ana.user, at=NOW))
    assert MOBILE in exported
    assert "code_hash" not in [
        name for part in json.loads(exported)["holdings"] for row in part["rows"] for name in row
    ]
    erase_account(by=cast.ana.user, now=NOW)
    assert not SmsNumber.objects.exists()


def test_a_confirmation_shown_beforehand_shows_its_sms_too(cast, provider):  # noqa: F811
    proven(cast.ana.user)
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    facts = Event.objects.get(kind="ASSIGNMENT_CONFIRMED").facts
    shown = preview(EventKind.ASSIGNMENT_CONFIRMED, assignment, by=cast.kaya, at=NOW, facts=facts)
    ((letter, later), *_reminder) = [(one.letter, one.later) for one in shown if one.channel == "sms"]
    assert (letter.subject, later) == ("SMS", False)
    assert letter.text.startswith("ILOS: Bestätigt, Sie kommen: ")
    assert provider.received == []
