"""The office enters a request for somebody on the phone: who calls, for whom, what, when, where, on one page."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.accounts.models import Office, Organisation
from backend.dispatch.commands.drafts import save_draft, send_draft
from backend.error_texts import sentence
from backend.errors import Conflict, NotThere
from backend.people.models import HelpSeeker
from backend.web import worklist as waiting
from backend.web import writing
from backend.web.asked import draft_rows
from backend.web.chances import asks_for_chances, chances_page, typed
from backend.web.errors import refusals_on
from backend.web.filing import file_for_client
from backend.web.forms.requests import CallerRequestForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.handing_off import leaves_to_others
from backend.web.here import page_here

CASE_KEYS_AT_MOST = 500


@gated(Gate.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def request_for_caller(request: SignedInRequest) -> HttpResponse:
    """Without a page in between: the caller is still there to be asked."""
    offices = waiting.office_ids(request.user)
    coordinated = list(Office.objects.filter(pk__in=offices).order_by("pk"))
    if not coordinated:
        raise NotThere("office_unknown")
    organisations = Organisation.objects.filter(offices__in=offices, approved_at__isnull=False).distinct()
    clients = HelpSeeker.objects.filter(office__in=offices).values_list("case_key", flat=True)
    begun = writing.draft_asked_for(request)
    form = CallerRequestForm(
        typed(request),
        zone=coordinated[0].time_zone,
        offices=coordinated,
        case_keys=clients[:CASE_KEYS_AT_MOST],
        organisations=organisations.order_by("name").values_list("pk", "name"),
        initial=begun.values if begun else None,
    )
    draft_id = begun.pk if begun else writing.draft_key(request.POST)
    context: dict[str, Any] = {
        "for_caller": True,
        "draft_id": draft_id,
        "here": page_here(request, "web:request_for_caller"),
    }
    if request.method != "POST":
        context["drafts"] = draft_rows(request.user)
    now = timezone.now()
    if asks_for_chances(request):
        return chances_page(request, form, organisation=_caller(form, organisations), now=now, **context)
    if writing.SAVE in request.POST:
        return writing.keep(request, form, **context)
    if leaves_to_others(request, form, organisation=_caller(form, organisations), draft_id=draft_id):
        return writing.form_page(request, form, **context)
    if form.is_valid():
        with refusals_on(form):
            organisation = _caller(form, organisations)
            try:
                save_draft(draft_id=draft_id, values=writing.values_of(form), by=request.user, now=now)
            except Conflict as conflict:  # sent already: what came of it follows, where it can be changed
                messages.warning(request, sentence(conflict))
            filed = send_draft(
                draft_id=draft_id,
                send=lambda: file_for_client(form, organisation=organisation, by=request.user, now=now),
                by=request.user,
                now=now,
            )
            messages.success(request, _("Request %(reference)s is filed.") % {"reference": filed.reference})
            return redirect("web:office_request", help_request_id=filed.pk)
    return writing.form_page(request, form, **context)


def _caller(form: CallerRequestForm, organisations: QuerySet[Organisation]) -> Organisation | None:
    """Who is calling, as far as the form can be read; None where the office itself asks."""
    if not form.is_bound:
        return None
    form.is_valid()
    caller = form.cleaned_data.get("organisation")
    return organisations.filter(pk=caller).first() if caller else None
