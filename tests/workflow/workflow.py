"""What can people and the office do to the workflow, in any order? One step each, refused or carried out.

Hypothesis draws the steps. A refusal (DomainError) is an answer like another; any other exception, any line that a tick
has swallowed and any row that breaks an invariant fails the example, which is then made as short as it gets.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from backend.accounts.models import User
from backend.dispatch.codes import CancellationReason, NotDoneReason, WithdrawalReason
from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment, report_activity
from backend.dispatch.commands.changes import change_help_request
from backend.dispatch.commands.help_requests import (
    Confidential,
    Need,
    close_unfilled,
    file_help_request,
    suggest_pilots,
    withdraw_help_request,
)
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.commands.offers import accept_offer, decline_offer, make_offers, retract_offer
from backend.dispatch.commands.settlements import settle_report
from backend.dispatch.commands.waves import start_waves, stop_waves
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.errors import NotPermitted, NotThere
from backend.people.commands.availability import add_absence
from backend.people.commands.pilots import activate_pilot, pause_pilot, record_qualification, resume_pilot
from backend.people.models import Pilot
from backend.privacy.commands import erase_account
from tests import factories as make
from tests.workflow.machine import TownWithClock, needs

NEW_PILOTS_AT_MOST = 2
OPEN_AT_MOST = 3
PLACES = ("49074", "49076", "49324")

number = st.integers(0, 11)  # which of those there are
dates = st.lists(
    st.tuples(st.integers(0, 6), st.integers(8, 18), st.sampled_from([30, 60, 150])), min_size=1, max_size=2
)


class Workflow(TownWithClock):
    new_pilots = 0

    # --- who asks

    def somebody_asks_and_is_offered(self) -> None:
        asked = self.act(
            file_help_request,
            self.world.rita,
            help_seeker_id=self.one(0, "seeker"),
            need=Need(topic="school", slots=self.slots([(3, 10, 60), (5, 14, 60)])),
            where=MeetingPlace(postcode="49074", public=True),
        )
        self.act(
            make_offers, self.world.kaya, help_request_id=asked.pk, pilot_ids=self.held["pilot ACTIVE"][:2]
        )

    @rule(
        which=number,
        wanted=dates,
        seats=st.sampled_from([1, 1, 1, 2]),
        urgent=st.booleans(),
        alone=st.booleans(),
    )
    def somebody_asks(
        self, which: int, wanted: list[tuple[int, int, int]], seats: int, urgent: bool, alone: bool
    ) -> None:
        if len(self.held.get("request OPEN", [])) >= OPEN_AT_MOST:
            return
        need = Need(topic="school", slots=self.slots(wanted), seats=seats, urgent=urgent)
        seeker = self.one(which, "seeker")
        if seeker == self.world.samirs_need:
            by = self.world.samir if alone else self.world.kaya
        else:
            by = self.world.rita if alone else self.world.kaya
        self.act(
            file_help_request,
            by,
            help_seeker_id=seeker,
            need=need,
            where=MeetingPlace(postcode="49074", public=True),
        )

    @rule(
        which=number,
        part=st.sampled_from(["dates", "details", "place", "need"]),
        wanted=dates,
        office=st.booleans(),
    )
    @needs("request OPEN", "request ASSIGNED")
    def she_asks_for_something_else(
        self, which: int, part: str, wanted: list[tuple[int, int, int]], office: bool
    ) -> None:
        asked = HelpRequest.objects.get(pk=self.one(which, "request OPEN", "request ASSIGNED"))
        known = [(slot.starts_at, slot.ends_at) for slot in asked.slots.all()]
        postcode = asked.meeting_place.postcode if asked.meeting_place else "49074"
        need = Need(
            topic=asked.topic if part != "need" else "health",
            slots=[*known[:1], *self.slots(wanted)] if part == "dates" else known,
            required_level=asked.required_level,
            seats=asked.seats,
            urgent=asked.urgent,
        )
        self.act(
            change_help_request,
            self.world.kaya if office else self.world.rita,
            help_request_id=asked.pk,
            need=need,
            where=MeetingPlace(postcode=PLACES[which % 3] if part == "place" else postcode, public=True),
            confidential=Confidential(meeting_point=f"Raum {which}" if part == "details" else ""),
        )

    @rule(which=number, reason=st.sampled_from(WithdrawalReason.values))
    @needs("request OPEN", "request ASSIGNED")
    def she_takes_it_back(self, which: int, reason: str) -> None:
        self.act(
            withdraw_help_request,
            self.world.rita,
            help_request_id=self.one(which, "request OPEN", "request ASSIGNED"),
            reason=reason,
        )

    # --- the natural course of things, which chance alone would seldom take to its end

    @rule(which=number)
    def it_takes_its_course(self, which: int) -> None:
        for kind, step in (
            ("assignment CONFIRMED", self._held_and_reported),
            ("offer ACCEPTED", self.the_office_confirms),
            ("offer PENDING", lambda which: self.a_pilot_says_yes(which=which, date=which)),
            ("request OPEN", lambda which: self.the_office_offers(which=which, whom=[which, which + 1])),
        ):
            if self.held.get(kind):
                return step(which=which)
        return None

    def _held_and_reported(self, which: int) -> None:
        """A third is held and reported; meanwhile the others go their way."""
        if which % 3:
            return self.a_pilot_says_yes(which=which, date=which) if self.held.get("offer PENDING") else None
        assignment = Assignment.objects.get(pk=self.one(which, "assignment CONFIRMED"))
        self.now = max(self.now, assignment.ends_at)
        return self.it_is_reported(which=which, done=which % 4 < 3, minutes=60, herself=which % 2 == 0)

    @rule(which=number)
    def it_goes_on(self, which: int) -> None:
        self.it_takes_its_course(which=which)

    # --- the office

    @rule(which=number)
    @needs("request OPEN")
    def the_office_ranks(self, which: int) -> None:
        self.act(suggest_pilots, self.world.kaya, help_request_id=self.one(which, "request OPEN"))

    @rule(which=number, whom=st.lists(number, min_size=1, max_size=3))
    @needs("request OPEN")
    def the_office_offers(self, which: int, whom: Sequence[int]) -> None:
        pilots = [self.one(one, "pilot ACTIVE", "pilot PAUSED", "pilot ERASED") for one in whom]
        self.act(
            make_offers, self.world.kaya, help_request_id=self.one(which, "request OPEN"), pilot_ids=pilots
        )

    @rule(which=number)
    @needs("request OPEN")
    def waves_start(self, which: int) -> None:
        self.act(start_waves, self.world.kaya, help_request_id=self.one(which, "request OPEN"))

    @rule(which=number)
    @needs("series RUNNING")
    def waves_stop(self, which: int) -> None:
        self.act(stop_waves, self.world.kaya, help_request_id=self.one(which, "series RUNNING"))

    @rule(which=number)
    @needs("offer ACCEPTED", "offer RESERVE")
    def the_office_confirms(self, which: int) -> None:
        offer = Offer.objects.get(pk=self.one(which, "offer ACCEPTED", "offer RESERVE"))
        self.act(
            confirm_assignment, self.world.kaya, help_request_id=offer.help_request_id, offer_id=offer.pk
        )

    @rule(which=number)
    @needs("offer PENDING", "offer ACCEPTED", "offer RESERVE")
    def the_office_takes_an_offer_back(self, which: int) -> None:
        waiting = self.one(which, "offer PENDING", "offer ACCEPTED", "offer RESERVE")
        self.act(retract_offer, self.world.kaya, offer_id=waiting)

    @rule(which=number)
    @needs("request OPEN")
    def the_office_gives_up(self, which: int) -> None:
        self.act(close_unfilled, self.world.kaya, help_request_id=self.one(which, "request OPEN"))

    @rule(which=number)
    @needs("report")
    def the_office_settles(self, which: int) -> None:
        self.act(settle_report, self.world.kaya, report_id=self.one(which, "report"), note="besprochen")

    # --- pilots

    @rule(which=number, date=number)
    @needs("offer PENDING", "offer EXPIRED", "offer RESERVE")
    def a_pilot_says_yes(self, which: int, date: int) -> None:
        offer = Offer.objects.get(pk=self.one(which, "offer PENDING", "offer EXPIRED", "offer RESERVE"))
        slots = list(offer.slots.all())
        slot_id = slots[date % len(slots)].pk if slots else None
        self.act(accept_offer, offer.pilot.user, offer_id=offer.pk, slot_id=slot_id)

    @rule(which=number)
    @needs("offer PENDING", "offer ACCEPTED", "offer RESERVE", "offer DECLINED")
    def a_pilot_says_no(self, which: int) -> None:
        kinds = ("offer PENDING", "offer ACCEPTED", "offer RESERVE", "offer DECLINED")
        offer = Offer.objects.get(pk=self.one(which, *kinds))
        self.act(decline_offer, offer.pilot.user, offer_id=offer.pk)

    @rule(which=number, reason=st.sampled_from(CancellationReason.values), herself=st.booleans())
    @needs("assignment CONFIRMED")
    def it_is_cancelled(self, which: int, reason: str, herself: bool) -> None:
        assignment = Assignment.objects.get(pk=self.one(which, "assignment CONFIRMED"))
        by = assignment.pilot.user if herself else self.world.kaya
        if (
            herself and reason != CancellationReason.OFFICE_DECISION
        ):  # one that is not hers stays, to be refused
            reason = CancellationReason.PILOT_PREVENTED.value
        self.act(cancel_assignment, by, assignment_id=assignment.pk, reason=reason)

    @rule(which=number, done=st.booleans(), minutes=st.sampled_from([0, 40, 90]), herself=st.booleans())
    @needs("assignment CONFIRMED", "assignment COMPLETED", "assignment MISSED")
    def it_is_reported(self, which: int, done: bool, minutes: int, herself: bool) -> None:
        kinds = ("assignment CONFIRMED", "assignment COMPLETED", "assignment MISSED")
        assignment = Assignment.objects.get(pk=self.one(which, *kinds))
        reasons = NotDoneReason.values
        self.act(
            report_activity,
            assignment.pilot.user if herself else self.world.rita,
            assignment_id=assignment.pk,
            done=done,
            not_done_reason="" if done else reasons[which % len(reasons)],
            minutes=minutes,
            km=which,
        )

    @rule(which=number, days=st.sampled_from([0, 1, 4, None]))
    @needs("pilot ACTIVE")
    def a_pilot_pauses(self, which: int, days: int | None) -> None:
        pilot = Pilot.objects.get(pk=self.one(which, "pilot ACTIVE"))
        until = None if days is None else self.now.date() + timedelta(days=days)
        self.act(pause_pilot, pilot.user, pilot_id=pilot.pk, until=until)

    @rule(which=number)
    @needs("pilot PAUSED")
    def a_pilot_is_back(self, which: int) -> None:
        pilot = Pilot.objects.get(pk=self.one(which, "pilot PAUSED"))
        self.act(resume_pilot, pilot.user, pilot_id=pilot.pk)

    @rule(which=number, days=st.integers(0, 4), rarely=st.integers(0, 3))
    @needs("pilot ACTIVE")
    def a_pilot_is_away(self, which: int, days: int, rarely: int) -> None:
        if rarely:
            return
        pilot = Pilot.objects.get(pk=self.one(which, "pilot ACTIVE"))
        day = self.now.date() + timedelta(days=days)
        self.act(add_absence, pilot.user, pilot_id=pilot.pk, start_date=day, end_date=day)

    # --- who comes and goes

    @precondition(lambda self: self.new_pilots < NEW_PILOTS_AT_MOST)
    @rule(speaks=st.sampled_from(["kmr", "ar"]))
    def somebody_registers(self, speaks: str) -> None:
        self.new_pilots += 1
        make.a_pilot(f"new{self.new_pilots}", self.world.kaya, skills={speaks: 5}, active=False, now=self.now)

    @rule(which=number, course=st.booleans())
    @needs("pilot APPLICANT", "pilot IN_TRAINING")
    def an_applicant_gets_on(self, which: int, course: bool) -> None:
        pilot_id = self.one(which, "pilot APPLICANT", "pilot IN_TRAINING")
        if course:
            day = self.now.date()
            self.act(
                record_qualification, self.world.kaya,
                pilot_id=pilot_id, kind="basic_course", hours=50, issuer="VHS", issued_date=day,
            )  # fmt: skip
        self.act(activate_pilot, self.world.kaya, pilot_id=pilot_id, pledge_seen=True)

    @rule(which=number, rarely=st.integers(0, 7))
    @needs("pilot ACTIVE", "pilot PAUSED", "pilot APPLICANT")
    def a_pilot_is_erased(self, which: int, rarely: int) -> None:
        if rarely == 0:
            kinds = ("pilot ACTIVE", "pilot PAUSED", "pilot APPLICANT")
            self.act(erase_account, Pilot.objects.get(pk=self.one(which, *kinds)).user)

    @rule(rarely=st.integers(0, 7))
    def samir_is_erased(self, rarely: int) -> None:
        if rarely == 0 and self.world.samirs_need in self.held.get("seeker", []):
            self.act(erase_account, User.objects.get(pk=self.world.samir.pk))

    # --- who must not

    @rule(which=number)
    @needs("offer ACCEPTED", "assignment CONFIRMED", "request OPEN")
    def another_office_meddles(self, which: int) -> None:
        kinds = [
            kind for kind in ("offer ACCEPTED", "assignment CONFIRMED", "request OPEN") if self.held.get(kind)
        ]
        kind = kinds[which % len(kinds)]
        pk = self.one(which, kind)
        meddle: dict[str, Callable[[], Any]] = {
            "offer ACCEPTED": lambda: self._meddle(retract_offer, offer_id=pk),
            "assignment CONFIRMED": lambda: self._meddle(
                cancel_assignment, assignment_id=pk, reason="pilot_ill"
            ),
            "request OPEN": lambda: self._meddle(withdraw_help_request, help_request_id=pk, reason="mistake"),
        }
        try:
            meddle[kind]()
        except (NotThere, NotPermitted):
            return
        raise AssertionError(f"another office has had its way with {kind}")

    def _meddle(self, command: Callable[..., Any], **given: Any) -> None:
        command(by=self.world.frauke, now=self.now, **given)
