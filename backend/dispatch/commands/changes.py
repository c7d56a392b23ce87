"""What follows when a request is changed after it was sent: who was asked for what no longer holds is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from backend.accounts.models import User
from backend.accounts.permissions import Permission, may
from backend.dispatch import commissioning, permissions, policies
from backend.dispatch.codes import CancellationReason, RetractionReason, Setting
from backend.dispatch.commands.help_requests import Confidential, Need
from backend.dispatch.commands.meeting_places import (
    MeetingPlace,
    check_no_flat,
    left_out_of,
    locate_meeting_place,
)
from backend.dispatch.commands.series import carry_on
from backend.dispatch.models import Assignment, ConfidentialDetails, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.states import LIVELY, AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import Conflict, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.commands.places import place_from
from backend.people.models import Place
from backend.people.profile import checked_language
from geo.locating import Located

NEED_FIELDS = ("topic", "service_kind", "setting")


@dataclass(frozen=True)
class Change:
    """What was changed, by part, and what followed from it.

    Parts: `need`, `place`, `dates`, `details` (meeting point, contact, note), `wishes` (asked less strictly, urgent).
    """

    help_request: HelpRequest
    parts: tuple[str, ...]
    retracted: int = 0  # asked and not answered yet
    released: int = 0  # had said yes
    cancelled: tuple[UUID, ...] = ()  # assignments that no longer hold
    kept: tuple[UUID, ...] = ()  # assignments that do
    digest: str = (
        ""  # of the request before, what is asked now and what follows: the same as long as nothing moves
    )


@command
def change_help_request(
    *,
    help_request_id: UUID,
    need: Need,
    where: MeetingPlace | None,
    confidential: Confidential,
    by: User,
    now: datetime,
    seen: str | None = None,
) -> Change:
    """Ask for something else, or for another time or place; how many pilots come stays as it was.

    Whoever said yes to what is no longer asked is told and free again; the office then asks anew. What pilots have
    agreed to and what stays as it was holds. Raises RuleViolated where nothing is different; Conflict where `seen`,
    the digest of what was foreseen, is not what follows any more.
    """
    help_request = HelpRequest.objects.lock(help_request_id)
    permissions.check_may_change(by, help_request)
    policies.check_may_be_changed(help_request)
    policies.check_matter(need.matter, office=help_request.office)
    policies.check_need(required_level=need.required_level, seats=help_request.seats)
    located = _located(help_request, need, where)
    dates = _Dates.of(help_request, need.slots)
    policies.check_changed_slots(
        need.slots, added=dates.added, office=help_request.office, urgent=need.urgent, now=now
    )
    to_the_door = left_out_of(located, where) if where and located else ""
    details = ConfidentialDetails.objects.filter(help_request=help_request).first()
    meeting_point = confidential.meeting_point
    if details and (to_the_door or not (located and located.private)):
        meeting_point = details.without_home(meeting_point)  # the street of before is not where they meet
    wanted = Confidential(
        meeting_point=", ".join(filter(None, (to_the_door, meeting_point))),
        contact_on_site=confidential.contact_on_site,
        note=confidential.note,
    )
    parts = _parts(help_request, need, located, dates, wanted)
    if not parts:
        raise RuleViolated("nothing_changed")
    if "place" in parts and where and located:
        check_no_flat(where, located, office=help_request.office)

    anew = "need" in parts or "place" in parts
    cancelled, kept = _settle_assignments(help_request, dates.dropped, anew, by=by, now=now)
    retracted, released = _settle_offers(help_request, dates.dropped, anew, by=by, now=now)
    outcome = (parts, retracted, released, cancelled, kept)
    digest = _digest(help_request, need, located, wanted, outcome)
    if seen is not None and not constant_time_compare(seen, digest):
        raise Conflict("changed_meanwhile")
    dates.save(help_request)
    if anew:
        help_request.asked_anew_at = now
    _write(help_request, need, located, wanted, parts, home=to_the_door)
    record(EventKind.HELP_REQUEST_CHANGED, subject=help_request, by=by, at=now, parts=list(parts))
    if cancelled and help_request.status == HelpRequestStatus.ASSIGNED:
        help_request.move_to(HelpRequestStatus.OPEN, at=now)
        reason = CancellationReason.REQUEST_CHANGED.value
        record(EventKind.HELP_REQUEST_REOPENED, subject=help_request, by=by, at=now, reason=reason)
        _ask_reserve(help_request, by=by, now=now)
    if help_request.status == HelpRequestStatus.OPEN:
        carry_on(help_request, by=by, now=now)
    return Change(help_request, *outcome, digest)


@dataclass(frozen=True)
class _Dates:
    """Which dates stay, which are taken back, and which are new."""

    dropped: list[HelpRequestSlot]
    added: list[tuple[datetime, datetime]]

    @classmethod
    def of(cls, help_request: HelpRequest, wanted: Sequence[tuple[datetime, datetime]]) -> "_Dates":
        known = {(slot.starts_at, slot.ends_at): slot for slot in help_request.slots.all()}
        return cls(
            dropped=[slot for span, slot in known.items() if span not in set(wanted)],
            added=[span for span in wanted if span not in known],
        )

    def save(self, help_request: HelpRequest) -> None:
        """Dates taken back stay where offers and assignments point to them."""
        HelpRequestSlot.objects.filter(pk__in=[slot.pk for slot in self.dropped]).update(
            help_request=None, dropped_from=help_request
        )
        HelpRequestSlot.objects.bulk_create(
            HelpRequestSlot(help_request=help_request, starts_at=starts_at, ends_at=ends_at)
            for starts_at, ends_at in sorted(self.added)
        )


def _located(help_request: HelpRequest, need: Need, where: MeetingPlace | None) -> Located | None:
    if need.setting != Setting.ON_SITE:
        return None
    if where is None:
        raise RuleViolated("meeting_place_missing", field="postcode")
    return locate_meeting_place(where, organisation=help_request.organisation)


def _parts(
    help_request: HelpRequest, need: Need, located: Located | None, dates: _Dates, wanted: Confidential
) -> tuple[str, ...]:
    details = ConfidentialDetails.objects.filter(help_request=help_request).first()
    known = Confidential(details.meeting_point, details.contact_on_site, details.note) if details else None
    strict = _binds(help_request, need)
    found = {
        "need": strict,
        "place": not _same_place(help_request.meeting_place, located),
        "dates": bool(dates.dropped or dates.added),
        "details": (known or Confidential()) != wanted,
        "wishes": not strict and _wishes(help_request) != _wishes(need),
    }
    return tuple(part for part, changed in found.items() if changed)


def _digest(
    old: HelpRequest, need: Need, located: Located | None, wanted: Confidential, outcome: tuple[object, ...]
) -> str:
    """What stands for the request as it is, what is asked for now, and what follows from the difference."""
    place, details = old.meeting_place, ConfidentialDetails.objects.filter(help_request=old).first()
    before = (
        *(getattr(old, name) for name in (*NEED_FIELDS, "languages", "status", "seats")),
        *_wishes(old),
        sorted((slot.starts_at.isoformat(), slot.ends_at.isoformat()) for slot in old.slots.all()),
        place and _address(place),
        details and (details.meeting_point, details.contact_on_site, details.note),
    )
    slots = [(start.isoformat(), end.isoformat()) for start, end in need.slots]
    asked = (*(getattr(need, name) for name in NEED_FIELDS), list(need.languages), *_wishes(need), slots)
    after = (*asked, located and _address(located), wanted)
    return salted_hmac("dispatch.change", repr((before, after, outcome))).hexdigest()


def _binds(old: HelpRequest, new: Need) -> bool:
    """Whether something is asked to which nobody has said yes so far."""
    return (
        _languages(old, new) != old.languages
        or any(getattr(old, name) != getattr(new, name) for name in NEED_FIELDS)
        or new.required_level > old.required_level
        or bool(new.gender_wish and new.gender_wish != old.gender_wish)
        or (new.minors and not old.minors)
    )


def _languages(old: HelpRequest, new: Need) -> list[str]:
    """By the codes we keep; those of before where none is named."""
    return list(dict.fromkeys(checked_language(code) for code in new.languages)) or old.languages


def _wishes(asked: HelpRequest | Need) -> tuple[object, ...]:
    return asked.required_level, asked.gender_wish or "", asked.minors, asked.urgent


def _same_place(old: Place | None, new: Located | None) -> bool:
    if old is None or new is None:
        return old is None and new is None
    return _address(old) == _address(new)


def _address(where: Place | Located) -> tuple[object, ...]:
    return where.street, where.postcode, where.place, where.private


def _settle_assignments(
    help_request: HelpRequest, dropped: Sequence[HelpRequestSlot], anew: bool, *, by: User, now: datetime
) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Cancel those that no longer hold; which were cancelled, and which stay."""
    gone = {slot.pk for slot in dropped}
    cancelled, kept = [], []
    side = "coordinator" if may(by, Permission.DISPATCH, office_id=help_request.office_id) else "requester"
    confirmed = Assignment.objects.filter(help_request=help_request, status=AssignmentStatus.CONFIRMED)
    for assignment in confirmed.select_for_update(of=("self",)).select_related("slot"):
        if not anew and assignment.slot_id not in gone:
            kept.append(assignment.pk)
            continue
        policies.check_has_not_begun(assignment, now=now)
        assignment.cancel(CancellationReason.REQUEST_CHANGED, at=now)
        cancelled.append(assignment.pk)
        record(
            EventKind.ASSIGNMENT_CANCELLED,
            subject=assignment,
            by=by,
            at=now,
            reason=CancellationReason.REQUEST_CHANGED.value,
            by_role=side,
        )
        commissioning.note_cancelled(assignment, by=by, now=now)
    return tuple(cancelled), tuple(kept)


