"""How the drawn past becomes rows: in bulk, because hundreds of commands would keep a newcomer waiting.

What stands there afterwards is what the commands would have left: states with their times, what was known when
asking, sessions with their reports, and the journal of all that.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Model, prefetch_related_objects

from backend.accounts.models import Office, User
from backend.demo.history import ANSWER_HOURS, PastRequest, Question
from backend.dispatch import commissioning
from backend.dispatch.codes import Setting, UnfilledReason
from backend.dispatch.commands.help_requests import REFERENCE_ALPHABET
from backend.dispatch.models import ActivityReport, Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.dispatch.travel import busy_span
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.models import HelpSeeker, Place
from geo.geocoding import Precision
from matching.asking_facts import FEATURES, AskingFacts, columns, day_part

CONFIRMED_AFTER = timedelta(hours=ANSWER_HOURS + 2)


def write_past(office: Office, requests: Iterable[PastRequest], *, by: User) -> int:
    """Write requests with their offers, sessions and events; the number of offers written."""
    past = list(requests)
    draw = random.Random(29)  # noqa: S311
    prefetch_related_objects([one.organisation for one in past], "memberships")
    seekers = _help_seekers(office, past)
    rows = [
        _Rows(office, one, seekers[one.organisation.pk, one.language, one.case], by, draw) for one in past
    ]
    offers = [offer for row in rows for offer in row.offers]
    for offer, known in zip(offers, _features(past, office), strict=True):
        offer.features = known
    Place.objects.bulk_create(row.place for row in rows if row.place)
    HelpRequest.objects.bulk_create(row.help_request for row in rows)
    HelpRequestSlot.objects.bulk_create(row.slot for row in rows)
    Offer.objects.bulk_create(offers)
    Offer.slots.through.objects.bulk_create(
        Offer.slots.through(offer=offer, helprequestslot=row.slot) for row in rows for offer in row.offers
    )
    sessions = [row.assignment for row in rows if row.assignment]
    Assignment.objects.bulk_create(sessions)
    # Drawn and not commissioned: the record says so.
    commissioning.adopt(sessions)
    ActivityReport.objects.bulk_create(row.report for row in rows if row.report)
    Event.objects.bulk_create(sorted((e for row in rows for e in row.events()), key=lambda e: e.happened_at))
    return len(offers)


def _help_seekers(office: Office, past: Sequence[PastRequest]) -> dict[Any, HelpSeeker]:
    """One per organisation, language and case, registered when first heard of."""
    seekers: dict[Any, HelpSeeker] = {}
    for one in past:
        key = (one.organisation.pk, one.language, one.case)
        if key not in seekers:
            seekers[key] = HelpSeeker(
                office=office,
                organisation=one.organisation,
                case_key=f"A-{one.language}-{one.case}",
                languages=[one.language],
                home=_place(one, private=True),
                needs=[one.topic],
                registered_at=one.filed_at,
            )
    Place.objects.bulk_create(seeker.home for seeker in seekers.values())
    HelpSeeker.objects.bulk_create(seekers.values())
    return seekers


def _place(one: PastRequest, *, private: bool) -> Place:
    at = one.organisation
    return Place(
        postcode=at.postcode, place=at.place, point=at.point, precision=Precision.POSTCODE, private=private
    )


class _Rows:
    """What one past request leaves."""

    def __init__(
        self, office: Office, past: PastRequest, seeker: HelpSeeker, by: User, draw: random.Random
    ) -> None:
        self.past, self.by = past, by
        self.requester = past.organisation.memberships.all()[0].user_id
        self.place = None if past.remote else _place(past, private=False)
        held = past.chosen is not None
        self.confirmed_at = past.questions[0].made_at + CONFIRMED_AFTER
        self.over_at = past.ends_at + timedelta(hours=2)
        self.help_request = HelpRequest(
            office=office,
            organisation=past.organisation,
            help_seeker=seeker,
            requested_by_id=self.requester,
            reference=f"{past.filed_at:%y}-" + "".join(draw.choices(REFERENCE_ALPHABET, k=6)),
            status=HelpRequestStatus.FULFILLED if held else HelpRequestStatus.UNFILLED,
            languages=[past.language],
            topic=past.topic,
            urgent=past.urgent,
            setting=Setting.PHONE if past.remote else Setting.ON_SITE,
            meeting_place=self.place,
            created_at=past.filed_at,
            opened_at=past.filed_at,
            assigned_at=self.confirmed_at if held else None,
            fulfilled_at=self.over_at if held else None,
            unfilled_at=None if held else past.starts_at,
            unfilled_reason="" if held else UnfilledReason.NO_PILOT_FOUND,
        )
        self.slot = HelpRequestSlot(
            help_request=self.help_request, starts_at=past.starts_at, ends_at=past.ends_at
        )
        self.offers = [self._offer(question) for question in past.questions]
        self.assignment: Assignment | None = None
        self.report: ActivityReport | None = None
        if held:
            self.assignment, self.report = self._session(draw)

    def _offer(self, question: Question) -> Offer:
        answered, expires_at = question.answered_at, question.made_at + timedelta(hours=ANSWER_HOURS)
        ending: dict[str, Any]
        if answered is None:
            ending = {"status": OfferStatus.EXPIRED, "expired_at": expires_at}
        elif not question.yes:
            ending = {"status": OfferStatus.DECLINED, "declined_at": answered}
        elif question is self.past.chosen:
            ending = {"status": OfferStatus.CHOSEN, "chosen_at": self.confirmed_at}
        else:
            ending = {"status": OfferStatus.RESERVE, "reserved_at": self.confirmed_at}
        if question.yes:
            ending |= {"accepted_slot": self.slot, "accepted_at": answered}
        return Offer(
            help_request=self.help_request,
            pilot=question.person.pilot,
            made_by=self.by,
            made_at=question.made_at,
            expires_at=expires_at,
            **ending,
        )

    def _session(self, draw: random.Random) -> tuple[Assignment, ActivityReport]:
        offer = next(offer for offer in self.offers if offer.status == OfferStatus.CHOSEN)
        assignment = Assignment(
            help_request=self.help_request,
            office=self.help_request.office,
            pilot=offer.pilot,
            offer=offer,
            slot=self.slot,
            starts_at=self.slot.starts_at,
            ends_at=self.slot.ends_at,
            busy=busy_span(self.help_request, self.slot.starts_at, self.slot.ends_at),
            status=AssignmentStatus.COMPLETED,
            confirmed_by=self.by,
            confirmed_at=self.confirmed_at,
            completed_at=self.over_at,
        )
        minutes = int((self.past.ends_at - self.past.starts_at).total_seconds() // 60)
        report = ActivityReport(
            assignment=assignment,
            reported_by_id=offer.pilot.user_id,
            by_pilot=True,
            done=True,
            minutes=minutes + draw.choice([0, 0, 15, 30]),
            km=draw.randrange(2, 20),
            reported_at=self.over_at,
        )
        return assignment, report

    def events(self) -> Iterator[Event]:
        """The journal as the commands would have written it."""
        request, kaya = self.help_request, self.by.pk
        yield self._event(EventKind.HELP_REQUEST_FILED, request, self.past.filed_at, self.requester)
        for offer in self.offers:
            yield self._event(EventKind.OFFER_MADE, offer, offer.made_at, kaya, rank=None)
            pilot = offer.pilot.user_id
            if offer.accepted_at:
                slot = str(self.slot.pk)
                yield self._event(
                    EventKind.OFFER_ACCEPTED, offer, offer.accepted_at, pilot, slot_id=slot, late=False
                )
            if offer.declined_at:
                yield self._event(EventKind.OFFER_DECLINED, offer, offer.declined_at, pilot)
            if offer.expired_at:
                yield self._event(EventKind.OFFER_EXPIRED, offer, offer.expired_at, None)
            if offer.reserved_at:
                yield self._event(EventKind.OFFER_RESERVED, offer, offer.reserved_at, kaya)
        if self.assignment is None or self.report is None:
            reason = UnfilledReason.NO_PILOT_FOUND.value
            yield self._event(
                EventKind.HELP_REQUEST_UNFILLED, request, self.past.starts_at, None, reason=reason
            )
            return
        confirmed = {"slot_id": str(self.slot.pk), "seat": 1, "offer_id": str(self.assignment.offer_id)}
        pilot = self.assignment.pilot.user_id
        yield self._event(
            EventKind.ASSIGNMENT_CONFIRMED, self.assignment, self.confirmed_at, kaya, **confirmed
        )
        told = {"done": True, "minutes": self.report.minutes}
        yield self._event(EventKind.ACTIVITY_REPORTED, self.report, self.over_at, pilot, **told)
        yield self._event(EventKind.ASSIGNMENT_COMPLETED, self.assignment, self.over_at, pilot)
        yield self._event(EventKind.HELP_REQUEST_FULFILLED, request, self.over_at, pilot)

    def _event(self, kind: EventKind, subject: Model, at: datetime, actor: Any, **facts: Any) -> Event:
        return Event(
            kind=kind,
            subject_type=subject._meta.model_name or "",
            subject_id=subject.pk,
            timeline_id=getattr(subject, "timeline_id", subject.pk),
            actor_id=actor,
            office_id=self.help_request.office_id,
            facts=facts,
            happened_at=at,
            processed_at=at,
        )


def _features(past: Sequence[PastRequest], office: Office) -> list[dict[str, float]]:
    """What was known of each question when it was asked, as an offer keeps it."""
    asked = [(one, question) for one in past for question in one.questions]
    pilots = [question.person.pilot for _, question in asked]
    starts = [one.starts_at.astimezone(office.zone) for one, _ in asked]
    early, afternoon, late = day_part([start.hour for start in starts])
    table = columns(
        AskingFacts(
            distance_km=[question.distance_km for _, question in asked],
            reach_km=[pilot.reach_km for pilot in pilots],
            remote=[one.remote for one, _ in asked],
            lead_hours=[_hours(one.starts_at - question.made_at) for one, question in asked],
            early=early,
            afternoon=afternoon,
            late=late,
            weekend=[start.weekday() >= 5 for start in starts],
            hours=[_hours(one.ends_at - one.starts_at) for one, _ in asked],
            dates=1,
            urgent=[one.urgent for one, _ in asked],
            topic_wished=[
                one.topic in pilot.topics_wished for (one, _), pilot in zip(asked, pilots, strict=True)
            ],
            topic_sessions=[question.topic_sessions for _, question in asked],
            continuity=[question.continuity for _, question in asked],
            sessions_90d=[question.sessions for _, question in asked],
            messages_7d=[question.messages_7d for _, question in asked],
            messages_28d=[question.messages_28d for _, question in asked],
            answers=[question.known for _, question in asked],
            said_yes=[question.said_yes for _, question in asked],
            unanswered=[question.unanswered for _, question in asked],
            days_since_asked=[
                np.inf if question.last is None else _hours(question.made_at - question.last) / 24
                for _, question in asked
            ],
            active_months=[
                _hours(question.made_at - pilot.active_at) / 24 / 30.44 if pilot.active_at else 0.0
                for (_, question), pilot in zip(asked, pilots, strict=True)
            ],
        )
    )
    return [dict(zip(FEATURES, row, strict=True)) for row in np.round(table, 6).tolist()]


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600
