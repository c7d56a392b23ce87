"""Who hears of what."""

from datetime import datetime, timedelta
from pathlib import Path

import notifications
from backend.accounts.commands import register_organisation
from backend.accounts.models import Membership
from backend.accounts.roles import Role
from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment
from backend.dispatch.commands.offers import decline_offer
from backend.dispatch.commands.waves import send_next_wave, start_waves
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.commands.members import deactivate_user
from backend.people.commands.pilots import pause_pilot, resume_pilot
from geo.locating import locate
from notifications import outbox
from notifications.channels import CHANNELS
from notifications.contents import SMS_WRITERS, WRITERS
from notifications.models import Delivery
from notifications.rules import RULES, SILENT
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.notifications.conftest import PostOffice

TEMPLATES = Path(notifications.__file__).parent / "templates" / "notifications"


def queued() -> set[tuple[str, str]]:
    """(template, recipient) of all rows."""
    return set(Delivery.objects.values_list("template", "recipient__email"))


def test_every_kind_of_event_has_a_rule_or_is_silent() -> None:
    assert set(RULES) | SILENT == set(EventKind.values)
    assert not set(RULES) & SILENT


def test_every_rule_has_its_writer_template_and_channel() -> None:
    rules = [rule for of_kind in RULES.values() for rule in of_kind]
    assert {rule.template for rule in rules} == set(WRITERS) | set(SMS_WRITERS)
    assert {rule.channel for rule in rules} <= set(CHANNELS)
    assert {path.stem for path in TEMPLATES.glob("*.html")} == set(WRITERS)


def test_confirmation_tells_both_sides_and_reminds_them(cast: Cast) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    assignment = make.an_assignment(help_request, cast.ana, cast.kaya)
    outbox.queue_deliveries(Event.objects.get(kind=EventKind.ASSIGNMENT_CONFIRMED).pk, now=NOW)

    assert queued() == {
        ("confirmed_to_pilot", "ana@ana.example"),
        ("confirmed_to_asking_side", "rita@rita.example"),
        ("reminder_to_pilot", "ana@ana.example"),
        ("reminder_to_asking_side", "rita@rita.example"),
    }
    due = dict(Delivery.objects.values_list("template", "due_at"))
    assert due["confirmed_to_pilot"] == NOW
    assert due["reminder_to_pilot"] == assignment.starts_at - timedelta(hours=24)


def test_no_reminder_where_the_confirmation_comes_as_late(cast: Cast) -> None:
    late = at(9, 12)
    help_request = make.a_help_request(cast.samir, cast.rita)
    make.an_assignment(help_request, cast.ana, cast.kaya, now=late)
    outbox.fan_out(now=late)
    assert not Delivery.objects.filter(template__startswith="reminder").exists()
    assert Delivery.objects.filter(template="confirmed_to_pilot").exists()


def test_coordinators_hear_of_a_request_unless_they_entered_it(cast: Cast) -> None:
    second = make.a_coordinator("karl", cast.osnabrueck)
    own = make.a_help_seeker(cast.kaya)
    make.a_help_request(own, cast.kaya)
    outbox.fan_out(now=NOW)
    told = set(Delivery.objects.filter(template="new_request").values_list("recipient__email", flat=True))
    assert told == {second.email}
    assert cast.frauke.email not in {email for _, email in queued()}


def test_the_organisation_hears_where_the_office_wrote_the_request_down(cast: Cast) -> None:
    colleague = make.a_user("rolf")
    Membership.objects.create(user=colleague, role=Role.REQUESTER, organisation=cast.school, created_at=NOW)
    make.a_help_request(cast.samir, cast.kaya)
    outbox.fan_out(now=NOW)
    told = set(Delivery.objects.filter(template="request_received").values_list("recipient", flat=True))
    assert told == {cast.rita.pk, colleague.pk}


def test_a_closed_login_hears_nothing_and_colleagues_take_over(cast: Cast, post: PostOffice) -> None:
    colleague = make.a_user("rolf")
    Membership.objects.create(user=colleague, role=Role.REQUESTER, organisation=cast.school, created_at=NOW)
    make.a_help_request(cast.samir, cast.rita)
    cast.rita.is_active = False
    cast.rita.save(update_fields=["is_active"])
    outbox.fan_out(now=NOW)
    told = set(Delivery.objects.filter(template="request_received").values_list("recipient", flat=True))
    assert told == {colleague.pk}


