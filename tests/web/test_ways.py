"""My data: SMS with its code, messages one can do without, and an address that took no mail."""

import pytest
from django.urls import reverse

from notifications import outbox
from notifications.bounces.models import UndeliverableAddress, address_hash
from notifications.models import Delivery, SmsNumber, Unsubscription
from tests.factories import NOW
from tests.notifications.texting import MOBILE, proven, provider  # noqa: F401
from tests.web.reading import Page, text_of

PAGE = reverse("web:my_data")


def test_a_number_is_named_proven_and_ended(cast, browser_of, provider):  # noqa: F811
    ana = browser_of(cast.ana.user)
    assert "Auch per SMS" in text_of(ana.get(PAGE))
    assert ana.post(reverse("web:name_sms"), {"sms_number": "0151 12345678"}).headers["Location"] == PAGE
    outbox.fan_out(now=NOW)
    outbox.send_due(now=NOW)
    code = provider.texts[-1].partition("Code ist ")[2][:6]
    shown = ana.get(PAGE)
    assert Page(shown).faults() == []
    assert MOBILE in text_of(shown)

    wrong = ana.post(reverse("web:prove_sms"), {"code": "12345x"})
    assert wrong.status_code == 422
    assert "nicht der Code" in text_of(wrong)
    assert Page(wrong).faults() == []
    ana.post(reverse("web:prove_sms"), {"code": code})
    assert SmsNumber.objects.get().proven_at == NOW
    assert "Keine SMS mehr" in text_of(ana.get(PAGE))
    ana.post(reverse("web:end_sms"))
    assert not SmsNumber.objects.exists()


@pytest.mark.parametrize("number", ["", "0541 123456", "12", "abc", "+49" + "1" * 40])
def test_what_is_no_mobile_number_is_said(cast, browser_of, provider, number):  # noqa: F811
    answer = browser_of(cast.ana.user).post(reverse("web:name_sms"), {"sms_number": number})
    assert answer.status_code == 422
    assert not SmsNumber.objects.exists()


def test_where_there_is_no_provider_nothing_is_offered(cast, browser_of, settings):
    settings.SMS_GATEWAY = ""
    ana = browser_of(cast.ana.user)
    assert "SMS" not in text_of(ana.get(PAGE))
    assert ana.post(reverse("web:name_sms"), {"sms_number": "0151 12345678"}).status_code == 422


def test_messages_one_can_do_without(cast, browser_of):
    ana, kaya = browser_of(cast.ana.user), browser_of(cast.kaya)
    assert "Erinnerungen an Termine" in text_of(ana.get(PAGE))
    assert "Erinnerungen an Termine" not in text_of(kaya.get(PAGE))
    ana.post(reverse("web:choose_messages"), {"wanted": ["thanks"]})
    assert list(Unsubscription.objects.values_list("user", "group")) == [(cast.ana.user.pk, "reminders")]
    ana.post(reverse("web:choose_messages"), {"wanted": ["thanks", "reminders"]})
    assert not Unsubscription.objects.exists()
    assert ana.post(reverse("web:choose_messages"), {"wanted": ["news"]}).status_code == 422  # not hers


def test_an_address_that_took_no_mail_is_shown_and_trusted_again(cast, browser_of):
    ana = browser_of(cast.ana.user)
    UndeliverableAddress.objects.create(
        user=cast.ana.user, address_hash=address_hash(cast.ana.user.email), code="5.1.1", bounced_at=NOW
    )
    assert "kommen zurück" in text_of(ana.get(PAGE))
    ana.post(reverse("web:trust_address"))
    assert not UndeliverableAddress.objects.exists()


def test_the_office_takes_a_message_off_the_list(cast, browser_of):
    from tests.web.test_failed_messages import failed as make_failed

    row: Delivery = make_failed.__wrapped__(cast)
    frauke, kaya = browser_of(cast.frauke), browser_of(cast.kaya)
    assert frauke.post(reverse("web:discard", args=[row.pk])).status_code == 404
    page = kaya.get(reverse("web:failed_deliveries"))
    assert Page(page).faults() == []
    assert "Erledigt" in text_of(page)
    kaya.post(reverse("web:discard_several"), {"nachricht": [str(row.pk)]})
    row.refresh_from_db()
    assert row.status == "DROPPED"
    kaya.post(reverse("web:discard", args=[row.pk]))  # again: refused, and nothing is said to be wrong
    assert "Alle Nachrichten sind angekommen" in text_of(kaya.get(reverse("web:failed_deliveries")))


def test_a_failed_push_beside_a_sent_mail_is_listed_and_not_counted(cast, browser_of):
    from tests.web.test_failed_messages import failed as make_failed

    row: Delivery = make_failed.__wrapped__(cast)
    Delivery.objects.filter(pk=row.pk).update(channel="web_push", failure="gone", failure_detail="")
    fields = {
        name: getattr(row, name)
        for name in ("event", "template", "recipient", "subject_type", "subject_id", "office")
    }
    Delivery.objects.create(**fields, channel="email", status="SENT", due_at=NOW, sent_at=NOW)
    kaya = browser_of(cast.kaya)
    assert "nicht angekommen" not in text_of(kaya.get(reverse("web:worklist")))
    listed = text_of(kaya.get(reverse("web:failed_deliveries")))
    assert "Mitteilung auf dem Gerät" in listed
    assert "auf einem anderen Weg" in listed


def test_sms_shows_in_the_data_of_its_owner_alone(cast, browser_of, provider):  # noqa: F811
    proven(cast.ana.user)
    assert MOBILE in text_of(browser_of(cast.ana.user).get(PAGE))
    assert MOBILE not in text_of(browser_of(cast.ben.user).get(PAGE))
