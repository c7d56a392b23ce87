"""The commission record for people: the list of an office, and its papers for insurer, office and pilot."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.accounts.models import Office, User
from backend.accounts.permissions import Permission, may
from backend.dispatch.commissioning import pilot_words
from backend.dispatch.models import Assignment, CommissionSalt
from backend.dispatch.proof import Anchor, prove, same_words
from backend.dispatch.queries import meeting_place_for
from backend.errors import NotThere
from backend.people.codes import AccessReason
from backend.people.models import Pilot
from backend.reporting.commissions import commissioned_in, head_of, held_by, story_of
from backend.reporting.export import workbook
from backend.reporting.papers import activity_paper, commission_paper, list_paper, list_sheet, period_in_words
from backend.reporting.periods import Period, named_period, quarter_of, year_of
from backend.web.fresh_sign_in import signed_in_lately
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.offices import ChosenOffice, chosen_office
from backend.web.own import own_profile
from backend.web.ranking import names_of
from backend.web.worklist import office_ids

PAGE = 50
YEARS_BACK = 1
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@gated(Gate.COORDINATOR)
@require_safe
def commissions(request: SignedInRequest) -> HttpResponse:
    """All that was commissioned in a year or quarter; on request the chain is worked out anew."""
    chosen, period = _asked(request)
    found, head = commissioned_in(chosen.office, period), head_of(chosen.office)
    context = {
        "chosen": chosen,
        "zone": chosen.office.time_zone,
        "period": period,
        "choices": _choices(chosen.office),
        "address": f"leitstelle={chosen.office.slug}&zeitraum={period.name}",
        "page": Paginator(found, PAGE).get_page(request.GET.get("seite")),
        "head": head,
        "anchor": str(Anchor.at(chosen.office, head)) if head else "",
        "proof": prove(chosen.office) if "pruefen" in request.GET else None,
    }
    return render(request, "web/office/commissions.html", context)


@gated(Gate.COORDINATOR)
@signed_in_lately
@require_safe
def commissions_pdf(request: SignedInRequest) -> HttpResponse:
    """The list for the insurer, with names; the access log knows."""
    chosen, period = _asked(request)
    found, now = commissioned_in(chosen.office, period), timezone.now()
    names = _names([one.entry.pilot for one in found], request.user)
    made = list_paper(chosen.office, period, found, names=names, now=now)
    return _file(made, PDF, f"beauftragungen-{chosen.office.slug}-{period.name}.pdf")


@gated(Gate.COORDINATOR)
@signed_in_lately
@require_safe
def commissions_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as a spreadsheet."""
    chosen, period = _asked(request)
    found = commissioned_in(chosen.office, period)
    names = _names([one.entry.pilot for one in found], request.user)
    head = head_of(chosen.office)
    about = [
        ("Beauftragungen", chosen.office.name),
        ("Zeitraum", period_in_words(period)),
        ("Ende der Kette", f"{head.number} {head.digest}" if head else ""),
    ]
    made = workbook([list_sheet(chosen.office, found, names=names)], about=about)
    return _file(made, XLSX, f"beauftragungen-{chosen.office.slug}-{period.name}.xlsx")


@gated(Gate.SIGNED_IN)
@require_safe
def commission_pdf(request: SignedInRequest, assignment_id: UUID) -> HttpResponse:
    """The commission of one assignment: for its office, and for the pilot who is commissioned."""
    now, user = timezone.now(), request.user
    found = (
        Assignment.objects.visible_to(user)
        .select_related("office", "help_request__meeting_place", "pilot__identity", "confirmed_by")
        .filter(pk=assignment_id)
        .first()
    )
    if found is None or not _may_have(user, found):
        raise NotThere("assignment_unknown")
    paper = story_of(found)
    if paper is None:
        raise NotThere("commission_unknown")
    made = commission_paper(
        found,
        paper,
        name=_names([found.pilot], user)[found.pilot_id],
        by=found.confirmed_by.email if found.confirmed_by.is_active else "",
        place=meeting_place_for(found, by=user, now=now),
        same_name=same_words(paper.entry, CommissionSalt.About.PILOT, pilot_words(found)),
        now=now,
    )
    return _file(made, PDF, f"beauftragung-{paper.entry.reference}.pdf")


@gated(Gate.PILOT)
@require_safe
def my_activity(request: SignedInRequest) -> HttpResponse:
    """The certificate of activity for oneself."""
    return _activity(request, own_profile(request))


@gated(Gate.COORDINATOR)
@require_safe
def pilot_activity(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    """The same, made out by her own office: one that has borrowed her has not had all of these sessions."""
    pilot = (
        Pilot.objects.filter(pk=pilot_id, office__in=office_ids(request.user))
        .select_related("office", "identity")
        .first()
    )
    if pilot is None:
        raise NotThere("pilot_unknown")
    return _activity(request, pilot)


def _activity(request: SignedInRequest, pilot: Pilot) -> HttpResponse:
    now = timezone.now()
    period = named_period(request.GET.get("zeitraum", "")) or year_of(pilot.office.local_date(now).year)
    name = _names([pilot], request.user)[pilot.pk]
    made = activity_paper(pilot.office, period, held_by(pilot, period), name=name, now=now)
    return _file(made, PDF, f"einsatznachweis-{period.name}.pdf")


def _asked(request: SignedInRequest) -> tuple[ChosenOffice, Period]:
    """An office whose cases the reader works on, and a year or quarter; the present quarter where none is named."""
    chosen = chosen_office(request, request.user)
    if not chosen.reads_cases:
        raise NotThere("office_unknown")
    today = chosen.office.local_date(timezone.now())
    period = named_period(request.GET.get("zeitraum", "").lower())
    return chosen, period or quarter_of(today.year, (today.month + 2) // 3)


def _choices(office: Office) -> list[tuple[Period, str]]:
    """The quarters of this year so far, newest first, and the years."""
    today = office.local_date(timezone.now())
    quarters = [quarter_of(today.year, number) for number in range((today.month + 2) // 3, 0, -1)]
    return [
        *(
            (one, _("Quarter %(number)s, %(year)s") % {"number": one.name[-1], "year": today.year})
            for one in quarters
        ),
        *((year_of(today.year - back), str(today.year - back)) for back in range(YEARS_BACK + 1)),
    ]


def _may_have(user: User, found: Assignment) -> bool:
    return found.pilot.user_id == user.pk or may(user, Permission.READ_DISPATCH, office_id=found.office_id)


def _names(pilots: list[Pilot], user: User) -> dict[UUID, str]:
    return names_of(pilots, by=user, now=timezone.now(), reason=AccessReason.INSURANCE)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=disposition)