def test_the_welcome_to_the_active_comes_once(cast: Cast, post: PostOffice) -> None:
    ana = cast.ana
    assert "pilot_activated" in post.deliver_by_template()
    pause_pilot(pilot_id=ana.pk, until=None, by=ana.user, now=NOW)
    resume_pilot(pilot_id=ana.pk, by=ana.user, now=NOW)
    assert post.deliver() == []


def test_the_last_refusal_calls_the_office_and_no_earlier_one(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    first, second = make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya)
    decline_offer(offer_id=first.pk, by=cast.ana.user, now=NOW)
    assert "nobody_left" not in post.deliver_by_template()
    decline_offer(offer_id=second.pk, by=cast.ben.user, now=NOW)
    assert post.deliver_by_template()["nobody_left"].to == cast.kaya.email


def test_two_refusals_at_once_call_the_office_once(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    first, second = make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya)
    decline_offer(offer_id=first.pk, by=cast.ana.user, now=NOW)
    decline_offer(offer_id=second.pk, by=cast.ben.user, now=NOW)
    assert [posted.template for posted in post.deliver()].count("nobody_left") == 1


def test_while_waves_run_nobody_is_called_before_they_end(cast: Cast, post: PostOffice) -> None:
    assert cast.ana
    help_request = make.a_help_request(cast.samir, cast.rita)
    series = start_waves(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
    decline_offer(offer_id=help_request.offers.get().pk, by=cast.ana.user, now=NOW)
    assert "nobody_left" not in post.deliver_by_template()
    send_next_wave(series_id=series.pk, by=None, now=NOW)
    assert post.deliver_by_template()["nobody_left"].to == cast.kaya.email


def test_a_drop_out_alarms_the_office_and_asks_the_reserve(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    ana_offer, ben_offer = make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya)
    make.accepted(ben_offer)
    make.accepted(ana_offer)
    assignment = confirm_assignment(
        help_request_id=help_request.pk, offer_id=ana_offer.pk, by=cast.kaya, now=NOW
    )
    post.deliver()
    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)
    told = {posted.template: posted.to for posted in post.deliver()}
    assert told == {
        "cancelled_to_pilot": "ana@ana.example",
        "cancelled_to_asking_side": "rita@rita.example",
        "pilot_dropped_out": "kaya@kaya.example",
        "reserve_asked": "ben@ben.example",
    }


def test_deactivation_is_silent(cast: Cast, post: PostOffice) -> None:
    admin = make.a_user("adam")
    Membership.objects.create(user=admin, role=Role.ADMIN, office=cast.osnabrueck, created_at=NOW)
    deactivate_user(user_id=cast.kaya.pk, by=admin, now=NOW)
    assert post.deliver() == []


def test_who_is_registered_again_and_again_hears_of_it_once_a_day(cast: Cast, post: PostOffice) -> None:
    organisation = {
        "name": "Kita Sonnenschein",
        "kind": "daycare",
        "where": locate(private=False, postcode="49074"),
        "contact_email": cast.kaya.email,
        "language": "de",
        "by": None,
    }

    def mails(now: datetime) -> list[tuple[str, str]]:
        make.a_pilot("kaya", cast.kaya, active=False, now=now)
        register_organisation(**organisation, now=now)
        return [(posted.template, posted.to) for posted in post.deliver(now)]

    assert mails(NOW) == [("registered_already", cast.kaya.email)]
    assert mails(NOW + timedelta(hours=23)) == []
    assert mails(NOW + timedelta(hours=48)) == [("registered_already", cast.kaya.email)]


def test_no_typed_name_reaches_an_unproven_address(cast: Cast, post: PostOffice) -> None:
    register_organisation(
        name="WIN 1000 EUR",
        kind="daycare",
        where=locate(private=False, postcode="49074"),
        contact_email="victim@mail.example",
        language="de",
        by=None,
        now=NOW,
    )
    received = post.deliver_by_template()["organisation_received"]
    assert received.to == "victim@mail.example"
    assert "WIN" not in received.everything
