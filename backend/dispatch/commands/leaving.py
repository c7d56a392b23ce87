"""What becomes of somebody's offers, assignments and requests when her account is erased?"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.accounts.models import User
from backend.dispatch.codes import CancellationReason, RetractionReason, WithdrawalReason
from backend.dispatch.commands.assignments import cancel_assignment
from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.commands.offers import decline_offer
from backend.dispatch.models import (
    AnswerLink,
    Assignment,
    CommissionSalt,
    ConfidentialDetails,
    HelpRequest,
    Offer,
    Override,
    PlanProposal,
    ReportSettlement,
    RequestDraft,
    Suggestion,
)
from backend.dispatch.states import LIVELY, AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import Conflict
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.commands.erasing import address_alone, town_alone
from backend.people.models import HelpSeeker, Pilot


@command
def hand_back(*, by: User, now: datetime) -> None:
    """Give back what is agreed for days to come, so that everybody concerned is told and can look for somebody else."""
    coming = Assignment.objects.filter(
        pilot__user=by, status=AssignmentStatus.CONFIRMED, starts_at__gt=now
    ).order_by("help_request", "pk")
    for assignment_id in list(coming.values_list("pk", flat=True)):
        cancel_assignment(
            assignment_id=assignment_id, reason=CancellationReason.PILOT_PREVENTED.value, by=by, now=now
        )
    waiting = Offer.objects.filter(pilot__user=by, status__in=LIVELY).order_by("help_request", "pk")
    for offer_id in list(waiting.values_list("pk", flat=True)):
        if by.is_active:
            decline_offer(offer_id=offer_id, by=by, now=now)
        else:  # a closed login answers nothing any more
            _take_back(offer_id, now=now)
    for help_request_id in withdrawable(by, now=now):
        withdraw_help_request(
            help_request_id=help_request_id, reason=WithdrawalReason.NOT_NEEDED.value, by=by, now=now
        )


@command
def hand_back_for_client(*, help_seeker_id: UUID, by: User | None, now: datetime) -> None:
    """Withdraw what still runs for somebody without an account; whoever was asked or confirmed is told."""
    for help_request_id in _running(HelpRequest.objects.filter(help_seeker=help_seeker_id), now=now):
        withdraw_help_request(
            help_request_id=help_request_id, reason=WithdrawalReason.NOT_NEEDED.value, by=by, now=now
        )


def check_all_handed_back(pilot: Pilot, *, now: datetime) -> None:
    """Once her row is locked: nobody has asked or commissioned her while she gave back what there was."""
    coming = Assignment.objects.filter(pilot=pilot, status=AssignmentStatus.CONFIRMED, starts_at__gt=now)
    if coming.exists() or Offer.objects.filter(pilot=pilot, status__in=LIVELY).exists():
        raise Conflict("busy_try_again")


def withdrawable(user: User, *, now: datetime) -> list[UUID]:
    """The user's own requests as a help-seeker that still run; one whose session has begun takes its course."""
    return _running(HelpRequest.objects.filter(help_seeker__user=user), now=now)


def running_of(client: HelpSeeker, *, now: datetime) -> list[UUID]:
    """The same of a help-seeker without an account."""
    return _running(HelpRequest.objects.filter(help_seeker=client), now=now)


def _running(requests: QuerySet[HelpRequest], *, now: datetime) -> list[UUID]:
    """Those of them that nobody has begun to serve."""
    open_ = requests.filter(status__in=(HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED))
    begun = Assignment.objects.filter(status=AssignmentStatus.CONFIRMED, starts_at__lte=now)
    return list(
        open_.exclude(pk__in=begun.values("help_request")).order_by("pk").values_list("pk", flat=True)
    )


def _take_back(offer_id: UUID, *, now: datetime) -> None:
    offer = Offer.objects.lock_with_request(offer_id)
    offer.move_to(OfferStatus.RETRACTED, at=now)
    record(
        EventKind.OFFER_RETRACTED,
        subject=offer,
        by=None,
        at=now,
        reason=RetractionReason.OFFICE_DECISION.value,
    )


def forget_pilot(pilot: Pilot) -> None:
    """Empty what dispatch knows of the pilot. Offers and assignments stay, without a word about her."""
    AnswerLink.objects.filter(offer__pilot=pilot).delete()
    Suggestion.objects.filter(pilot=pilot).delete()
    # The record stays whole; which name stood behind a digest can no longer be told.
    CommissionSalt.objects.filter(about=CommissionSalt.About.PILOT, commission__pilot=pilot).delete()
    PlanProposal.objects.filter(pilot=pilot).delete()
    PlanProposal.objects.filter(runner_up=pilot).update(runner_up=None, runner_up_slot=None)
    Offer.objects.filter(pilot=pilot).update(features=None, chance=None)
    for override in Override.objects.filter(offer__pilot=pilot):
        override.note = ""  # that a rule was set aside is counted; why, was said about her
        override.save(update_fields=["note"])
    _empty_settlements(ReportSettlement.objects.filter(assignment__pilot=pilot))


def forget_help_seeker(help_seeker: HelpSeeker) -> None:
    """Empty what was confidential in the requests; of a private place the town alone stays, of others no street."""
    requests = HelpRequest.objects.filter(help_seeker=help_seeker).select_related("meeting_place")
    ConfidentialDetails.objects.filter(help_request__in=requests).delete()
    # What others had begun to write about her requests, too: nobody sends it any more.
    RequestDraft.objects.filter(Q(changes__in=requests) | Q(filed__in=requests)).delete()
    CommissionSalt.objects.filter(
        about=CommissionSalt.About.PLACE, commission__assignment__help_request__in=requests
    ).delete()
    _empty_settlements(ReportSettlement.objects.filter(assignment__help_request__in=requests))
    for help_request in requests:
        place = help_request.meeting_place
        if place is not None:
            (town_alone if place.private else address_alone)(place).save()
    requests.update(gender_wish="")


def _empty_settlements(settlements: QuerySet[ReportSettlement]) -> None:
    """Which report counts stays, for the accounts; what the office wrote about it goes."""
    for settlement in settlements:
        settlement.note = ""
        settlement.save(update_fields=["note"])
