"""No message names anybody we accompany: a full story with marked strings in every sensitive field."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest

from backend.accounts.commands import approve_organisation, invite, register_organisation
from backend.accounts.entry.commands.sign_ins import change_email, note_way_in
from backend.accounts.face.commands import report_barrier
from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.tokens import digest
from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment
from backend.dispatch.commands.changes import change_help_request
from backend.dispatch.commands.help_requests import (
    Confidential,
    Need,
    close_unfilled,
    file_help_request,
    withdraw_help_request,
)
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.commands.offers import decline_offer
from backend.dispatch.models import AnswerLink, HelpRequest
from backend.people.commands.help_seekers import register_oneself
from backend.people.commands.pilots import (
    activate_pilot,
    record_background_check,
    record_qualification,
    register_pilot,
)
from backend.people.models import HelpSeeker, Pilot
from backend.people.profile import PersonalData, Skill, Wishes
from backend.privacy.commands.silence import notice_silence
from geo.locating import locate
from notifications.contents import WRITERS
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.notifications.conftest import Posted, PostOffice

MARK = "Zzgeheim"
PRIVATE_POSTCODE = "49076"
ELEVEN_MONTHS = timedelta(days=335)
SCHOOL = MeetingPlace(postcode="49074")
HOME = MeetingPlace(postcode=PRIVATE_POSTCODE, street=f"{MARK}weg 7")
SECRET = Confidential(
    meeting_point=f"{MARK}-Treffpunkt", contact_on_site=f"{MARK}-Kontakt", note=f"{MARK}-Notiz"
)


def person(name: str) -> PersonalData:
    return PersonalData(name=f"{MARK}-{name}", phone="+4954199999", street=f"{MARK}weg 7")


class Story:
    """One of everything that can happen, with the mail delivered after every step."""

    def __init__(self, cast: Cast, post: PostOffice, language: str) -> None:
        self.cast, self.post, self.language = cast, post, language
        self.posted: list[Posted] = []
        cast.osnabrueck.accepts_self_registration = True
        cast.osnabrueck.save()
        User.objects.filter(pk=cast.kaya.pk).update(language=language)

    def deliver(self, *, days: int = 0) -> None:
        self.posted += self.post.deliver(NOW + timedelta(days=days))

    def pilot(self, name: str) -> Pilot:
        for _ in range(2):
            pilot = register_pilot(
                email=f"{name}@pilot.example",
                language=self.language,
                person=person(name),
                home=locate(private=True, postcode=PRIVATE_POSTCODE),
                wishes=Wishes(german_level=5, reach_km=50),
                skills=[Skill("kmr", 6, 6)],
                week=make.ALL_WEEK,
                data_protection=True,
                confidentiality=True,
                by=None,
                now=NOW,
            )
            self.deliver()
        kaya = self.cast.kaya
        record_qualification(
            pilot_id=pilot.pk,
            kind="basic_course",
            hours=50,
            issuer=MARK,
            issued_date=NOW.date(),
            by=kaya,
            now=NOW,
        )
        record_background_check(
            pilot_id=pilot.pk, inspected_date=NOW.date(), stands_in_the_way=False, by=kaya, now=NOW
        )
        activate_pilot(pilot_id=pilot.pk, pledge_seen=True, by=kaya, now=NOW)
        self.deliver()
        return pilot

    def school(self) -> User:
        organisation = register_organisation(
            name="Domschule",
            kind="school",
            where=locate(private=False, postcode="49074"),
            contact_email="rita@schule.example",
            language=self.language,
            by=None,
            now=NOW,
        )
        self.deliver()
        approve_organisation(organisation_id=organisation.pk, by=self.cast.kaya, now=NOW)
        rita = User.objects.get(email="rita@schule.example")
        invite(
            email="rolf@schule.example",
            role=Role.REQUESTER,
            language=self.language,
            office_id=None,
            organisation_id=organisation.pk,
            by=rita,
            now=NOW,
        )
        self.deliver()
        return rita

    def help_seeker_alone(self) -> HelpSeeker:
        for _ in range(2):
            help_seeker = register_oneself(
                email="samir@privat.example",
                language=self.language,
                person=person("Samir"),
                languages=["kmr"],
                home=locate(private=True, postcode=PRIVATE_POSTCODE),
                needs=["health"],
                gender_wish="",
                data_protection=True,
                by=None,
                now=NOW,
            )
            self.deliver()
        return help_seeker

    def ask(
        self, help_seeker: HelpSeeker, by: User, *, days: Sequence[int], where: MeetingPlace
    ) -> HelpRequest:
        help_request = file_help_request(
            help_seeker_id=help_seeker.pk,
            need=Need(topic="health", slots=[(at(day, 10), at(day, 11)) for day in days]),
            where=where,
            confidential=SECRET,
            by=by,
            now=NOW,
        )
        self.deliver()
        return help_request

    def confirmed_then_dropped(self, help_request: HelpRequest, pilots: Sequence[Pilot]) -> None:
        """Three are asked, two accept, one is confirmed and drops out, the reserve is asked; then it is withdrawn."""
        kaya = self.cast.kaya
        first, second, _ = make.offers_to(help_request, pilots, kaya)
        self.deliver()
        for offer in (first, second):
            make.accepted(offer, now=NOW)
            self.deliver()
        assignment = confirm_assignment(help_request_id=help_request.pk, offer_id=first.pk, by=kaya, now=NOW)
        self.deliver()
        self.another_meeting_point(help_request)
        self.deliver(days=7)
        cancel_assignment(
            assignment_id=assignment.pk, reason="pilot_ill", by=pilots[0].user, now=NOW + timedelta(days=7)
        )
        self.deliver(days=7)
        withdraw_help_request(
            help_request_id=help_request.pk,
            reason="not_needed",
            by=help_request.requested_by,
            now=NOW + timedelta(days=7),
        )
        self.deliver(days=7)

    def another_meeting_point(self, help_request: HelpRequest) -> None:
        change_help_request(
            help_request_id=help_request.pk,
            need=Need(
                topic="health",
                slots=[(slot.starts_at, slot.ends_at) for slot in help_request.slots.all()],
                languages=help_request.languages,
            ),
            where=SCHOOL if help_request.organisation_id else HOME,
            confidential=Confidential(meeting_point=f"{MARK}-Seiteneingang"),
            by=help_request.requested_by,
            now=NOW,
        )
        self.deliver()

    def refused_by_all(self, help_request: HelpRequest, pilot: Pilot) -> None:
        (offer,) = make.offers_to(help_request, [pilot], self.cast.kaya)
        self.deliver()
        decline_offer(offer_id=offer.pk, by=pilot.user, now=NOW)
        self.deliver()
        close_unfilled(help_request_id=help_request.pk, by=self.cast.kaya, now=NOW)
        self.deliver()

    def barrier(self) -> None:
        admin = make.an_admin("adam", self.cast.osnabrueck)
        User.objects.filter(pk=admin.pk).update(language=self.language)
        report_barrier(
            office_id=self.cast.osnabrueck.pk,
            what=f"{MARK} kann das nicht lesen",
            page=f"/{MARK}/",
            email=f"{MARK}@privat.example",
            language=self.language,
            by=None,
            now=NOW,
        )
        self.deliver()

    def own_account(self, rita: User) -> None:
        note_way_in(way="passkey", added=True, by=rita, now=NOW)
        change_email(email="rita@neu.example", by=rita, now=NOW)
        self.deliver()

    def silence(self, pilot: Pilot) -> None:
        notice_silence(pilot_id=pilot.pk, by=None, now=NOW + ELEVEN_MONTHS)
        self.deliver(days=ELEVEN_MONTHS.days)

    def tell(self) -> list[Posted]:
        rita, samir = self.school(), self.help_seeker_alone()
        pilots = [self.pilot(name) for name in ("Ana", "Ben", "Cem")]
        case = make.a_help_seeker(
            rita, case_key=f"{MARK}-1", home=locate(private=True, postcode=PRIVATE_POSTCODE)
        )
        self.confirmed_then_dropped(self.ask(case, rita, days=[10, 11], where=SCHOOL), pilots)
        assert samir.user is not None
        self.confirmed_then_dropped(self.ask(samir, samir.user, days=[10, 12], where=HOME), pilots)
        self.refused_by_all(self.ask(samir, samir.user, days=[13], where=HOME), pilots[2])
        self.barrier()
        self.own_account(rita)
        self.silence(pilots[1])
        return self.posted


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_full_story_names_nobody(cast: Cast, post: PostOffice, language: str) -> None:
    posted = Story(cast, post, language).tell()

    assert {message.template for message in posted} == set(WRITERS)
    case_keys = set(HelpSeeker.objects.values_list("case_key", flat=True))
    assert len(case_keys) == 2
    for message in posted:
        said = message.everything
        for forbidden in (MARK, PRIVATE_POSTCODE, "54199999", "samir@privat", *case_keys):
            # Nobody but the person reads her own address.
            own = forbidden in message.to
            assert own or forbidden not in said, f"{forbidden} in {message.template}"


def test_only_the_hash_of_a_link_is_stored(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    make.offers_to(help_request, [cast.ana], cast.kaya)
    body = str(post.deliver_by_template()["offer_made"].message.body)
    (secret,) = re.findall(r"/angebot/([\w-]+)/", body)
    link = AnswerLink.objects.get()
    assert link.hash == digest(secret)
    assert len(secret) >= 43  # 32 random bytes
    stored = [str(value) for row in AnswerLink.objects.values_list() for value in row]
    assert not any(secret in value for value in stored)


def test_each_reader_gets_a_link_of_their_own(cast: Cast, post: PostOffice) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya)
    offers = [p for p in post.deliver() if p.template == "offer_made"]
    secrets = {re.findall(r"/angebot/([\w-]+)/", str(p.message.body))[0] for p in offers}
    assert len(secrets) == 2
    assert all(p.message.to == p.message.recipients() and len(p.message.to) == 1 for p in offers)
