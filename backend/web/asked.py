"""What has somebody asked for, where does each request stand, and what is the next step?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.dispatch.models import Assignment, HelpRequest, RequestDraft
from backend.dispatch.queries import with_progress
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus
from backend.language_names import language_name
from backend.people.codes import Topic
from backend.reader import listed
from backend.web.status_texts import request_state

RUNNING = (HelpRequestStatus.DRAFT, HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED)
OPEN, PAST = "offen", "vergangen"


@dataclass(frozen=True)
class Tab:
    slug: str
    text: str
    count: int
    current: bool


@dataclass(frozen=True)
class NextStep:
    """What whoever asked can do now; without an address it is for others to act."""

    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class Row:
    """Needs the counts of dispatch.queries.with_progress."""

    help_request: HelpRequest
    coming: Sequence[Assignment]
    now: datetime

    @cached_property
    def next_step(self) -> NextStep:
        return next_step(self.help_request, self.coming, now=self.now)

    @property
    def date(self) -> datetime | None:
        """The one that was confirmed, else the first of those that would suit."""
        first: datetime | None = self.help_request.first_date  # type: ignore[attr-defined]
        return self.coming[0].starts_at if self.coming else first

    @property
    def state(self) -> str:
        assigned = self.help_request.status == HelpRequestStatus.ASSIGNED
        if assigned and self.coming and self.coming[0].starts_at <= self.now:
            return _("The appointment is over.")
        return request_state(self.help_request)


@dataclass(frozen=True)
class DraftRow:
    draft: RequestDraft
    title: str
    url: str


def tabs(user: User, chosen: str) -> list[Tab]:
    """Those something is still to come of, and the others."""
    running = Q(status__in=RUNNING)
    counts = HelpRequest.objects.visible_to(user).aggregate(
        running=Count("pk", filter=running), over=Count("pk", filter=~running)
    )
    current = PAST if chosen == PAST else OPEN
    return [
        Tab(OPEN, _("In progress"), counts["running"], current == OPEN),
        Tab(PAST, _("Over"), counts["over"], current == PAST),
    ]


def requests_of(user: User, chosen: str) -> QuerySet[HelpRequest]:
    """The requests of one tab, the newest first, with what a row shows."""
    mine = HelpRequest.objects.visible_to(user)
    mine = mine.exclude(status__in=RUNNING) if chosen == PAST else mine.filter(status__in=RUNNING)
    confirmed = Assignment.objects.live().prefetch_related("reports")
    return (
        with_progress(mine)
        .select_related("office", "help_seeker", "organisation")
        .prefetch_related(Prefetch("assignments", queryset=confirmed, to_attr="coming"))
        .order_by("-created_at", "-pk")
    )


def rows(found: Iterable[HelpRequest], *, now: datetime) -> list[Row]:
    return [Row(one, one.coming, now) for one in found]  # type: ignore[attr-defined]


def next_step(help_request: HelpRequest, coming: Sequence[Assignment], *, now: datetime) -> NextStep:
    """The one thing to do next."""
    if unreported := next((one for one in coming if _waits_for_report(one, now)), None):
        return NextStep(_("Please say how it went. It takes half a minute."), _page(unreported), _("Report"))
    if confirmed := next((one for one in coming if one.starts_at > now), None):
        card = _("Give your client the card: who comes, when and where.")
        if help_request.help_seeker.user_id:
            card = _("Take your card with you: who comes, when and where.")
        return NextStep(card, _page(confirmed), _("Who is coming?"))
    again = f"{reverse('web:new_request')}?wie={help_request.pk}"
    match help_request.status:
        case HelpRequestStatus.OPEN | HelpRequestStatus.ASSIGNED:
            return NextStep(_("You need not do anything. We write to you."))
        case HelpRequestStatus.UNFILLED:
            return NextStep(_("Another date, or phone or video, may work."), again, _("Ask again"))
    return NextStep("", again, _("Ask again"))


def draft_rows(user: User) -> list[DraftRow]:
    """What the user has begun and not sent, with what it was about as far as that was typed."""
    drafts = RequestDraft.objects.visible_to(user).unsent().select_related("changes")
    return [DraftRow(draft, _title(draft), _address(draft, user)) for draft in drafts]


def drafts_page(user: User) -> str:
    """Where the user finds her drafts."""
    caller = user.has_role(Role.COORDINATOR) and not user.organisation_ids()
    return reverse("web:request_for_caller" if caller else "web:my_requests")


def _title(draft: RequestDraft) -> str:
    values = draft.values
    topic, language = values.get("topic", ""), values.get("language", "")
    named = [str(capfirst(Topic(topic).label))] if topic in Topic.values else []
    if language:
        named.append(language_name(language))
    return listed(named) or _("New request")


def _address(draft: RequestDraft, user: User) -> str:
    if draft.changes_id:
        page = reverse("web:change_request", args=[draft.changes_id])
    elif drafts_page(user) == reverse("web:request_for_caller"):
        page = reverse("web:request_for_caller")
    else:
        page = reverse("web:new_request")
    return f"{page}?entwurf={draft.pk}"


def _waits_for_report(assignment: Assignment, now: datetime) -> bool:
    if assignment.starts_at > now or assignment.status not in {
        AssignmentStatus.CONFIRMED,
        AssignmentStatus.COMPLETED,
    }:
        return False
    return not any(not report.by_pilot for report in assignment.reports.all())


def _page(assignment: Assignment) -> str:
    return reverse("web:assignment", args=[assignment.pk])
