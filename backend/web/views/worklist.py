"""The office's worklist: what waits, sorted by urgency; the news of it; and a step for several requests at once."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.commands.waves import start_waves
from backend.dispatch.models import HelpRequest
from backend.error_texts import sentence
from backend.errors import Conflict, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.web import worklist as waiting
from backend.web.around import around
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.ticked import ticked
from backend.web.worklist_filters import WorklistFilter, chips, narrowed
from notifications.models import Delivery

PAGE = 25
LOOK_AGAIN_SECONDS = 600  # as time goes by requests run out of it, though nothing has happened
NEWS = (
    EventKind.HELP_REQUEST_FILED,
    EventKind.HELP_REQUEST_REOPENED,
    EventKind.OFFER_ACCEPTED,
    EventKind.ASSIGNMENT_CANCELLED,
)


@gated(Gate.COORDINATOR)
@require_safe
def worklist(request: SignedInRequest) -> HttpResponse:
    """The next thing to do, what comes first on top; tab and filters stand in the address."""
    now, current = timezone.now(), request.GET.get("ansicht", "")
    form = WorklistFilter(request.GET, reader=request.user)
    chosen = form.chosen()
    found = _found(request, chosen)
    tabs = waiting.tabs(found, current, now=now)
    if not current:
        # Without a choice: the first tab that holds something.
        current = next((tab.slug for tab in tabs if tab.count), "neu")
        tabs = waiting.tabs_at(tabs, current)
    page = Paginator(waiting.rows_of(found, current, now=now), PAGE).get_page(request.GET.get("seite"))
    form.errors.clear()  # what could not be read is left out, and not complained about
    context = {
        "tabs": tabs,
        "current": current,
        "page": page,
        "rows": [waiting.row_of(one, now=now) for one in page.object_list],
        "form": form,
        "chips": chips(form, chosen, request.GET),
        "around": around(request.user, now=now),
        "since": _latest(request).get("pk", ""),
        "now": now,
    }
    return render(request, "web/office/worklist.html", context)


@gated(Gate.COORDINATOR)
@require_safe
def pulse(request: SignedInRequest) -> HttpResponse:
    """The numbers of the worklist and what is new since it was opened; 304 where nothing has happened."""
    latest, now = _latest(request), timezone.now()
    seen = (latest, now.timestamp() // LOOK_AGAIN_SECONDS, request.GET.urlencode(), get_language())
    etag = f'"{sha256(repr(seen).encode()).hexdigest()[:32]}"'
    # Compares weakly: an answer that was compressed on its way has a weak tag.
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        form = WorklistFilter(request.GET, reader=request.user)
        context = {
            "tabs": waiting.tabs(_found(request, form.chosen()), "", now=now),
            "around": around(request.user, now=now),
            "news": _news(request),
        }
        answer = render(request, "web/office/worklist_pulse.html", context)
    answer.headers["ETag"] = etag
    return answer


@gated(Gate.COORDINATOR)
@require_POST
def at_once(request: SignedInRequest) -> HttpResponse:
    """Suggest for all requests ticked, or ask in waves for them; one refusal stops no other."""
    run = start_waves if request.POST.get("schritt") == "wellen" else suggest_pilots
    done, refused = 0, []
    for help_request_id in ticked(request, "anfrage")[:PAGE]:
        try:
            run(help_request_id=help_request_id, by=request.user, now=timezone.now())
            done += 1
        except (Conflict, RuleViolated) as error:
            refused.append(sentence(error))
    if done:
        said = ngettext("Done for %(count)s request.", "Done for %(count)s requests.", done)
        messages.success(request, said % {"count": done})
    elif not refused:
        messages.error(request, _("Please tick at least one request."))
    for why in dict.fromkeys(refused):
        messages.error(request, why)
    back = redirect("web:worklist")
    if view := request.POST.get("ansicht", ""):
        back["Location"] += f"?ansicht={view}" if view in waiting.SLUGS else ""
    return back


def _found(request: SignedInRequest, chosen: dict[str, Any]) -> QuerySet[HelpRequest]:
    return narrowed(waiting.help_requests(request.user, now=timezone.now()), chosen)


def _latest(request: SignedInRequest) -> dict[str, Any]:
    """The last thing that happened in the user's offices, and the last message that failed there; one query."""
    offices = waiting.office_ids(request.user)
    failed = Delivery.objects.filter(office=OuterRef("office_id")).failed().order_by("-failed_at")
    latest = (
        Event.objects.filter(office_id__in=offices)
        .order_by("-pk")
        .annotate(message_failed_at=Subquery(failed.values("failed_at")[:1]))
        .values("pk", "message_failed_at")
        .first()
    )
    return dict(latest) if latest else {}


def _news(request: SignedInRequest) -> int:
    """How many things have come in since the page was opened that somebody else has done."""
    try:
        since = UUID(request.GET.get("seit", ""))
    except ValueError:
        return 0
    events = Event.objects.filter(office_id__in=waiting.office_ids(request.user), pk__gt=since, kind__in=NEWS)
    return events.exclude(actor_id=request.user.pk).count()
