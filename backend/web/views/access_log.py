"""Who in the office has opened whose sealed data, when and why: for auditors and administrators."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.accounts.models import Office, User
from backend.accounts.permissions import Permission, offices_where
from backend.dispatch.models import HelpRequest
from backend.errors import NotPermitted
from backend.journal.models import AccessLog
from backend.people.codes import AccessReason
from backend.people.models import Pilot
from backend.web.forms.access import AccessFilterForm
from backend.web.gates import Gate, SignedInRequest, gated

PAGE = 50
SUBJECTS: dict[str, Promise] = {
    "pilot": _("pilot"),
    "helpseeker": _("help-seeker"),
    "helprequest": _("request"),
    "confidentialdetails": _("meeting point and notes of a request"),
    "assignment": _("assignment"),
    "override": _("note on asking against a rule"),
}
REASONS: dict[str, Promise] = {"confirmed_pilot": _("as the pilot who comes")}


@dataclass(frozen=True)
class Row:
    """One opening, in words; no name of whoever's data it was."""

    entry: AccessLog
    reader: str
    subject: Promise | str
    code: str
    reason: str


@gated(Gate.STAFF)
@require_safe
def access_log(request: SignedInRequest) -> HttpResponse:
    """The latest openings first; opening names in a list counts too, and may be left out."""
    offices = offices_where(request.user, Permission.READ_ACCESS_LOG)
    if not offices:
        raise NotPermitted("not_permitted", permission=Permission.READ_ACCESS_LOG.value)
    form = AccessFilterForm(request.GET or None)
    found = AccessLog.objects.filter(office_id__in=offices)
    if form.is_valid():
        if form.cleaned_data["grund"]:
            found = found.filter(reason=form.cleaned_data["grund"])
        if who := form.cleaned_data["wer"]:
            readers = User.objects.filter(email__icontains=who)
            found = found.filter(reader_id__in=list(readers.values_list("pk", flat=True)[:100]))
    page = Paginator(found.order_by("-read_at", "-pk"), PAGE).get_page(request.GET.get("seite"))
    office = Office.objects.filter(pk__in=offices).order_by("pk").first()
    return render(
        request,
        "web/office/access_log.html",
        {"page": page, "rows": _rows(page.object_list), "form": form, "office": office},
    )


def _rows(entries: Iterable[AccessLog]) -> list[Row]:
    entries = list(entries)
    emails = dict(
        User.objects.filter(pk__in={entry.reader_id for entry in entries}).values_list("pk", "email")
    )
    subjects = {entry.subject_id for entry in entries}
    codes: dict[UUID, str] = {
        **dict(Pilot.objects.filter(pk__in=subjects).values_list("pk", "display_code")),
        **dict(HelpRequest.objects.filter(pk__in=subjects).values_list("pk", "reference")),
    }
    reasons = {**dict(AccessReason.choices), **REASONS}
    return [
        Row(
            entry,
            emails.get(entry.reader_id, ""),
            SUBJECTS.get(entry.subject_type, entry.subject_type),
            codes.get(entry.subject_id, ""),
            str(reasons.get(entry.reason, entry.reason)),
        )
        for entry in entries
    ]
