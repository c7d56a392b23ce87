"""One case with everything in it that anybody could look at; what tells something about a person is marked."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP

from backend.accounts.commands import approve_organisation, invite, issue_api_token, register_organisation
from backend.accounts.face.commands import report_barrier
from backend.accounts.models import Office, Organisation, Session, SignInElsewhere, User
from backend.accounts.roles import Role
from backend.accounts.tokens import digest
from backend.dispatch.client_card import card_token
from backend.dispatch.commands.assignments import report_activity
from backend.dispatch.commands.drafts import save_draft
from backend.dispatch.commands.help_requests import Confidential, suggest_pilots
from backend.dispatch.models import (
    Assignment,
    HelpRequest,
    Offer,
    Override,
    WaveSeries,
)
from backend.journal.models import Event
from backend.keys import uuid7
from backend.people.commands.availability import add_absence
from backend.people.commands.help_seekers import register_oneself
from backend.people.commands.vetoes import add_veto
from backend.people.models import HelpSeeker, Pilot
from backend.people.profile import PersonalData
from backend.privacy.access.readers import Reader
from geo.locating import locate
from notifications.commands import renew_calendar_feed
from notifications.models import Delivery, PushSubscription
from notifications.optional import Group, token_of
from tests import factories as make
from tests.access.marks import Marks
from tests.factories import NOW, at

R = Reader
EARLIER = NOW - timedelta(days=28)  # when what is over by now was asked for
TYPED = {
    "case_key": "QX-9",
    "language": "kmr",
    "required_level": "3",
    "topic": "school",
    "service_kind": "interpret",
    "setting": "phone",
    "day_1": "2026-11-24",
    "start_1": "10:00",
    "minutes_1": "60",
    "minutes_2": "60",
    "minutes_3": "60",
}
SERVICE, SECRET = "stadt", "JBSWY3DPEHPK3PXP"
OWN_TO_EACH = ("token", "subscription", "draft", "session")


@dataclass
class Case:
    """One organisation, one help-seeker of her own, four pilots, and their requests in every state."""

    tag: str
    office: Office
    coordinator: User
    postcode: str
    marks: Marks = field(init=False)
    pilots: dict[str, Pilot] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    users: dict[Reader, User] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    of_reader: dict[tuple[Reader, str], UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marks = Marks(self.tag)
        self._people()
        self._requests()
        self._own_request()
        self._past()
        self._rest()

    # --- people

    def _people(self) -> None:
        for number, (name, reader) in enumerate(
            (("idle", R.PILOT), ("asked", R.ASKED), ("confirmed", R.CONFIRMED), ("willing", None))
        ):
            pilot = self._pilot(name)
            self.pilots[name] = pilot
            absence = add_absence(
                pilot_id=pilot.pk,
                start_date=NOW.date() + timedelta(days=60 + number),
                end_date=NOW.date() + timedelta(days=62 + number),
                by=pilot.user,
                now=NOW,
            )
            veto = add_veto(pilot_id=pilot.pk, postcode="33602", by=pilot.user, now=NOW)
            if reader:
                self.users[reader] = pilot.user
                self._own(reader, pilot=pilot.pk, absence=absence.pk, veto=veto.pk)
            if name == "confirmed":
                self.ids |= {"pilot": pilot.pk, "absence": absence.pk, "veto": veto.pk}
        self.organisation = self._organisation()
        self.requester = self.users[R.REQUESTER] = User.objects.get(email=self.requester_email)
        self.seeker = make.a_help_seeker(
            self.requester,
            case_key=self.marks.text("case_key"),
            home=locate(private=True, postcode=self.postcode),
        )
        alone = register_oneself(
            email=self.marks.email("help_seeker_email"),
            language="de",
            person=PersonalData(
                name=self.marks.text("help_seeker_name"),
                phone=self.marks.phone("help_seeker_phone"),
                street=self.marks.text("help_seeker_street"),
            ),
            languages=["kmr"],
            home=locate(private=True, postcode=self.postcode),
            needs=["school"],
            gender_wish="",
            data_protection=True,
            by=None,
            now=NOW,
        )
        assert alone is not None and alone.user is not None
        self.alone: HelpSeeker = alone
        self.users[R.HELP_SEEKER] = alone.user
        self._own(R.REQUESTER, help_seeker=self.seeker.pk)
        self._own(R.HELP_SEEKER, help_seeker=alone.pk)
        self.ids |= {"help_seeker": alone.pk, "organisation": self.organisation.pk, "office": self.office.pk}

    def _pilot(self, name: str) -> Pilot:
        pilot = make.a_pilot(
            f"{name}{self.tag}", self.coordinator, skills={"kmr": 6, "tr": 5}, postcode=self.postcode
        )
        identity = pilot.identity
        assert identity is not None
        identity.name = self.marks.text(f"{name}_name", "Dr. {} Beispiel")
        identity.phone = self.marks.phone(f"{name}_phone")
        identity.street = self.marks.text(f"{name}_street", "{} 7")
        identity.save()
        pilot.user.email = self.marks.email(f"{name}_email")
        pilot.user.save()
        return pilot

    def _organisation(self) -> Organisation:
        self.requester_email = self.marks.email("requester_email")
        organisation = register_organisation(
            name=self.marks.text("organisation_name", "{}-Schule"),
            kind="school",
            where=locate(private=False, postcode=self.postcode),
            contact_email=self.requester_email,
            language="de",
            by=None,
            now=NOW,
        )
        assert organisation is not None
        return approve_organisation(organisation_id=organisation.pk, by=self.coordinator, now=NOW)

    # --- requests

    def _request(self, name: str, day: int, *, by: User, seeker: HelpSeeker, hour: int = 10) -> HelpRequest:
        """Each tells its own place, so that one sees whose it was that came out."""
        return make.a_help_request(
            seeker,
            by,
            slots=[(at(day, hour), at(day, hour + 1)), (at(day, hour + 3), at(day, hour + 4))],
            postcode=self.postcode,
            street=self.marks.text(f"{name}_street_of_place", "{} 3"),
            confidential=Confidential(
                meeting_point=self.marks.text(f"{name}_meeting_point"),
                contact_on_site=self.marks.text(f"{name}_contact"),
                note=self.marks.text(f"{name}_note"),
            ),
        )

    def _offers(self, request: HelpRequest) -> dict[str, Offer]:
        """The asked one has not answered, the willing one said yes."""
        suggest_pilots(help_request_id=request.pk, by=self.coordinator, now=NOW)
        asked, willing = make.offers_to(
            request, [self.pilots["asked"], self.pilots["willing"]], self.coordinator
        )
        make.accepted(willing)
        return {"asked": asked, "willing": willing}

    def _requests(self) -> None:
        by, kaya = self.requester, self.coordinator
        self.open = self._request("open", 10, by=by, seeker=self.seeker)
        offers = self._offers(self.open)
        self.done = self._request("done", 11, by=by, seeker=self.seeker)
        self.assignment = make.an_assignment(self.done, self.pilots["confirmed"], kaya)
        self.ids |= {
            "help_request": self.open.pk,
            "offer": offers["asked"].pk,
            "willing": offers["willing"].pk,
            "assignment": self.assignment.pk,
            "slot": self.open.slots.order_by("starts_at").first().pk,
        }
        self._own(R.CONFIRMED, offer=self.assignment.offer_id)
        self.secrets["offer"] = offers["asked"].new_link(at=NOW)
        self.secrets["card"] = card_token(self.assignment)
        Override.objects.create(
            offer=offers["willing"],
            codes=["availability"],
            note=self.marks.text("override_note"),
            made_by=make.a_coordinator(f"qxbender{self.tag}", self.office),
            made_at=NOW,
        )
        WaveSeries.objects.create(
            help_request=self.open,
            policy={},
            started_by=kaya,
            started_at=NOW,
            next_at=NOW + timedelta(days=1),
        )

    def _own_request(self) -> None:
        user = self.users[R.HELP_SEEKER]
        request = self._request("alone", 12, by=user, seeker=self.alone)
        self._offers(request)
        done = self._request("met", 13, by=user, seeker=self.alone)
        assignment = make.an_assignment(done, self.pilots["confirmed"], self.coordinator)
        self._own(R.HELP_SEEKER, help_request=request.pk, assignment=assignment.pk)

    def _past(self) -> None:
        """Over by now, and the two sides tell different things."""
        slot = [(at(20, 10, month=10), at(20, 11, month=10))]
        request = make.a_help_request(
            self.seeker, self.requester, slots=slot, postcode=self.postcode, now=EARLIER
        )
        past = make.an_assignment(request, self.pilots["confirmed"], self.coordinator, now=EARLIER)
        for user, minutes in ((self.pilots["confirmed"].user, 60), (self.requester, 180)):
            report_activity(
                assignment_id=past.pk,
                done=True,
                not_done_reason="",
                minutes=minutes,
                km=None,
                by=user,
                now=at(20, 18, month=10),
            )
        self.past: Assignment = past
        self.ids |= {"disagreement": past.pk, "report": past.reports.order_by("pk").first().pk}

    # --- what else there is

    def _rest(self) -> None:
        event = Event.objects.filter(timeline_id=self.open.pk).order_by("pk").first()
        assert event is not None
        failed = Delivery.objects.create(
            event=event,
            template="request_filed",
            recipient=self.requester,
            channel="email",
            subject_type="helprequest",
            subject_id=self.open.pk,
            office=self.office,
            status="FAILED",
            failure="refused",
            failure_detail="550",
            attempts=1,
            due_at=NOW,
            failed_at=NOW,
        )
        barrier = report_barrier(
            office_id=self.office.pk,
            what=self.marks.text("barrier_text"),
            page="",
            email=self.marks.email("barrier_email"),
            language="de",
            by=None,
            now=NOW,
        )
        self.ids |= {"delivery": failed.pk, "barrier": barrier.pk}
        invitation = invite(
            email=self.marks.email("invited_email"),
            role=Role.REQUESTER,
            language="de",
            office_id=None,
            organisation_id=self.organisation.pk,
            by=self.requester,
            now=NOW,
        )
        self._own(R.REQUESTER, invitation=invitation.pk)
        self.secrets["invitation"] = invitation.new_link(at=NOW)
        for reader, user in self.users.items():
            self.own_things(reader, user)
        self.secrets["unsubscribe"] = token_of(self.users[R.CONFIRMED], Group.NEWS)
        self.secrets["feed"] = renew_calendar_feed(by=self.users[R.CONFIRMED], now=NOW)

    def own_things(self, reader: Reader, user: User) -> None:
        """What everybody has for herself: a key for programs, a browser, and whoever asks a draft."""
        token = issue_api_token(
            name=self.marks.text(f"token_of_{reader}"),
            scopes=("read",),
            days=30,
            by=user,
            now=NOW,
            is_strong=True,
        )
        browser = PushSubscription.objects.create(
            user=user,
            endpoint=f"https://push.example/{user.pk}",
            p256dh="x",
            auth="x",
            device=self.marks.text(f"device_of_{reader}"),
            created_at=NOW,
        )
        other = Session.objects.create(
            user=user,
            hash=digest(f"{reader} {self.tag}"),
            device=self.marks.text(f"session_of_{reader}"),
            begun_at=NOW,
            last_seen_at=NOW,
        )
        SignInElsewhere.objects.create(
            user=user,
            provider=SERVICE,
            subject=self.marks.text(f"elsewhere_of_{reader}"),
            created_at=NOW,
            last_used_at=NOW,
        )
        TOTP.activate(user, SECRET)  # so that there is something emergency codes stand in for
        self._own(reader, token=token.token.pk, subscription=browser.pk, session=other.pk)
        if reader in {R.REQUESTER, R.HELP_SEEKER, R.COORDINATOR}:
            draft = save_draft(
                draft_id=uuid7(),
                values={**TYPED, "note": self.marks.text(f"draft_of_{reader}")},
                changes=self.open if reader is R.COORDINATOR else None,
                by=user,
                now=NOW,
            )
            self._own(reader, draft=draft.pk)

    def _own(self, reader: Reader, **ids: UUID) -> None:
        self.of_reader |= {(reader, kind): pk for kind, pk in ids.items()}

    def all_of(self, kind: str) -> list[UUID]:
        """Every one of the kind in this case."""
        if kind == "pilot":
            return [pilot.pk for pilot in self.pilots.values()]
        requests = HelpRequest.objects.filter(help_seeker__in=[self.seeker, self.alone]).order_by("pk")
        if kind == "help_request":
            return list(requests.values_list("pk", flat=True))
        return list(
            Assignment.objects.filter(help_request__in=requests).order_by("pk").values_list("pk", flat=True)
        )

    def id_of(self, reader: Reader, kind: str) -> UUID:
        """The reader's own of that kind; the office's where there is none."""
        if (reader, kind) in self.of_reader:
            return self.of_reader[reader, kind]
        if kind in OWN_TO_EACH:
            return self.of_reader[R.REQUESTER, kind]
        return self.ids[kind]
