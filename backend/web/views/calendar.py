"""The office's calendar: what is settled, what is open, and where nobody could come."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backend.accounts.roles import Role
from backend.errors import NotThere
from backend.moments import YEARS
from backend.web.calendar_page import Span, calendar_page, month_of, week_of
from backend.web.gates import Gate, SignedInRequest, gated

LIST = "liste"


@gated(Gate.COORDINATOR)
@require_safe
def calendar(request: SignedInRequest) -> HttpResponse:
    """A month or a week, as a table or as a list: the same entries."""
    offices = request.user.offices_as(Role.COORDINATOR)
    if not offices:
        raise NotThere("office_unknown")
    now = timezone.now()
    today = offices[0].local_date(now)
    span = _span(request, today)
    page = calendar_page(offices, span, by=request.user, now=now, with_names=span.scope == "week")
    context = {
        "calendar": page,
        "span": span,
        "today": today,
        "as_list": request.GET.get("als") == LIST,
        "param": "woche" if span.scope == "week" else "monat",
        "weekdays": range(7),
    }
    return render(request, "web/office/calendar.html", context)


def _span(request: SignedInRequest, today: date) -> Span:
    """The week or month that the address names by one of its days; this month otherwise."""
    if (day := _day(request.GET.get("woche", ""))) is not None:
        return week_of(day)
    return month_of(_day(request.GET.get("monat", "")) or today)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(f"{text}-01" if len(text) == len("2026-11") else text)
    except ValueError:
        return None
    return day if YEARS[0] < day.year < YEARS[1] else None
