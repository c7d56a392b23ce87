"""What is no longer true is not told."""

from datetime import timedelta

import pytest

from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment
from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.commands.offers import accept_offer, decline_offer, retract_offer
from notifications import outbox
from notifications.models import Delivery
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW
from tests.notifications.conftest import PostOffice


def status_of(template: str) -> set[str]:
    return set(Delivery.objects.filter(template=template).values_list("status", flat=True))


def test_reminders_come_the_day_before(cast: Cast, post: PostOffice) -> None:
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    assert not any(p.template.startswith("reminder") for p in post.deliver())
    due_at = assignment.starts_at - timedelta(hours=24)
    assert post.deliver(due_at - timedelta(minutes=1)) == []
    assert {(p.template, p.to) for p in post.deliver(due_at)} == {
        ("reminder_to_pilot", "ana@ana.example"),
        ("reminder_to_asking_side", "rita@rita.example"),
    }


def test_reminders_withdraw_themselves_with_the_assignment(cast: Cast, post: PostOffice) -> None:
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    post.deliver()
    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)
    told = post.deliver(assignment.starts_at)
    assert not any(p.template.startswith("reminder") for p in told)
    assert status_of("reminder_to_pilot") == status_of("reminder_to_asking_side") == {"DROPPED"}


def test_a_reminder_that_comes_too_late_is_dropped(cast: Cast, post: PostOffice) -> None:
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    post.deliver()
    assert post.deliver(assignment.starts_at + timedelta(minutes=1)) == []
    assert status_of("reminder_to_pilot") == {"DROPPED"}


def test_a_retraction_is_told_to_who_was_asked(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    (offer,) = make.offers_to(help_request, [cast.ana], cast.kaya)
    assert "offer_made" in post.deliver_by_template()
    retract_offer(offer_id=offer.pk, by=cast.kaya, now=NOW)
    assert post.deliver_by_template()["offer_retracted"].to == "ana@ana.example"


def test_an_offer_taken_back_before_it_went_out_is_never_mentioned(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    (offer,) = make.offers_to(help_request, [cast.ana], cast.kaya)
    retract_offer(offer_id=offer.pk, by=cast.kaya, now=NOW)
    told = post.deliver_by_template()
    assert not told.keys() & {"offer_made", "offer_retracted"}
    assert status_of("offer_made") == status_of("offer_retracted") == {"DROPPED"}


def test_an_expired_offer_is_not_sent_any_more(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    (offer,) = make.offers_to(help_request, [cast.ana], cast.kaya)
    assert "offer_made" not in post.deliver_by_template(offer.expires_at)


def test_the_reserve_is_thanked_and_asked_again_once_needed(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    first, second = (make.accepted(o) for o in make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya))
    assignment = confirm_assignment(help_request_id=help_request.pk, offer_id=first.pk, by=cast.kaya, now=NOW)
    assert post.deliver_by_template()["reserve_thanks"].to == "ben@ben.example"
    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)
    accept_offer(offer_id=second.pk, slot_id=None, by=cast.ben.user, now=NOW)
    told = post.deliver_by_template()
    assert "reserve_asked" not in told  # he has said yes again in the meantime
    assert told["offer_accepted"].to == cast.kaya.email


def test_a_reserve_who_has_declined_is_left_alone(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    first, second = (make.accepted(o) for o in make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya))
    assignment = confirm_assignment(help_request_id=help_request.pk, offer_id=first.pk, by=cast.kaya, now=NOW)
    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)
    decline_offer(offer_id=second.pk, by=cast.ben.user, now=NOW)
    assert "reserve_asked" not in post.deliver_by_template()


@pytest.mark.parametrize("template", ["request_received", "new_request"])
def test_a_request_withdrawn_at_once_is_not_announced(cast: Cast, post: PostOffice, template: str) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    withdraw_help_request(help_request_id=help_request.pk, reason="mistake", by=cast.rita, now=NOW)
    told = post.deliver_by_template()
    assert template not in told
    assert status_of(template) == {"DROPPED"}
    assert told["request_withdrawn"].to == cast.kaya.email


def test_an_approved_organisation_is_not_told_to_wait(cast: Cast, post: PostOffice) -> None:
    assert cast.school
    told = post.deliver_by_template()
    assert set(told) == {"organisation_approved"}
    outbox.fan_out(now=NOW)
    assert status_of("organisation_received") == {"DROPPED"}
