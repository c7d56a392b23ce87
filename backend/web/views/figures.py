"""The yearly report and the gap radar: on a page, as files, and down to the requests behind a row."""

from typing import cast

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.dispatch.codes import Setting
from backend.dispatch.models import HelpRequest
from backend.errors import NotThere
from backend.moments import day_in_words
from backend.reporting.discretion import FEWEST
from backend.reporting.export import csv_lines, workbook
from backend.reporting.periods import Period, named_period, quarter_of, year_of
from backend.reporting.rows import REMOTE, UNMET, material, requests_filed
from backend.web.figures.report import report
from backend.web.forms.figures import PeriodForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.offices import ChosenOffice, chosen_office

PAGE = 50
YEARS_BACK = 2
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@gated(Gate.STAFF)
@require_safe
def figures(request: SignedInRequest) -> HttpResponse:
    """All figures of one office and period; whoever does not work on its cases sees no small counts."""
    chosen, now = chosen_office(request, request.user), timezone.now()
    period, form = _period(request, chosen)
    context = {
        "chosen": chosen,
        "period": period,
        "choices": _choices(chosen),
        "form": form,
        "address": _address(chosen, period),
        "fewest": FEWEST,
        "report": report(material(chosen.office, period, now=now), for_office=chosen.reads_cases),
    }
    return render(request, "web/office/figures.html", context, status=422 if form.errors else 200)


@gated(Gate.STAFF)
@require_safe
def figures_csv(request: SignedInRequest) -> HttpResponse:
    """All tables, or the one that the address names; small counts are hidden."""
    chosen = chosen_office(request, request.user)
    period, _form = _period(request, chosen)
    sheets = report(material(chosen.office, period, now=timezone.now()), for_office=False).sheets
    wanted = request.GET.get("tabelle", "")
    if wanted:
        sheets = [one for one in sheets if one.slug == wanted]
    if not sheets:
        raise NotThere("table_unknown")
    name = _file_name(chosen, period, "csv", wanted)
    answer = StreamingHttpResponse(csv_lines(sheets), content_type=CSV, headers=_as_file(name))
    return cast(HttpResponse, answer)


@gated(Gate.STAFF)
@require_safe
def figures_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as one spreadsheet, a leaf per table."""
    chosen, now = chosen_office(request, request.user), timezone.now()
    period, _form = _period(request, chosen)
    made = report(material(chosen.office, period, now=now), for_office=False)
    about = [
        (_("Figures"), chosen.office.name),
        (_("Period"), f"{day_in_words(period.first, short=True)} – {day_in_words(period.last, short=True)}"),
        (_("Made on"), day_in_words(chosen.office.local_date(now), short=True)),
        (_("Small counts"), _("Counts below %(fewest)s are hidden.") % {"fewest": FEWEST}),
        *(
            (figure.label, " · ".join(filter(None, (figure.value, figure.note))))
            for figure in made.key_figures
        ),
    ]
    return HttpResponse(
        workbook(made.sheets, about=about),
        content_type=XLSX,
        headers=_as_file(_file_name(chosen, period, "xlsx")),
    )


@gated(Gate.COORDINATOR)
@require_safe
def figures_requests(request: SignedInRequest) -> HttpResponse:
    """The requests behind one row of a table."""
    chosen = chosen_office(request, request.user)
    if not chosen.reads_cases:
        raise NotThere("office_unknown")
    period, _form = _period(request, chosen)
    table, key = request.GET.get("tabelle", ""), request.GET.get("zeile", "")
    found = (
        HelpRequest.objects.visible_to(request.user)
        .filter(_stands_in(table, key), pk__in=requests_filed(chosen.office, period).values("pk"))
        .select_related("office", "organisation", "meeting_place")
        .prefetch_related("slots")
        .order_by("created_at", "pk")
    )
    context = {
        "chosen": chosen,
        "period": period,
        "address": _address(chosen, period),
        "page": Paginator(found, PAGE).get_page(request.GET.get("seite")),
        "unmet_only": table in UNMET_TABLES,
    }
    return render(request, "web/office/figures_requests.html", context)


UNMET_TABLES = {"gaps", "reasons"}


def _stands_in(table: str, key: str) -> Q:
    """What the requests behind a row have in common, as `RequestRow` counts them."""
    unmet = Q(status=UNMET)
    match table:
        case "reasons":
            return unmet & Q(unfilled_reason=key)
        case "gaps":
            return unmet & Q(languages__0=key)
        case "balance" | "language":
            return Q(languages__0=key)
        case "topic":
            return Q(topic=key)
        case "organisation":
            return Q(organisation__name=key) if key else Q(organisation=None)
        case "postcode":
            on_site = Q(setting=Setting.ON_SITE) & ~Q(meeting_place__postcode="")
            return on_site & Q(meeting_place__postcode=key) if key != REMOTE else ~on_site
    return Q(pk__in=())


def _period(request: SignedInRequest, chosen: ChosenOffice) -> tuple[Period, PeriodForm]:
    """What the address names, else the present year; the form holds what was typed."""
    named = named_period(request.GET.get("zeitraum", ""))
    default = named or year_of(chosen.office.local_date(timezone.now()).year)
    if named is None and ("von" in request.GET or "bis" in request.GET):
        form = PeriodForm(request.GET)
        return (form.period() if form.is_valid() else default), form
    return default, PeriodForm(initial={"von": default.first, "bis": default.last})


def _choices(chosen: ChosenOffice) -> list[tuple[Period, str]]:
    """The quarters of this year so far, and the last years."""
    today = chosen.office.local_date(timezone.now())
    years = [year_of(today.year - back) for back in range(YEARS_BACK + 1)]
    quarters = [quarter_of(today.year, number) for number in range(1, (today.month + 2) // 3 + 1)]
    return [
        *((one, str(one.first.year)) for one in years),
        *(
            (one, _("Quarter %(number)s, %(year)s") % {"number": one.name[-1], "year": one.first.year})
            for one in reversed(quarters)
        ),
    ]


def _address(chosen: ChosenOffice, period: Period) -> str:
    """Office and period for the addresses of files and rows."""
    days = f"zeitraum={period.name}" if period.name else f"von={period.first}&bis={period.last}"
    return f"leitstelle={chosen.office.slug}&{days}"


def _file_name(chosen: ChosenOffice, period: Period, ending: str, table: str = "") -> str:
    days = period.name or f"{period.first}_{period.last}"
    return "-".join(filter(None, ("ilos", chosen.office.slug, days, table))) + f".{ending}"


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
