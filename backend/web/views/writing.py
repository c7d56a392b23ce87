"""Writing a request: a new one, a copy, a change; kept while it is typed, checked before it is sent."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.roles import Role
from backend.dispatch import permissions, policies
from backend.dispatch.commands.drafts import drop_draft, send_draft
from backend.dispatch.models import HelpRequest, RequestDraft
from backend.dispatch.queries import details_for_office, help_request_for
from backend.error_texts import sentence
from backend.errors import Conflict, NotThere
from backend.web import checking, prefilling, writing
from backend.web.asked import drafts_page
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.filing import known_client
from backend.web.forms.requests import ClientRequestForm, NeedForm
from backend.web.gates import Gate, SignedInRequest, gated


@gated(Gate.REQUESTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_request(request: SignedInRequest) -> HttpResponse:
    """Ask for a pilot on one page, from nothing or from an older request."""
    mine = writing.writing_of(request.user)
    if mine.organisation and mine.organisation.approved_at is None:
        return render(request, "web/requester/not_approved.html", {"organisation": mine.organisation})
    copied = _asked_to_copy(request)
    initial = None
    if copied:
        details = details_for_office(copied, by=request.user, now=timezone.now())
        initial = prefilling.copied(copied, details)
    return writing.write(request, mine, initial=initial, copied=copied)


@gated(Gate.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    """The request in the form again; what follows from a change is said before it is made."""
    found = help_request_for(request.user, help_request_id)
    permissions.check_may_change(request.user, found)
    policies.check_may_be_changed(found)
    initial = None
    if request.method != "POST":
        details = details_for_office(found, by=request.user, now=timezone.now())
        initial = prefilling.as_typed(found, details)
        initial[prefilling.BEGAN] = prefilling.marks_of(initial)
    mine = writing.writing_of(request.user, changes=found)
    return writing.write(request, mine, initial=initial, changes=found, back=_page_of(request, found))


@gated(Gate.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedInRequest, draft_id: UUID) -> HttpResponse:
    """The answers in words; the button below sends them, once."""
    draft = _draft(request, draft_id)
    if draft.filed:
        return _sent(request, draft.filed)
    mine = writing.writing_of(request.user, changes=draft.changes)
    now = timezone.now()
    form = mine.form(mine.up_to_date(draft.values, by=request.user, now=now))
    if form.is_valid():
        with refusals_on(form):
            moved = ""
            if request.method == "POST":
                seen = request.POST.get("seen", "")
                try:
                    filed = send_draft(
                        draft_id=draft_id,
                        send=lambda: mine.send(form, by=request.user, now=now, seen=seen),
                        by=request.user,
                        now=now,
                    )
                except Conflict as conflict:
                    if conflict.code != "changed_meanwhile":
                        raise
                    moved = sentence(conflict)
                else:
                    done = _("The request is changed.") if draft.changes else _("Your request is with us.")
                    messages.success(request, done)
                    return _sent(request, filed)
            change = mine.rehearse(form, by=request.user, now=now)
            answers = _answers(request, draft, mine, form, change) | {"moved": moved}
            return render(request, "web/requester/check.html", answers, status=409 if moved else 200)
    # Time has passed, or something else has changed since: the form says what.
    context: dict[str, Any] = {
        "draft_id": draft.pk,
        "here": mine.here,
        "writing": mine,
        "changes": draft.changes,
        "began": form.data.get(prefilling.BEGAN, ""),
    }
    if draft.changes:
        context["back"] = _page_of(request, draft.changes)
    return writing.form_page(request, form, **context)


@gated(Gate.SIGNED_IN)
@require_POST
def drop(request: SignedInRequest, draft_id: UUID) -> HttpResponse:
    with refusals_as_messages(request):
        drop_draft(draft_id=draft_id, by=request.user, now=timezone.now())
        messages.success(request, _("The draft is deleted."))
    return redirect(drafts_page(request.user))


def _answers(
    request: SignedInRequest,
    draft: RequestDraft,
    mine: writing.Writing,
    form: NeedForm,
    change: checking.Change | None,
) -> dict[str, object]:
    new_client = False
    if isinstance(form, ClientRequestForm):
        key = form.cleaned_data["case_key"]
        new_client = known_client(key, organisation=mine.organisation, by=request.user) is None
    return {
        "draft": draft,
        "edit": f"{mine.here}?entwurf={draft.pk}",
        "groups": checking.groups(form, new_client=new_client),
        "changes": draft.changes,
        "follows": checking.follows(change) if change else [],
        "seen": change.digest if change else "",
    }


def _sent(request: SignedInRequest, filed: HelpRequest) -> HttpResponse:
    """Where the request is read by whoever has sent it."""
    return redirect(_page_of(request, filed))


def _page_of(request: SignedInRequest, help_request: HelpRequest) -> str:
    """The request's page of this reader's side."""
    office = request.user.has_role(Role.COORDINATOR, office_id=help_request.office_id)
    return reverse("web:office_request" if office else "web:request", args=[help_request.pk])


def _draft(request: SignedInRequest, draft_id: UUID) -> RequestDraft:
    drafts = RequestDraft.objects.visible_to(request.user).select_related(
        *(f"changes__{name}" for name in ("office", "organisation", "help_seeker__office", "meeting_place")),
        "filed",
    )
    found = drafts.filter(pk=draft_id).first()
    if found is None:
        raise NotThere("draft_unknown")
    return found


def _asked_to_copy(request: SignedInRequest) -> HelpRequest | None:
    """The request named in the address, when the page is opened."""
    named = request.GET.get("wie")
    if request.method == "POST" or not named:
        return None
    try:
        return help_request_for(request.user, UUID(named))
    except ValueError as error:
        raise NotThere("help_request_unknown") from error