def _settle_offers(
    help_request: HelpRequest, dropped: Sequence[HelpRequestSlot], anew: bool, *, by: User, now: datetime
) -> tuple[int, int]:
    """Take back what asks for something else now; how many had not answered yet, and how many had said yes."""
    gone = {slot.pk for slot in dropped}
    waiting = said_yes = 0
    for offer in help_request.offers.filter(status__in=LIVELY).select_for_update(of=("self",)):
        if not anew and _still_asks(offer, gone):
            if offer.status == OfferStatus.PENDING:
                offer.slots.remove(*dropped)
            continue
        waiting += offer.status == OfferStatus.PENDING
        said_yes += offer.status != OfferStatus.PENDING
        offer.help_request = help_request
        offer.move_to(OfferStatus.RETRACTED, at=now)
        reason = RetractionReason.REQUEST_CHANGED.value
        record(EventKind.OFFER_RETRACTED, subject=offer, by=by, at=now, reason=reason)
    return waiting, said_yes


def _still_asks(offer: Offer, gone: set[UUID]) -> bool:
    """Whether the date said yes to, or one of those asked about, is still there."""
    if offer.status == OfferStatus.PENDING:
        return any(slot.pk not in gone for slot in offer.slots.all())
    return offer.accepted_slot_id not in gone


