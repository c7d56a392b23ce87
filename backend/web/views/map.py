"""Where is help asked for, where does nobody come, and where do pilots live? A map and the same as a table."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backend.reporting.discretion import FEWEST
from backend.reporting.periods import Period
from backend.reporting.places import area_of, places_of
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.map_page import map_page
from backend.web.offices import chosen_office

YEAR = timedelta(days=365)


@gated(Gate.STAFF)
@require_safe
def map(request: SignedInRequest) -> HttpResponse:
    """The last twelve months; nothing is fetched from anywhere, and the table tells all that the map tells."""
    chosen, now = chosen_office(request, request.user), timezone.now()
    today = chosen.office.local_date(now)
    period = Period(today - YEAR, today)
    places = places_of(chosen.office, period)
    context = {
        "chosen": chosen,
        "period": period,
        "fewest": FEWEST,
        "address": f"leitstelle={chosen.office.slug}&von={period.first}&bis={period.last}",
        "map": map_page(places, area_of(chosen.office, places), for_office=chosen.reads_cases),
    }
    return render(request, "web/office/map.html", context)
