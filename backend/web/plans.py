"""How a stored plan becomes rows that a page can show."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.dispatch.models import HelpRequest, PlanProposal, PlanRun
from backend.dispatch.policies import still_says_yes
from backend.dispatch.states import HelpRequestStatus
from backend.drawing import shares
from backend.moments import moment_in_words
from backend.people.models import Pilot
from backend.plan_texts import open_reason, regret_reason, scarce_reason
from backend.web.ranking import Reason, names_of, reason_of


@dataclass(frozen=True)
class ProposalRow:
    """One pairing with the words for it; `instead` says what the runner-up would cost."""

    proposal: PlanProposal
    name: str
    language: str | None
    reasons: list[Reason]
    instead: str

    @property
    def help_request(self) -> HelpRequest:
        return self.proposal.help_request

    @property
    def zone(self) -> str:
        return self.help_request.office.time_zone

    @property
    def cost(self) -> float | None:
        """What the runner-up costs the plan, drawn up to 1; None where there is none, or nothing to compare."""
        regret = self.proposal.regret
        if regret is None or self.proposal.held:
            return None
        return min(max(regret, 0.0), 1.0)

    @property
    def may_be_asked(self) -> bool:
        return self.proposal.offer is None and not self.proposal.held

    @property
    def awaits_confirmation(self) -> bool:
        """Whether the pilot has said yes and the next step is the office's."""
        offer = self.proposal.offer
        return offer is not None and still_says_yes(offer)


@dataclass(frozen=True)
class LeftOpen:
    """Requests that nobody, or not enough, would take, for one and the same reason."""

    reason: str
    help_requests: list[HelpRequest]


@dataclass(frozen=True)
class PlanPage:
    """A plan as its page shows it."""

    plan_run: PlanRun
    zone: str
    new_requests: int  # that have come in since
    to_ask: list[ProposalRow]
    asked: list[ProposalRow]
    left_open: list[LeftOpen]
    scarce: list[str]

    @property
    def open_count(self) -> int:
        return sum(len(group.help_requests) for group in self.left_open)

    @property
    def drawn(self) -> SafeString:
        """How the requests divide: to ask for, asked for, left open."""
        return shares(
            [len(self.to_ask), len(self.asked), self.open_count],
            about=_("Proposals, questions already asked, and requests that stay open, as parts of one bar."),
        )


def latest_plan(user: User) -> PlanRun | None:
    """The last plan of the user's own offices."""
    return PlanRun.objects.visible_to(user).prefetch_related("offices").first()


def open_count(user: User) -> int:
    """How many requests a plan of the user's offices would look at."""
    return HelpRequest.objects.filter(
        office__in=user.office_ids(Role.COORDINATOR), status=HelpRequestStatus.OPEN
    ).count()


def plan_page(plan_run: PlanRun, *, by: User, now: datetime) -> PlanPage:
    """All that the page of a plan shows, in a fixed number of queries; the access log knows of the names."""
    proposals = list(
        plan_run.proposals.select_related(
            "help_request__office",
            "help_request__meeting_place",
            "slot",
            "offer",
            "pilot__identity",
            "runner_up__identity",
            "runner_up_slot",
        ).prefetch_related("pilot__pilot_offices", "runner_up__pilot_offices")
    )
    rare = Pilot.objects.select_related("identity").prefetch_related("pilot_offices")
    pilots = {pilot.pk: pilot for pilot in _pilots_of(proposals)}
    missing = {UUID(one["pilot"]) for one in plan_run.scarce} - pilots.keys()
    pilots.update(rare.in_bulk(missing) if missing else {})
    names = names_of(pilots.values(), by=by, now=now)
    rows = [_proposal_row(proposal, names) for proposal in proposals]
    zone = plan_run.offices.all()[0].time_zone
    return PlanPage(
        plan_run,
        zone,
        HelpRequest.objects.filter(
            office__in=plan_run.offices.all(),
            status=HelpRequestStatus.OPEN,
            opened_at__gt=plan_run.created_at,
        ).count(),
        to_ask=[row for row in rows if row.may_be_asked],
        asked=[row for row in rows if not row.may_be_asked],
        left_open=_left_open(plan_run),
        scarce=[scarce_reason(one, names.get(UUID(one["pilot"]), ""), zone) for one in plan_run.scarce],
    )


def _pilots_of(proposals: Iterable[PlanProposal]) -> Iterator[Pilot]:
    for proposal in proposals:
        yield proposal.pilot
        if proposal.runner_up is not None:
            yield proposal.runner_up


def _proposal_row(proposal: PlanProposal, names: Mapping[UUID, str]) -> ProposalRow:
    facts: dict[str, Any] = {part["code"]: part["facts"] for part in proposal.contributions}
    return ProposalRow(
        proposal,
        names[proposal.pilot_id],
        facts["language_fit"]["language"],
        [reason_of(part) for part in proposal.contributions],
        ""
        if proposal.held
        else regret_reason(_runner_up(proposal, names), proposal.regret, proposal.regret_here),
    )


def _runner_up(proposal: PlanProposal, names: Mapping[UUID, str]) -> str | None:
    """The name, with the date where it is another one; None where there is nobody else."""
    if proposal.runner_up_id is None:
        return None
    name, slot = names[proposal.runner_up_id], proposal.runner_up_slot
    if slot is None or slot.pk == proposal.slot_id:
        return name
    return f"{name} ({moment_in_words(slot.starts_at, proposal.help_request.office.time_zone)})"


def _left_open(plan_run: PlanRun) -> list[LeftOpen]:
    """What the plan leaves open, reason by reason, without requests erased since."""
    found = HelpRequest.objects.select_related("office", "meeting_place").in_bulk(
        [UUID(one["help_request"]) for one in plan_run.left_open]
    )
    by_reason: dict[str, list[HelpRequest]] = {}
    for one in plan_run.left_open:
        if help_request := found.get(UUID(one["help_request"])):
            by_reason.setdefault(open_reason(one["code"], one["facts"]), []).append(help_request)
    return [LeftOpen(reason, help_requests) for reason, help_requests in by_reason.items()]