def _write(
    help_request: HelpRequest,
    need: Need,
    located: Located | None,
    wanted: Confidential,
    parts: Sequence[str],
    *,
    home: str,
) -> None:
    old_place = help_request.meeting_place if "place" in parts else None
    if "place" in parts:
        help_request.meeting_place = place_from(located) if located else None
    help_request.languages = _languages(help_request, need)
    for name in (*NEED_FIELDS, "required_level", "minors", "urgent"):
        setattr(help_request, name, getattr(need, name))
    help_request.gender_wish = need.gender_wish or ""
    help_request.save()
    if old_place is not None:
        old_place.delete()
    if "details" in parts:
        details, _made = ConfidentialDetails.objects.get_or_create(help_request=help_request)
        if home or details.without_home(wanted.meeting_point) == wanted.meeting_point:
            details.home = home
        details.meeting_point = wanted.meeting_point
        details.contact_on_site = wanted.contact_on_site
        details.note = wanted.note
        details.save()


def _ask_reserve(help_request: HelpRequest, *, by: User, now: datetime) -> None:
    """Those in reserve for a date that stays are asked whether it still stands."""
    reserve = help_request.offers.filter(status=OfferStatus.RESERVE)
    reserve.update(reaffirmed_at=None)
    for offer in reserve.filter(slots__in=help_request.coming_slots(now=now)).distinct():
        offer.help_request = help_request
        record(EventKind.RESERVE_ASKED, subject=offer, by=by, at=now)
