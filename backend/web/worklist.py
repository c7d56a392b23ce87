"""What waits for a coordinator: one annotated query for the lists, one for the numbers on the tabs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Organisation, User
from backend.accounts.roles import Role
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.queries import count_of
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus
from backend.people.models import Pilot
from backend.people.states import PilotStatus

OPEN, ASSIGNED = HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED
APPLYING = (PilotStatus.APPLICANT, PilotStatus.IN_TRAINING)
SOON = timedelta(days=3)  # nobody has said yes and it starts that soon: it runs out of time
CONFIRM, SUGGEST, CLOSE, CALL, LOOK = "confirm", "suggest", "close", "call", "look"


@dataclass(frozen=True)
class View:
    """One tab: its name in the address, its words, and which requests it holds."""

    slug: str
    text: Promise
    rows: Callable[[datetime], Q]


def _runs_out(now: datetime) -> Q:
    return Q(status=OPEN, has_yes=False) & (Q(next_date=None) | Q(next_date__lte=now + SOON))


VIEWS = (
    View("neu", _("New"), lambda now: Q(status=OPEN, is_asked=False, has_yes=False)),
    View("bestaetigen", _("Yes received: confirm"), lambda now: Q(status=OPEN, has_yes=True)),
    View("eilt", _("Running out of time"), _runs_out),
    View("ausfall", _("Dropped out"), lambda now: Q(status=OPEN, has_drop_out=True)),
    View("wartet", _("Waiting for answers"), lambda now: Q(status=OPEN, is_asked=True, has_yes=False)),
    View("bestaetigt", _("Confirmed"), lambda now: Q(status=ASSIGNED)),
    View("alle", _("All"), lambda now: Q()),
)
SLUGS = tuple(view.slug for view in VIEWS)


def office_ids(user: User) -> set[UUID]:
    """The offices the user coordinates."""
    return user.office_ids(Role.COORDINATOR)


def help_requests(user: User, *, now: datetime) -> QuerySet[HelpRequest]:
    """Requests of the user's offices with `is_asked`, `has_yes`, `has_drop_out` and `next_date`."""
    offers = Offer.objects.filter(help_request=OuterRef("pk"))
    coming = HelpRequestSlot.objects.filter(help_request=OuterRef("pk"), starts_at__gt=now)
    gone = (AssignmentStatus.CANCELLED, AssignmentStatus.MISSED)
    return HelpRequest.objects.filter(office__in=office_ids(user)).annotate(
        is_asked=Exists(offers.pending()),
        has_yes=Exists(offers.saying_yes()),
        has_drop_out=Exists(Assignment.objects.filter(help_request=OuterRef("pk"), status__in=gone)),
        next_date=Subquery(coming.order_by("starts_at").values("starts_at")[:1]),
    )


@dataclass(frozen=True)
class Tab:
    slug: str
    text: Promise
    count: int
    current: bool


def tabs(found: QuerySet[HelpRequest], current: str, *, now: datetime) -> list[Tab]:
    """Every tab with how much waits behind it; only what is not finished is counted."""
    counts = (
        found.filter(status__in=(OPEN, ASSIGNED))
        .order_by()
        .aggregate(**{view.slug: Count("pk", filter=view.rows(now)) for view in VIEWS[:-1]})
    )
    return [
        Tab(view.slug, view.text, counts.get(view.slug, 0), current=view.slug == current) for view in VIEWS
    ]


def tabs_at(found: list[Tab], current: str) -> list[Tab]:
    """The same tabs, opened at this one."""
    return [replace(tab, current=tab.slug == current) for tab in found]


def rows_of(found: QuerySet[HelpRequest], slug: str, *, now: datetime) -> QuerySet[HelpRequest]:
    """The requests behind a tab, all of them for a tab we do not know; what comes first stands first."""
    view = next((view for view in VIEWS if view.slug == slug), VIEWS[-1])
    offers = Offer.objects.filter(help_request=OuterRef("pk"))
    best_yes = offers.saying_yes().order_by(F("suggestion__rank").asc(nulls_last=True), "accepted_at", "pk")
    return (
        found.filter(view.rows(now))
        .annotate(
            yes_offer=Subquery(best_yes.values("pk")[:1]),
            yes_count=count_of(offers.saying_yes()),
            asked_count=count_of(offers.pending()),
            answer_by=Subquery(offers.pending().order_by("expires_at").values("expires_at")[:1]),
        )
        .select_related("office", "organisation", "meeting_place", "help_seeker")
        .prefetch_related("slots")
        # What is still to be worked on first; among it what is urgent, then what begins first.
        .annotate(is_over=ExpressionWrapper(~Q(status__in=(OPEN, ASSIGNED)), output_field=BooleanField()))
        .order_by("is_over", "-urgent", F("next_date").asc(nulls_last=True), "-created_at", "-pk")
    )


@dataclass(frozen=True)
class Row:
    """One request of the list with the step that comes next."""

    help_request: HelpRequest
    step: str
    runs_out: bool


def row_of(found: HelpRequest, *, now: datetime) -> Row:
    """What is to be done next with a request out of rows_of."""
    shown: Any = found
    runs_out = (
        found.status == OPEN
        and not shown.has_yes
        and (shown.next_date is None or shown.next_date <= now + SOON)
    )
    if found.status != OPEN:
        step = LOOK
    elif shown.next_date is None:
        step = CLOSE
    elif shown.has_yes:
        step = CONFIRM
    elif shown.is_asked:
        step = CALL if runs_out else LOOK
    else:
        step = SUGGEST
    return Row(found, step, runs_out)


def waiting_organisations(user: User) -> QuerySet[Organisation]:
    """Registered with one of the user's offices and not approved yet."""
    return Organisation.objects.filter(offices__in=office_ids(user), approved_at=None).distinct()


def applicants(user: User) -> QuerySet[Pilot]:
    """Those who would like to become pilots of one of the user's offices."""
    return Pilot.objects.filter(office__in=office_ids(user), status__in=APPLYING)
