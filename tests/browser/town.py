"""Who lives in the town that browsers visit, and which pages have something on them?

It runs in a process of the product's: `facts` makes what the demo town lacks, by commands, and prints where it is.
"""

import json
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from backend.accounts.commands import invite, register_organisation
from backend.accounts.entry.commands.invitations import accept_invitation
from backend.accounts.models import Invitation, Membership, Office, Organisation, User
from backend.accounts.roles import Role
from backend.demo.loading import ADMIN, COORDINATOR, REQUESTER, ZONE, load_town
from backend.dispatch.client_card import card_token
from backend.dispatch.codes import WithdrawalReason
from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.commands.help_requests import (
    Confidential,
    Need,
    file_help_request,
    suggest_pilots,
    withdraw_help_request,
)
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.commands.offers import accept_offer, make_offers
from backend.dispatch.commands.plans import make_plan
from backend.dispatch.models import HelpRequest, Offer
from backend.dispatch.states import OfferStatus
from backend.journal.models import Event
from backend.people.commands.applications import apply_as_pilot
from backend.people.commands.help_seekers import register_help_seeker, register_oneself
from backend.people.commands.pilots import (
    activate_pilot,
    record_background_check,
    record_qualification,
    register_pilot,
)
from backend.people.models import HelpSeeker, Pilot
from backend.people.profile import PersonalData, Skill, WeeklySpan, Wishes
from geo.locating import locate
from notifications.models import Delivery
from notifications.optional import Group, token_of
from tests.web.account_browser import fresh_browser

PILOT, SEEKER, AUDITOR = "zilan@lotsen.example", "samira@mail.example", "dsb@leitstelle.example"
INVITED = "neu@leitstelle.example"
APPLICANT, FRIEND = "jonas@lotsen.example", "mirza@lotsen.example"
NEWCOMER = "nadia@lotsen.example"  # has an account and has said nothing yet
PEOPLE = {
    "pilot": PILOT,
    "applicant": APPLICANT,
    "newcomer": NEWCOMER,
    "requester": REQUESTER,
    "seeker": SEEKER,
    "coordinator": COORDINATOR,
    "admin": ADMIN,
    "auditor": AUDITOR,
}
ONE_DAY = 24 * 3600  # seconds
EVERY_DAY = [WeeklySpan(day, time(8), time(20)) for day in range(5)]


def load() -> None:
    """The demo town, small: what takes long there is its past."""
    load_town(pilots=30, sessions=6, past=80, now=timezone.now(), report=lambda line: None)
    _furnish(timezone.now())
    Event.objects.unprocessed().update(processed_at=timezone.now())


def facts() -> None:
    """Print, as JSON, who is signed in by which cookie, and where the pages about one thing are."""
    print(json.dumps({"sessions": {who: _session(email) for who, email in PEOPLE.items()}, "ids": _ids()}))


def sign_in(email: str) -> None:
    """Print the session cookie of somebody else."""
    print(json.dumps(_session(email)))


def fresh(what: str) -> None:
    """Print where something new is: a request that is open, "asked" or "accepted", with links to its offers."""
    now, rita = timezone.now(), User.objects.get(email=REQUESTER)
    kaya = User.objects.get(email=COORDINATOR)
    count = HelpRequest.objects.count()
    help_request = _request(f"NEU-{count}", rita, days=14 + count, filed=now)  # each on a day of its own
    links = []
    if what in ("asked", "accepted"):
        pilots = [Pilot.objects.get(user__email=email) for email in (PILOT, FRIEND)]
        offers = make_offers(
            help_request_id=help_request.pk, pilot_ids=[pilot.pk for pilot in pilots], by=kaya, now=now
        )
        links = [offer.new_link(at=now) for offer in offers]
        if what == "accepted":
            _accept(offers[0], now)
    print(json.dumps({"id": str(help_request.pk), "reference": help_request.reference, "links": links}))


