"""Is somebody gone from every table, are the others told, and do the figures hold?"""

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps

from backend.accounts.models import ApiToken, Membership, User
from backend.dispatch.models import AnswerLink, Assignment, Offer
from backend.dispatch.models.assignment import ActivityReport, ReportSettlement
from backend.dispatch.models.override import Override
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus
from backend.errors import RuleViolated
from backend.journal.models import Event
from backend.people.models import Consent, HelpSeeker, Pilot
from backend.people.states import PilotStatus
from backend.privacy.commands import erase_account
from backend.privacy.queries import what_erasing_means
from notifications import outbox
from notifications.commands import renew_calendar_feed
from notifications.models import CalendarFeed, Delivery, PushSubscription
from tests import factories as make
from tests.factories import NOW, at
from tests.privacy.conftest import whole_database


@pytest.fixture
def vera(cast) -> Pilot:
    """A pilot whose every word is marked."""
    pilot = make.a_pilot("markevera", cast.kaya, skills={"kmr": 6, "ckb": 4}, postcode="49076", gender="f")
    pilot.identity.note = "Marke im Vermerk"
    pilot.identity.save()
    pilot.vetoes.create(postcode="49324")
    pilot.absences.create(start_date=at(20, 0).date(), end_date=at(21, 0).date())
    return pilot


def test_a_pilot_is_gone_from_every_table(cast, vera) -> None:
    request = make.a_help_request(cast.samir, cast.rita)
    make.an_assignment(request, vera, cast.kaya)
    ApiToken.objects.create(user=vera.user, name="x", hash="h", scopes=[], created_at=NOW, expires_at=NOW)
    renew_calendar_feed(by=vera.user, now=NOW)
    EmailAddress.objects.create(user=vera.user, email=vera.user.email, verified=True)
    Authenticator.objects.create(user=vera.user, type="webauthn", data={"name": "Telefon der Marke"})
    PushSubscription.objects.create(
        user=vera.user, endpoint="https://push.marke.example/1", p256dh="p", auth="a", created_at=NOW
    )
    outbox.fan_out(now=NOW)
    assert "markevera" in whole_database()

    erase_account(by=vera.user, now=NOW)

    left = whole_database()
    assert "markevera" not in left
    assert "marke.example" not in left
    assert "Telefon der Marke" not in left
    pilot = Pilot.objects.get(pk=vera.pk)
    assert (pilot.status, pilot.erased_at, pilot.gender, pilot.german_level) == (
        PilotStatus.ERASED,
        NOW,
        "",
        0,
    )
    assert (pilot.identity.name, pilot.identity.phone, pilot.identity.note) == ("", "", "")
    assert (pilot.home.postcode, pilot.home.place, pilot.home.point.coords) == ("", "", (0, 0))
    for name in (
        "skills",
        "availabilities",
        "absences",
        "vetoes",
        "qualifications",
        "background_checks",
        "reaches",
    ):
        assert not getattr(pilot, name).exists(), name
    assert not Membership.objects.filter(user=vera.user).exists()
    assert not AnswerLink.objects.filter(offer__pilot=pilot).exists()
    assert not CalendarFeed.objects.exists()
    assert not Delivery.objects.filter(recipient=vera.user).exists()
    assert set(Offer.objects.filter(pilot=pilot).values_list("features", "chance")) == {(None, None)}


def test_the_login_is_closed_everywhere(cast, vera, client) -> None:
    client.force_login(vera.user)
    erase_account(by=vera.user, now=NOW)

    user = User.objects.get(pk=vera.user.pk)
    assert not user.is_active
    assert user.email.endswith("@erased.invalid")
    assert client.get("/meine-daten/").status_code == 302


def test_what_is_agreed_is_given_back_and_everybody_is_told(cast, vera) -> None:
    request = make.a_help_request(cast.samir, cast.rita)
    assignment = make.an_assignment(request, vera, cast.kaya)
    other = make.a_help_request(cast.samir, cast.rita, slots=[(at(17, 10), at(17, 11))])
    (waiting,) = make.offers_to(other, [vera], cast.kaya)
    outbox.fan_out(now=NOW)
    Delivery.objects.all().delete()

    meaning = what_erasing_means(vera.user, now=NOW)
    assert (len(meaning.assignments), meaning.offers) == (1, 1)
    erase_account(by=vera.user, now=NOW)
    outbox.fan_out(now=NOW)

    assignment.refresh_from_db()
    request.refresh_from_db()
    waiting.refresh_from_db()
    assert (assignment.status, request.status) == (AssignmentStatus.CANCELLED, HelpRequestStatus.OPEN)
    assert waiting.status == "DECLINED"
    told = {(d.template, d.recipient.email) for d in Delivery.objects.select_related("recipient")}
    assert ("cancelled_to_asking_side", "rita@rita.example") in told
    assert ("pilot_dropped_out", "kaya@kaya.example") in told
    assert not any(email.endswith("@erased.invalid") for _template, email in told)
    assert not Event.objects.exclude(failed_at=None).exists()


