"""In which form does somebody write a request, and what becomes of it? The same for new ones and for changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from uuid_utils.compat import uuid7

from backend.accounts.models import Office, Organisation, User
from backend.dispatch import permissions
from backend.dispatch.commands.changes import Change, change_help_request
from backend.dispatch.commands.drafts import save_draft
from backend.dispatch.models import HelpRequest, RequestDraft
from backend.dispatch.queries import details_for_office
from backend.errors import NotThere
from backend.people.models import HelpSeeker
from backend.reader import listed
from backend.web import prefilling
from backend.web.asked import drafts_page
from backend.web.chances import asks_for_chances, chances_page, typed
from backend.web.errors import refusals_on
from backend.web.filing import file_for_client, file_for_oneself
from backend.web.forms.requests import ClientRequestForm, NeedForm, OwnNeedForm
from backend.web.gates import SignedInRequest
from backend.web.handing_off import leaves_to_others
from backend.web.organisations import organisation_of

CASE_KEYS_AT_MOST = 200
SAVE = "save"  # the name of the button, and of what the page sends by itself while somebody types
PAGE, SAVED = "web/requester/new_request.html", "web/requester/saved.html"
DATES = ("day_1", "start_1", "day_2", "start_2", "day_3", "start_3")


@dataclass(frozen=True)
class Writing:
    """One way of asking: for a client of one's organisation, for oneself, or changing what was asked."""

    organisation: Organisation | None = None
    help_seeker: HelpSeeker | None = None
    changes: HelpRequest | None = None

    @property
    def here(self) -> str:
        """The address of its form."""
        if self.changes:
            return reverse("web:change_request", args=[self.changes.pk])
        return reverse("web:new_request")

    @property
    def offices(self) -> list[Office]:
        """Those that the request can reach."""
        if self.help_seeker:
            return [self.help_seeker.office]
        return list(self.organisation.offices.order_by("pk")) if self.organisation else []

    def form(
        self, data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None
    ) -> NeedForm:
        """Bound to what was typed, or begun with what we know."""
        form = self._form(data, {**self._known(), **(initial or {})})
        if self.changes:
            form.asked = tuple(self.changes.languages)
        return form

    def _form(self, data: Mapping[str, Any] | None, given: Mapping[str, Any]) -> NeedForm:
        offices = self.offices
        zone = offices[0].time_zone if offices else "Europe/Berlin"  # the clock by which dates are typed
        if self.help_seeker:
            kind = OwnNeedForm if self.help_seeker.user_id else NeedForm
            return kind(data, zone=zone, offices=offices, initial=given)
        clients = HelpSeeker.objects.filter(organisation=self.organisation).order_by("-pk")
        keys = clients.values_list("case_key", flat=True)[:CASE_KEYS_AT_MOST]
        return ClientRequestForm(data, zone=zone, offices=offices, case_keys=keys, initial=given)

    def send(self, form: NeedForm, *, by: User, now: datetime, seen: str | None = None) -> HelpRequest:
        """File it, or change what was filed, if what follows is still what was seen."""
        if self.changes:
            return self.change(form, by=by, now=now, seen=seen).help_request
        if isinstance(form, ClientRequestForm):
            return file_for_client(form, organisation=self.organisation, by=by, now=now)
        assert self.help_seeker
        return file_for_oneself(form, help_seeker=self.help_seeker, by=by, now=now)

    def change(self, form: NeedForm, *, by: User, now: datetime, seen: str | None = None) -> Change:
        assert self.changes
        return change_help_request(
            help_request_id=self.changes.pk,
            need=form.need(),
            where=form.where(),
            confidential=form.confidential(),
            by=by,
            now=now,
            seen=seen,
        )

    def up_to_date(self, typed: Mapping[str, Any], *, by: User, now: datetime) -> Mapping[str, Any]:
        """What was typed, without taking back what others have changed in the request since the form was opened."""
        if not self.changes:
            return typed
        permissions.check_may_change(by, self.changes)
        details = details_for_office(self.changes, by=by, now=now)
        return prefilling.taken_up(typed, prefilling.as_typed(self.changes, details))

    def rehearse(self, form: NeedForm, *, by: User, now: datetime) -> Change | None:
        """Do it and take it all back: what speaks against it is raised now, and what would follow is known."""
        with transaction.atomic():
            change = self.change(form, by=by, now=now) if self.changes else None
            if change is None:
                self.send(form, by=by, now=now)
            transaction.set_rollback(True)
        return change

    def _known(self) -> dict[str, Any]:
        if self.organisation and not self.help_seeker:
            return {"address": address_of(self.organisation)}
        assert self.help_seeker
        return {"language": self.help_seeker.languages[0], "gender_wish": self.help_seeker.gender_wish}


