"""Which query parameters narrow a list."""

from datetime import date as Day
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import (
    BooleanFilter,
    CharFilter,
    ChoiceFilter,
    DateFilter,
    FilterSet,
    UUIDFilter,
)

from backend.accounts.roles import OrganisationKind
from backend.dispatch.states import AcceptanceStatus, AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.people.codes import Topic
from backend.people.profile import checked_language
from backend.people.states import PilotStatus
from notifications.states import DeliveryStatus


class PilotFilter(FilterSet):
    status = ChoiceFilter(choices=PilotStatus.choices)
    office = UUIDFilter(field_name="pilot_offices__office")
    language = CharFilter(method="speaking", max_length=16)

    def speaking(self, rows: QuerySet[Any], name: str, code: str) -> QuerySet[Any]:
        return rows.filter(skills__language=checked_language(code))


class HelpSeekerFilter(FilterSet):
    office = UUIDFilter(field_name="office")
    organisation = UUIDFilter(field_name="organisation")
    case_key = CharFilter(field_name="case_key", max_length=40)


class HelpRequestFilter(FilterSet):
    status = ChoiceFilter(choices=HelpRequestStatus.choices)
    topic = ChoiceFilter(choices=Topic.choices)
    language = CharFilter(method="asking_for", max_length=16)
    office = UUIDFilter(field_name="office")
    organisation = UUIDFilter(field_name="organisation")
    help_seeker = UUIDFilter(field_name="help_seeker")
    reference = CharFilter(field_name="reference", max_length=16)
    urgent = BooleanFilter(field_name="urgent")
    date = DateFilter(method="on", label="a local date on which one of the dates lies")

    def asking_for(self, rows: QuerySet[Any], name: str, code: str) -> QuerySet[Any]:
        return rows.filter(languages__contains=[checked_language(code)])

    def on(self, rows: QuerySet[Any], name: str, day: Day) -> QuerySet[Any]:
        return rows.filter(slots__starts_at__date=day).distinct()


class AcceptanceVersionFilter(FilterSet):
    status = ChoiceFilter(choices=AcceptanceStatus.choices)
    office = UUIDFilter(field_name="office")


class OfferFilter(FilterSet):
    status = ChoiceFilter(choices=OfferStatus.choices)
    help_request = UUIDFilter(field_name="help_request")
    pilot = UUIDFilter(field_name="pilot")


class AssignmentFilter(FilterSet):
    status = ChoiceFilter(choices=AssignmentStatus.choices)
    help_request = UUIDFilter(field_name="help_request")
    pilot = UUIDFilter(method="of_pilot")
    date = DateFilter(field_name="starts_at", lookup_expr="date")

    def of_pilot(self, rows: QuerySet[Any], name: str, pilot: Any) -> QuerySet[Any]:
        return rows.filter(pilot=pilot)


class OrganisationFilter(FilterSet):
    kind = ChoiceFilter(choices=OrganisationKind.choices)
    office = UUIDFilter(field_name="offices")
    approved = BooleanFilter(field_name="approved_at", lookup_expr="isnull", exclude=True)


class DeliveryFilter(FilterSet):
    """Without a status: those that failed, because somebody has to do something about them."""

    status = ChoiceFilter(choices=DeliveryStatus.choices)
    subject = UUIDFilter(field_name="subject_id")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["status"] else rows.filter(status=DeliveryStatus.FAILED)


class AbsenceFilter(FilterSet):
    coming = BooleanFilter(method="not_over")

    def not_over(self, rows: QuerySet[Any], name: str, coming: bool) -> QuerySet[Any]:
        return rows.filter(end_date__gte=timezone.localdate()) if coming else rows


class AccessFilter(FilterSet):
    reader = UUIDFilter(field_name="reader_id")
    subject = UUIDFilter(field_name="subject_id")
    reason = CharFilter(field_name="reason", max_length=40)