def test_sessions_that_were_held_stay_counted(cast, vera) -> None:
    request = make.a_help_request(cast.samir, cast.rita)
    assignment = make.an_assignment(request, vera, cast.kaya)
    erase_account(by=vera.user, now=at(12, 9))

    assignment.refresh_from_db()
    assert (assignment.status, assignment.pilot_id) == (AssignmentStatus.CONFIRMED, vera.pk)


def test_what_the_office_wrote_about_her_goes_too(cast, vera) -> None:
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), vera, cast.kaya)
    Override.objects.create(
        offer=assignment.offer, codes=["veto"], note="Marke: sie mag nicht", made_by=cast.kaya, made_at=NOW
    )
    report = ActivityReport.objects.create(
        assignment=assignment, reported_by=cast.rita, by_pilot=False, done=True, minutes=60, reported_at=NOW
    )
    ReportSettlement.objects.create(
        assignment=assignment, report=report, note="Marke: zu spät", settled_by=cast.kaya, settled_at=NOW
    )
    erase_account(by=vera.user, now=at(12, 9))

    assert Override.objects.get().note == ReportSettlement.objects.get().note == ""


def test_consents_stay_as_a_proof_that_has_ended(cast, vera) -> None:
    erase_account(by=vera.user, now=NOW)

    assert set(Consent.objects.filter(user=vera.user).values_list("withdrawn_at", flat=True)) == {NOW}


def test_a_help_seeker_is_gone_and_her_request_is_withdrawn(cast, nadia) -> None:
    request = make.a_help_request(
        nadia, nadia.user, confidential=make.Confidential(meeting_point="Markentor", note="Marke")
    )
    make.an_assignment(request, cast.ana, cast.kaya)
    erase_account(by=nadia.user, now=NOW)

    left = whole_database()
    assert "marke.example" not in left
    request.refresh_from_db()
    nadia.refresh_from_db()
    assert request.status == HelpRequestStatus.WITHDRAWN
    assert not hasattr(HelpSeeker.objects.get(pk=nadia.pk).help_requests.get(), "confidential")
    assert (nadia.languages, nadia.needs, nadia.gender_wish) == (["und"], [], "")
    assert nadia.identity.name == ""
    assert Assignment.objects.get().status == AssignmentStatus.CANCELLED


def test_a_requester_leaves_and_the_organisation_stays(cast) -> None:
    make.a_help_request(cast.samir, cast.rita)
    erase_account(by=cast.rita, now=NOW)

    assert not Membership.objects.filter(user=cast.rita).exists()
    assert cast.samir.help_requests.get().status == HelpRequestStatus.OPEN
    assert "rita@rita.example" not in whole_database()


def test_the_last_administrator_stays(cast) -> None:
    adam = make.an_admin("adam", cast.osnabrueck)
    with pytest.raises(RuleViolated, match="last_admin"):
        erase_account(by=adam, now=NOW)
    assert User.objects.get(pk=adam.pk).is_active

    make.an_admin("eva", cast.osnabrueck)
    erase_account(by=adam, now=NOW)
    assert not User.objects.get(pk=adam.pk).is_active


def test_erasing_twice_changes_nothing_more(cast, vera) -> None:
    erase_account(by=vera.user, now=NOW)
    erase_account(by=User.objects.get(pk=vera.user.pk), now=at(3, 9))

    assert Pilot.objects.get(pk=vera.pk).erased_at == NOW


def test_the_journal_names_nobody(cast, vera) -> None:
    erase_account(by=vera.user, now=NOW)
    facts = json.dumps(list(Event.objects.values_list("facts", flat=True)))

    assert "marke" not in facts
    assert apps.get_model("journal", "Event").objects.filter(kind="ACCOUNT_ERASED").count() == 1
