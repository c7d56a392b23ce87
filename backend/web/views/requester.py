"""What somebody has asked for: the list, one request, taking it back."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.models import HelpRequest
from backend.dispatch.queries import (
    details_for_office,
    help_request_for,
    timeline_of_asking_side,
    with_progress,
)
from backend.dispatch.states import HelpRequestStatus
from backend.web import asked
from backend.web.errors import refusals_on
from backend.web.forms.requests import WithdrawForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.here import page_here
from backend.web.organisations import organisation_of

PAGE = 25
MAY_CHANGE = (HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED)
MAY_WITHDRAW = (HelpRequestStatus.DRAFT, *MAY_CHANGE)


@gated(Gate.REQUESTER)
@require_safe
def my_requests(request: SignedInRequest) -> HttpResponse:
    """Drafts, then every request with its state in words and the next step; the filter stands in the address."""
    chosen = request.GET.get("zeige", "")
    tabs = asked.tabs(request.user, chosen)
    paginator = Paginator(asked.requests_of(request.user, chosen), PAGE)
    paginator.count = next(tab.count for tab in tabs if tab.current)  # known already
    page = paginator.get_page(request.GET.get("seite"))
    context = {
        "tabs": tabs,
        "page": page,
        "rows": asked.rows(page, now=timezone.now()),
        "drafts": asked.draft_rows(request.user),
        "offices": {row.office.pk: row.office for row in page}.values(),
        "organisation": organisation_of(request.user),
    }
    return render(request, "web/requester/requests.html", context)


@gated(Gate.REQUESTER)
@require_safe
def request_detail(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    """Where one request stands."""
    return _detail_page(request, help_request_id, WithdrawForm())


@gated(Gate.REQUESTER)
@require_POST
def withdraw(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    form = WithdrawForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            withdraw_help_request(
                help_request_id=help_request_id,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The request is withdrawn. We tell everybody concerned."))
            return redirect("web:request", help_request_id=help_request_id)
    return _detail_page(request, help_request_id, form)


def _detail_page(request: SignedInRequest, help_request_id: UUID, form: WithdrawForm) -> HttpResponse:
    found, now = help_request_for(request.user, help_request_id, "confidential"), timezone.now()
    counted = with_progress(HelpRequest.objects.filter(pk=found.pk)).get()
    coming = list(found.assignments.live().prefetch_related("reports"))
    context = {
        "help_request": found,
        "counted": counted,
        "here": page_here(request, "web:request", found.pk),
        "zone": found.office.time_zone,
        "slots": found.slots.all(),
        "details": details_for_office(found, by=request.user, now=now),
        "assignments": coming,
        "row": asked.Row(counted, coming, now),
        "timeline": timeline_of_asking_side(found),
        "may_change": found.status in MAY_CHANGE,
        "withdraw_form": form if found.status in MAY_WITHDRAW or form.errors else None,
    }
    return render(request, "web/requester/request.html", context, status=422 if form.errors else 200)