def writing_of(user: User, *, changes: HelpRequest | None = None) -> Writing:
    """What this user writes: a change of that request, else a new one for her organisation or for herself."""
    if changes:
        return Writing(help_seeker=changes.help_seeker, organisation=changes.organisation, changes=changes)
    if organisation := organisation_of(user):
        return Writing(organisation=organisation)
    help_seeker = HelpSeeker.objects.select_related("office").filter(user=user).first()
    if help_seeker is None:
        raise NotThere("help_seeker_unknown")
    return Writing(help_seeker=help_seeker)


def write(
    request: SignedInRequest, writing: Writing, *, initial: Mapping[str, Any] | None = None, **context: Any
) -> HttpResponse:
    """The page of the form: shows the chances, keeps the draft, and leads to the page where the answers are checked."""
    begun, now = draft_asked_for(request), timezone.now()
    if begun:
        initial = writing.up_to_date(begun.values, by=request.user, now=now)
    data = typed(request)
    sent: Mapping[str, Any] | None = data.dict() if data else None
    if sent and writing.changes and SAVE not in sent and not asks_for_chances(request):
        sent = writing.up_to_date(sent, by=request.user, now=now)
    form = writing.form(sent, initial=initial)
    context = {
        "draft_id": begun.pk if begun else draft_key(request.POST),
        "began": (sent or initial or {}).get(prefilling.BEGAN, ""),
        "here": writing.here,
        "writing": writing,
        **context,
    }
    if asks_for_chances(request):
        return chances_page(
            request,
            form,
            organisation=writing.organisation,
            help_seeker=writing.help_seeker,
            now=now,
            **context,
        )
    if SAVE in request.POST:
        return keep(request, form, **{"changes": writing.changes, **context})
    if leaves_to_others(
        request,
        form,
        organisation=writing.organisation,
        help_seeker=writing.help_seeker,
        draft_id=context["draft_id"],
        changes=writing.changes,
    ):
        return form_page(request, form, **context)
    if form.is_valid():
        with refusals_on(form):
            writing.rehearse(form, by=request.user, now=now)
            draft = save_draft(
                draft_id=context["draft_id"],
                values=values_of(form),
                changes=writing.changes,
                by=request.user,
                now=now,
            )
            return redirect("web:check_request", draft_id=draft.pk)
    return form_page(request, form, **context)


def form_page(request: SignedInRequest, form: NeedForm, *, draft_id: UUID, **context: Any) -> HttpResponse:
    """The form; where it was refused because it has been sent already, with the way to what came of it."""
    if form.errors:
        drafts = RequestDraft.objects.visible_to(request.user).filter(pk=draft_id)
        context["sent"] = drafts.values_list("filed", flat=True).first()
    status = 422 if form.errors else 200
    return render(request, PAGE, {"form": form, "draft_id": draft_id, **context}, status=status)


def keep(
    request: SignedInRequest,
    form: NeedForm,
    *,
    draft_id: UUID,
    changes: HelpRequest | None = None,
    **context: Any,
) -> HttpResponse:
    """Save the draft: a line that says so for a page that saves by itself, else back to the list."""
    now, alone = timezone.now(), request.headers.get("HX-Request")
    form.is_valid()
    form.errors.clear()  # what is missing is no mistake yet
    with refusals_on(form):
        save_draft(draft_id=draft_id, values=values_of(form), changes=changes, by=request.user, now=now)
        if alone:
            return render(request, SAVED, {"saved_at": now, "zone": form.zone.key})
        messages.success(request, gettext("Your draft is saved. You find it here for 30 days."))
        return redirect(f"{drafts_page(request.user)}#entwuerfe")
    if alone:
        return render(request, SAVED, {"refusals": form.non_field_errors()}, status=422)
    return form_page(request, form, draft_id=draft_id, changes=changes, **context)


def values_of(form: NeedForm) -> dict[str, str]:
    """What was typed, as it was typed."""
    began = form.data.get(prefilling.BEGAN)
    values = {name: str(form.data.get(name, "")) for name in form.fields}
    return values | ({prefilling.BEGAN: str(began)} if began else {})


def draft_key(sent: QueryDict) -> UUID:
    """The key that came with the form, else a new one: it makes one draft of a form, however often it is sent."""
    try:
        return UUID(sent.get("draft", ""))
    except ValueError:
        return uuid7()


def draft_asked_for(request: SignedInRequest) -> RequestDraft | None:
    """The draft named in the address, when the page is opened."""
    named = request.GET.get("entwurf")
    if request.method == "POST" or not named:
        return None
    try:
        found = RequestDraft.objects.visible_to(request.user).unsent().filter(pk=UUID(named)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotThere("draft_unknown")
    return found


def address_of(organisation: Organisation) -> str:
    """The organisation's own address on one line."""
    parts = (organisation.street, f"{organisation.postcode} {organisation.place}".strip())
    return listed(parts)
