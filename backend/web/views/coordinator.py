"""Entering a request for somebody on the phone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.accounts.models import Office, Organisation
from backend.errors import NotThere
from backend.people.models import HelpSeeker
from backend.web import worklist as waiting
from backend.web.chances import asks_for_chances, chances_page, typed
from backend.web.errors import refusals_on
from backend.web.filing import file_for_client
from backend.web.forms.requests import CallerRequestForm
from backend.web.gates import Gate, SignedInRequest, gated

CASE_KEYS_AT_MOST = 500


@gated(Gate.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def request_for_caller(request: SignedInRequest) -> HttpResponse:
    """Enter a request for a caller: who calls, for whom, what, when, where, on one page."""
    offices = waiting.office_ids(request.user)
    office = Office.objects.filter(pk__in=offices).order_by("pk").first()
    if office is None:
        raise NotThere("office_unknown")
    organisations = Organisation.objects.filter(offices__in=offices, approved_at__isnull=False).distinct()
    clients = HelpSeeker.objects.filter(office__in=offices).values_list("case_key", flat=True)
    form = CallerRequestForm(
        typed(request),
        zone=office.time_zone,
        case_keys=clients[:CASE_KEYS_AT_MOST],
        organisations=organisations.order_by("name").values_list("pk", "name"),
    )
    if asks_for_chances(request):
        form.is_valid()  # so far; what can be read counts
        caller = form.cleaned_data.get("organisation")
        chosen = organisations.filter(pk=caller).first() if caller else None
        return chances_page(request, form, organisation=chosen, now=timezone.now(), for_caller=True)
    if form.is_valid():
        with refusals_on(form):
            organisation = organisations.filter(pk=form.cleaned_data["organisation"]).first()
            filed = file_for_client(form, organisation=organisation, by=request.user, now=timezone.now())
            messages.success(request, _("Request %(reference)s is filed.") % {"reference": filed.reference})
            return redirect("web:office_request", help_request_id=filed.pk)
    context = {"form": form, "for_caller": True}
    return render(request, "web/requester/new_request.html", context, status=422 if form.errors else 200)