def _session(email: str) -> str:
    client = fresh_browser(
        User.objects.get(email=email), ago=-ONE_DAY
    )  # no page asks again, however long one looks
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _ids() -> dict[str, str]:
    """Found again by what they are, so that a copy of a town that was loaded earlier will do."""
    rita, zilan = User.objects.get(email=REQUESTER), Pilot.objects.get(user__email=PILOT)
    requests = {
        key: HelpRequest.objects.get(help_seeker__case_key=case)
        for key, case in (
            ("new_request", "SCH-01"),
            ("asked_request", "SCH-02"),
            ("accepted_request", "SCH-03"),
            ("assigned_request", "SCH-04"),
            ("held_request", "SCH-05"),
            ("withdrawn_request", "SCH-06"),
        )
    }
    offer = Offer.objects.get(help_request=requests["asked_request"], pilot=zilan)
    answered = Offer.objects.get(help_request=requests["assigned_request"], pilot=zilan)
    membership = Membership.objects.get(user__email=AUDITOR)
    found: dict[str, Any] = {
        **{key: one.pk for key, one in requests.items()},
        "seeker_request": HelpRequest.objects.get(help_seeker__user__email=SEEKER).pk,
        "offer": offer.pk,
        "accepted_offer": requests["accepted_request"].offers.filter(status=OfferStatus.ACCEPTED)[0].pk,
        "offer_link": offer.new_link(at=timezone.now()),
        "answered_link": answered.new_link(at=timezone.now()),
        "assignment": requests["assigned_request"].assignments.get().pk,
        "held_assignment": requests["held_request"].assignments.get().pk,
        "unsubscribe": token_of(zilan.user, Group.REMINDERS),
        "card": card_token(requests["assigned_request"].assignments.get()),
        "pilot": zilan.pk,
        "applicant": Pilot.objects.get(user__email=APPLICANT).pk,
        "organisation": rita.memberships.get().organisation_id,
        "new_organisation": Organisation.objects.get(name="Praxis am Markt").pk,
        "invitation_link": Invitation.objects.get(user__email=INVITED).new_link(at=timezone.now()),
        "office": Office.objects.get(slug="osnabrueck").pk,
        "membership": membership.pk,
        "help_seeker": requests["new_request"].help_seeker_id,
    }
    return {key: str(value) for key, value in found.items()}


def _furnish(now: datetime) -> None:
    """People with a login whom the demo town does not have, and one request in each state."""
    kaya, rita = User.objects.get(email=COORDINATOR), User.objects.get(email=REQUESTER)
    office = Office.objects.get(slug="osnabrueck")
    auditor = invite(
        email=AUDITOR, role=Role.AUDITOR, language="de", office_id=office.pk, organisation_id=None,
        by=User.objects.get(email=ADMIN), now=now,
    )  # fmt: skip
    accept_invitation(secret=auditor.new_link(at=now), by=None, now=now)
    invite(
        email=INVITED, role=Role.COORDINATOR, language="de", office_id=office.pk, organisation_id=None,
        by=User.objects.get(email=ADMIN), now=now,
    )  # fmt: skip
    register_organisation(
        name="Praxis am Markt", kind="hospital", where=locate(private=False, postcode="49074"),
        contact_email="praxis@markt.example", language="de", by=None, now=now,
    )  # fmt: skip
    zilan = _pilot(PILOT, "Zilan Yıldız", by=kaya, now=now - timedelta(days=100))
    mirza = _pilot(FRIEND, "Mirza Ahmadi", by=kaya, now=now - timedelta(days=90))
    _registered(APPLICANT, "Jonas Winter", now=now - timedelta(days=2))
    apply_as_pilot(
        email=NEWCOMER, language="de", name="Nadia Sommer", home=locate(private=True, postcode="49074"),
        data_protection=True, by=None, now=now - timedelta(days=1),
    )  # fmt: skip
    held = _request("SCH-05", rita, days=8, filed=now - timedelta(days=16))
    _assigned(held, zilan, kaya, now - timedelta(days=15))
    _request("SCH-01", rita, days=9, filed=now - timedelta(hours=30))
    asked = _request("SCH-02", rita, days=10, filed=now - timedelta(hours=28))
    suggest_pilots(help_request_id=asked.pk, by=kaya, now=now - timedelta(hours=4))
    make_offers(
        help_request_id=asked.pk, pilot_ids=[zilan.pk, mirza.pk], by=kaya, now=now - timedelta(hours=4)
    )
    accepted = _request("SCH-03", rita, days=11, filed=now - timedelta(hours=26))
    suggest_pilots(help_request_id=accepted.pk, by=kaya, now=now - timedelta(hours=20))
    offers = make_offers(
        help_request_id=accepted.pk, pilot_ids=[zilan.pk, mirza.pk], by=kaya, now=now - timedelta(hours=20)
    )
    _accept(next(offer for offer in offers if offer.pilot_id == mirza.pk), now - timedelta(hours=2))
    assigned = _request("SCH-04", rita, days=6, filed=now - timedelta(days=4))
    _assigned(assigned, zilan, kaya, now - timedelta(days=3))
    withdrawn = _request("SCH-06", rita, days=12, filed=now - timedelta(days=3))
    withdraw_help_request(
        help_request_id=withdrawn.pk,
        reason=next(iter(WithdrawalReason)),
        by=rita,
        now=now - timedelta(days=2),
    )
    _seeker(now)
    _failed_message(asked, rita, now)
    make_plan(office_ids=[office.pk], by=kaya, now=now)


