"""What waits for a coordinator: one annotated query for the lists, one for the numbers on the tabs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Organisation, User
from backend.accounts.roles import Role
from backend.dispatch.models import HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.people.models import Pilot
from backend.people.states import PilotStatus
from notifications.models import Delivery

OPEN, ASSIGNED = HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED
APPLYING = (PilotStatus.APPLICANT, PilotStatus.IN_TRAINING)


@dataclass(frozen=True)
class View:
    """One tab: its name in the address, its words, and which requests it holds."""

    slug: str
    text: Promise
    rows: Callable[[], Q]


VIEWS = (
    View("neu", _("New"), lambda: Q(status=OPEN, is_asked=False, has_yes=False)),
    View("bestaetigen", _("Yes received: confirm"), lambda: Q(status=OPEN, has_yes=True)),
    View("wartet", _("Waiting for answers"), lambda: Q(status=OPEN, is_asked=True, has_yes=False)),
    View("bestaetigt", _("Confirmed"), lambda: Q(status=ASSIGNED)),
    View("alle", _("All"), lambda: Q()),
)


def office_ids(user: User) -> set[UUID]:
    """The offices the user coordinates."""
    return user.office_ids(Role.COORDINATOR)


def help_requests(user: User, *, now: datetime) -> QuerySet[HelpRequest]:
    """Requests of the user's offices with `is_asked`, `has_yes`, `next_date`; what comes first stands first."""
    offers = Offer.objects.filter(help_request=OuterRef("pk"))
    still_yes = Q(status=OfferStatus.ACCEPTED) | Q(status=OfferStatus.RESERVE, reaffirmed_at__isnull=False)
    coming = HelpRequestSlot.objects.filter(help_request=OuterRef("pk"), starts_at__gt=now)
    return (
        HelpRequest.objects.filter(office__in=office_ids(user))
        .annotate(
            is_asked=Exists(offers.filter(status=OfferStatus.PENDING)),
            has_yes=Exists(offers.filter(still_yes)),
            next_date=Subquery(coming.order_by("starts_at").values("starts_at")[:1]),
        )
        .select_related("office", "organisation", "meeting_place", "help_seeker")
        .prefetch_related("slots")
        .order_by("-urgent", "next_date", "-created_at", "-pk")
    )


@dataclass(frozen=True)
class Tab:
    slug: str
    text: Promise
    count: int
    current: bool


def tabs(user: User, current: str, *, now: datetime) -> list[Tab]:
    """Every tab with how much waits behind it."""
    counts = (
        help_requests(user, now=now)
        .order_by()
        .aggregate(**{view.slug: Count("pk", filter=view.rows()) for view in VIEWS if view.slug != "alle"})
    )
    return [
        Tab(view.slug, view.text, counts.get(view.slug, 0), current=view.slug == current) for view in VIEWS
    ]


def rows_of(user: User, slug: str, *, now: datetime) -> QuerySet[HelpRequest]:
    """The requests behind a tab; all of them for a tab we do not know."""
    view = next((view for view in VIEWS if view.slug == slug), VIEWS[-1])
    return help_requests(user, now=now).filter(view.rows())


@dataclass(frozen=True)
class Around:
    """What else waits, beside the requests."""

    applicants: int
    organisations: int
    failed_messages: int


def around(user: User) -> Around:
    """Applicants, organisations to approve, messages that did not arrive."""
    offices = office_ids(user)
    return Around(
        applicants=Pilot.objects.filter(office__in=offices, status__in=APPLYING).count(),
        organisations=waiting_organisations(user).count(),
        failed_messages=Delivery.objects.visible_to(user).failed().count(),
    )


def waiting_organisations(user: User) -> QuerySet[Organisation]:
    """Registered with one of the user's offices and not approved yet."""
    return Organisation.objects.filter(offices__in=office_ids(user), approved_at=None).distinct()
