"""Which commissions does the insurer ask for, and what has become of each?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.accounts.models import Office
from backend.dispatch.models import ActivityReport, Assignment, Commission, CommissionKind, ReportSettlement
from backend.dispatch.states import AssignmentStatus
from backend.people.models import Pilot
from backend.reporting.periods import Period

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Commissioned:
    """One assignment as the record tells it."""

    entry: Commission
    later: list[Commission]  # what came of it, in order

    @property
    def last(self) -> Commission:
        return self.later[-1] if self.later else self.entry

    @property
    def state(self) -> str:
        """An AssignmentStatus."""
        if self.last.kind == CommissionKind.ADOPTED:
            return str(self.last.facts["status"])
        if self.last.kind == CommissionKind.SETTLED:
            return str(AssignmentStatus.COMPLETED if self.last.facts["done"] else AssignmentStatus.MISSED)
        if self.last.kind == CommissionKind.COMMISSIONED:
            return str(AssignmentStatus.CONFIRMED)
        return str(self.last.kind)

    @property
    def is_proven(self) -> bool:
        """Written when it was confirmed, and so before the start; what was adopted proves no time."""
        return self.entry.kind == CommissionKind.COMMISSIONED

    @property
    def ahead(self) -> timedelta:
        """How long before the start."""
        return self.entry.starts_at - self.entry.happened_at


def commissioned_in(office: Office, period: Period) -> list[Commissioned]:
    """All whose appointment lies in the period, by their time."""
    since, until = period.moments(office.zone)
    found = Commission.objects.filter(office=office, starts_at__gte=since, starts_at__lt=until)
    return with_story(found.beginnings().select_related("pilot__identity").order_by("starts_at", "number"))


def with_story(entries: Iterable[Commission]) -> list[Commissioned]:
    """The entries that began something, each with what came after: two queries in all."""
    beginnings = list(entries)
    later: dict[object, list[Commission]] = {}
    rest = Commission.objects.filter(assignment__in=[entry.assignment_id for entry in beginnings])
    begun = {entry.pk for entry in beginnings}
    for entry in rest.order_by("number"):
        if entry.pk not in begun:
            later.setdefault(entry.assignment_id, []).append(entry)
    return [Commissioned(entry, later.get(entry.assignment_id, [])) for entry in beginnings]


def story_of(assignment: Assignment) -> Commissioned | None:
    """The one of this assignment; None where the record does not know it."""
    entry = Commission.objects.beginnings().filter(assignment=assignment.pk).select_related("office").first()
    return with_story([entry])[0] if entry else None


@dataclass(frozen=True)
class Held:
    """A session that took place: how long it took, by the report that counts, and how far the pilot went."""

    assignment: Assignment
    minutes: int
    km: int | None
    reference: str  # of its entry in the record


def held_by(pilot: Pilot, period: Period) -> list[Held]:
    """What the pilot did in the period, for every office, by its time."""
    since, until = period.moments(pilot.office.zone)
    sessions = list(
        Assignment.objects.filter(
            pilot=pilot, status=AssignmentStatus.COMPLETED, starts_at__gte=since, starts_at__lt=until
        )
        .select_related("office")
        .order_by("starts_at", "pk")
    )
    reports: dict[object, ActivityReport] = {}
    for report in ActivityReport.objects.filter(assignment__in=sessions, done=True).order_by(
        "by_pilot", "pk"
    ):
        reports[report.assignment_id] = report  # the pilot's last, and so it stays where there is one
    kms = {pk: report.km for pk, report in reports.items() if report.by_pilot}
    for settled in ReportSettlement.objects.filter(assignment__in=sessions).select_related("report"):
        reports[settled.assignment_id] = settled.report
    entries = Commission.objects.beginnings().filter(assignment__in=[one.pk for one in sessions])
    references = {entry.assignment_id: entry.reference for entry in entries}
    return [
        Held(
            one,
            minutes=_minutes(reports.get(one.pk), one),
            km=kms.get(one.pk),
            reference=references.get(one.pk, ""),
        )
        for one in sessions
    ]


def _minutes(report: ActivityReport | None, one: Assignment) -> int:
    agreed = (one.ends_at - one.starts_at) // MINUTE
    return (report.minutes if report else None) or agreed


def head_of(office: Office) -> Commission | None:
    """The last entry of the office's chain: whoever keeps its digest sees later whether the chain was rewritten."""
    return Commission.objects.filter(office=office).order_by("-number").first()


def total_minutes(held: Sequence[Held]) -> int:
    return sum(one.minutes for one in held)


def local(moment: datetime, office: Office) -> datetime:
    """By the clock on the office's wall."""
    return moment.astimezone(office.zone)
