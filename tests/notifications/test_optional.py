"""Can a reader end what she can do without: by one click of her mail program, for this kind alone, and take it back?"""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from backend.errors import NotThere, RuleViolated
from notifications.commands import choose_messages, end_messages
from notifications.contents import WRITERS
from notifications.models import Delivery, Unsubscription
from notifications.optional import GROUP_OF, Group, behind, token_of
from notifications.states import DeliveryStatus
from tests import factories as make
from tests.factories import NOW


@pytest.fixture
def reminder(cast, post):
    """The mail that reminds Ana."""
    make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    post.forget  # noqa: B018
    post.deliver()
    due = Delivery.objects.get(template="reminder_to_pilot").due_at
    return next(one for one in post.deliver(due) if one.template == "reminder_to_pilot").message


def test_only_what_one_can_do_without_carries_the_button(cast, post, reminder):
    told = {re.sub(r".*/", "", m.extra_headers["Message-ID"]): m for m in mail.outbox}
    by_template = {
        Delivery.objects.get(pk=key.strip("<>").partition("@")[0]).template: m for key, m in told.items()
    }
    for template, message in by_template.items():
        has_button = "List-Unsubscribe" in message.extra_headers
        assert has_button == (template in GROUP_OF), template
        assert ("/abmelden/" in message.body) == has_button
    assert set(GROUP_OF) <= set(WRITERS)
    assert not {"offer_made", "confirmed_to_pilot", "cancelled_to_pilot", "details_changed"} & set(GROUP_OF)


def test_one_click_of_a_mail_program_ends_it(cast, post, reminder):
    """RFC 8058: a POST without a cookie, to the address in the header, with this body."""
    assert reminder.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = reminder.extra_headers["List-Unsubscribe"].strip("<>")
    path = re.sub(r"^https?://[^/]+", "", url)
    strict = Client(enforce_csrf_checks=True)

    assert strict.get(path).status_code == 200
    assert strict.head(path).status_code == 200
    assert not Unsubscription.objects.exists()
    said = "List-Unsubscribe=One-Click"
    assert strict.post(path, said, content_type="application/x-www-form-urlencoded").status_code == 200
    assert strict.post(path).status_code == 200  # again
    row = Unsubscription.objects.get()
    assert (row.user, row.group) == (cast.ana.user, Group.REMINDERS)


def test_who_has_ended_them_gets_no_more_and_all_the_rest(cast, post):
    end_messages(token=token_of(cast.ana.user, Group.REMINDERS), by=None, now=NOW)
    make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    told = {one.template for one in post.deliver()}
    due = Delivery.objects.get(template="reminder_to_pilot").due_at
    told |= {one.template for one in post.deliver(due)}

    assert "confirmed_to_pilot" in told
    assert "reminder_to_asking_side" in told
    assert "reminder_to_pilot" not in told
    assert Delivery.objects.get(template="reminder_to_pilot").status == DeliveryStatus.DROPPED


def test_the_choice_is_taken_back_on_the_page(cast):
    choose_messages(unwanted=["thanks", "reminders"], by=cast.ana.user, now=NOW)
    choose_messages(unwanted=["thanks"], by=cast.ana.user, now=NOW)
    assert list(Unsubscription.objects.values_list("group", flat=True)) == ["thanks"]
    with pytest.raises(RuleViolated):
        choose_messages(unwanted=["questions"], by=cast.ana.user, now=NOW)


@pytest.mark.parametrize("change", ["", "x", "0", "~", "\x00", "ü"])
def test_a_link_that_we_did_not_make_is_none(cast, change):
    token = token_of(cast.ana.user, Group.NEWS)
    assert behind(token) == (cast.ana.user, Group.NEWS)
    with pytest.raises(NotThere):
        behind(change + token[:-3] if change else "")
    if change.isprintable() and change:
        assert Client().post(reverse("web:unsubscribe", args=[change + token])).status_code == 404
    assert not Unsubscription.objects.exists()


def test_a_closed_login_has_no_link(cast):
    token = token_of(cast.ana.user, Group.NEWS)
    cast.ana.user.is_active = False
    cast.ana.user.save()
    with pytest.raises(NotThere):
        behind(token)