def _pilot(email: str, name: str, *, by: User, now: datetime) -> Pilot:
    pilot = _registered(email, name, now=now)
    issued = (now - timedelta(days=30)).date()
    record_qualification(
        pilot_id=pilot.pk, kind="basic_course", hours=50, issuer="Volkshochschule", issued_date=issued,
        by=by, now=now,
    )  # fmt: skip
    record_background_check(pilot_id=pilot.pk, inspected_date=issued, stands_in_the_way=False, by=by, now=now)
    activate_pilot(pilot_id=pilot.pk, pledge_seen=True, by=by, now=now)
    return pilot


def _registered(email: str, name: str, *, now: datetime) -> Pilot:
    pilot = register_pilot(
        email=email, language="de", person=PersonalData(name=name, phone="+4954112345"),
        home=locate(private=True, postcode="49074"),
        wishes=Wishes(german_level=5, reach_km=20, gender="f", topics_wished=["school"]),
        skills=[Skill("kmr", 6, 6), Skill("tr", 5, 5)], week=EVERY_DAY,
        data_protection=True, confidentiality=True, by=None, now=now,
    )  # fmt: skip
    assert pilot
    return pilot


def _request(case_key: str, rita: User, *, days: int, filed: datetime) -> HelpRequest:
    """A Kurmanji request of the school, on a workday about so many days after its filing."""
    seeker = register_help_seeker(
        case_key=case_key, languages=["kmr"], home=locate(private=True, postcode="49076"), needs=["school"],
        gender_wish="", organisation_id=_organisation_of(rita), data_protection=True, by=rita, now=filed,
    )  # fmt: skip
    return _filed(seeker, rita, days=days, filed=filed)


def _organisation_of(user: User) -> UUID | None:
    return user.memberships.get().organisation_id


def _filed(seeker: HelpSeeker, by: User, *, days: int, filed: datetime) -> HelpRequest:
    day = filed.astimezone(ZONE) + timedelta(days=days)
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    first = day.replace(hour=10, minute=0, second=0, microsecond=0)
    slots = [(at, at + timedelta(hours=1)) for at in (first, first + timedelta(hours=3))]
    return file_help_request(
        help_seeker_id=seeker.pk, need=Need(topic="school", slots=slots),
        where=MeetingPlace(postcode="49076", public=True),
        confidential=Confidential(meeting_point="Haupteingang", contact_on_site="Frau Beispiel"),
        by=by, now=filed,
    )  # fmt: skip


def _assigned(help_request: HelpRequest, pilot: Pilot, kaya: User, now: datetime) -> None:
    (offer,) = make_offers(help_request_id=help_request.pk, pilot_ids=[pilot.pk], by=kaya, now=now)
    _accept(offer, now)
    confirm_assignment(help_request_id=help_request.pk, offer_id=offer.pk, by=kaya, now=now)


def _accept(offer: Offer, now: datetime) -> None:
    accept_offer(
        offer_id=offer.pk, slot_id=offer.slots.earliest("starts_at").pk, by=offer.pilot.user, now=now
    )


def _seeker(now: datetime) -> None:
    seeker = register_oneself(
        email=SEEKER, language="de", person=PersonalData(name="Samira Rahimi", phone=""), languages=["kmr"],
        home=locate(private=True, postcode="49076"), needs=["authority"], gender_wish="",
        data_protection=True, by=None, now=now - timedelta(days=1),
    )  # fmt: skip
    assert seeker
    _filed(seeker, User.objects.get(email=SEEKER), days=13, filed=now - timedelta(hours=20))


def _failed_message(help_request: HelpRequest, recipient: User, now: datetime) -> None:
    event = Event.objects.filter(kind="HELP_REQUEST_FILED").latest("happened_at")
    Delivery.objects.create(
        event=event, template="request_received", recipient=recipient, channel="email",
        subject_type="helprequest", subject_id=help_request.pk, office=help_request.office, status="FAILED",
        due_at=now, failed_at=now, failure="refused", failure_detail="550",
    )  # fmt: skip
