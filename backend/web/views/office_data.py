"""What the office does for somebody who asks by phone or letter: hands out data, notes a withdrawal, erases.

The same for a pilot and for a help-seeker with or without an account. Each page wants a fresh sign-in, since it opens
or ends everything that is held of a person; what was opened and done stands in the access log and in the journal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.errors import NotThere
from backend.people.codes import ConsentKind
from backend.people.models import Consent, HelpSeeker, Pilot
from backend.privacy.commands.erasing import erase_client, erase_pilot_account
from backend.privacy.commands.handing_out import hand_out_of_client, hand_out_of_pilot
from backend.privacy.commands.withdrawing import (
    own_consents,
    withdraw_consent_of_client,
    withdraw_consent_of_pilot,
)
from backend.privacy.queries import what_erasing_means, what_erasing_means_for_client
from backend.web.errors import refusals_on
from backend.web.export_texts import readable
from backend.web.forms.office_data import EraseForOtherForm, WithdrawForOtherForm
from backend.web.fresh_sign_in import freshly_signed_in
from backend.web.gates import Gate, SignedInRequest, gated


@dataclass(frozen=True)
class Concerned:
    """One person as these pages need her: never by name."""

    kind: str  # begins the names of the routes
    row: Pilot | HelpSeeker
    sign: str

    def url(self, what: str) -> str:
        return reverse(f"web:{self.kind}_{what}", args=[self.row.pk])

    @property
    def consents(self) -> list[Consent]:
        """What was agreed to, the latest first."""
        if isinstance(self.row, HelpSeeker) and self.row.user is None:
            found = Consent.objects.filter(help_seeker=self.row)
        else:
            assert self.row.user
            found = own_consents(self.row.user, *ConsentKind.values)
        return list(found.order_by("-given_at", "-pk"))


@gated(Gate.COORDINATOR)
@require_safe
def pilot_rights(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    """What can be done for a pilot, and what she agreed to."""
    return _overview(request, _pilot(request.user, pilot_id))


@gated(Gate.COORDINATOR)
@require_safe
def client_rights(request: SignedInRequest, help_seeker_id: UUID) -> HttpResponse:
    """The same for a help-seeker."""
    return _overview(request, _client(request.user, help_seeker_id))


@gated(Gate.COORDINATOR)
@freshly_signed_in
@require_safe
def pilot_export(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    """All that is held, to read out, to print or to send."""
    return _export(request, _pilot(request.user, pilot_id))


@gated(Gate.COORDINATOR)
@freshly_signed_in
@require_safe
def client_export(request: SignedInRequest, help_seeker_id: UUID) -> HttpResponse:
    return _export(request, _client(request.user, help_seeker_id))


@gated(Gate.COORDINATOR)
@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def pilot_erase(request: SignedInRequest, pilot_id: UUID) -> HttpResponse:
    """What is erased and what stays, and the one button."""
    found = _pilot(request.user, pilot_id)
    assert found.row.user
    return _erase(
        request,
        found,
        meaning=what_erasing_means(found.row.user, now=timezone.now()),
        act=lambda by, now: erase_pilot_account(pilot_id=pilot_id, by=by, now=now),
        after="web:pilots",
    )


@gated(Gate.COORDINATOR)
@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def client_erase(request: SignedInRequest, help_seeker_id: UUID) -> HttpResponse:
    found = _client(request.user, help_seeker_id)
    assert isinstance(found.row, HelpSeeker)
    return _erase(
        request,
        found,
        meaning=what_erasing_means_for_client(found.row, now=timezone.now()),
        act=lambda by, now: erase_client(help_seeker_id=help_seeker_id, by=by, now=now),
        after="web:worklist",
    )


@gated(Gate.COORDINATOR)
@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def pilot_withdraw(request: SignedInRequest, pilot_id: UUID, kind: str) -> HttpResponse:
    """What follows from taking it back, and the one button."""
    return _withdraw(
        request,
        _pilot(request.user, pilot_id),
        kind,
        lambda by, now: withdraw_consent_of_pilot(pilot_id=pilot_id, kind=kind, by=by, now=now),
    )


@gated(Gate.COORDINATOR)
@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def client_withdraw(request: SignedInRequest, help_seeker_id: UUID, kind: str) -> HttpResponse:
    if kind != ConsentKind.DATA_PROTECTION:
        raise NotThere("consent_unknown")
    return _withdraw(
        request,
        _client(request.user, help_seeker_id),
        kind,
        lambda by, now: withdraw_consent_of_client(help_seeker_id=help_seeker_id, by=by, now=now),
    )


def _overview(request: SignedInRequest, found: Concerned) -> HttpResponse:
    consents = [
        (consent, found_url(found, consent) if consent.withdrawn_at is None else "")
        for consent in found.consents
    ]
    return render(
        request, "web/office/data_rights.html", {"concerned": found, "consents": consents, **_urls(found)}
    )


def found_url(found: Concerned, consent: Consent) -> str:
    """Where this consent is taken back."""
    return reverse(f"web:{found.kind}_withdraw", args=[found.row.pk, consent.kind])


def _export(request: SignedInRequest, found: Concerned) -> HttpResponse:
    by, now = request.user, timezone.now()
    if found.kind == "pilot":
        exported = hand_out_of_pilot(pilot_id=found.row.pk, by=by, now=now)
    else:
        exported = hand_out_of_client(help_seeker_id=found.row.pk, by=by, now=now)
    if request.GET.get("form") == "json":
        response = JsonResponse(exported, json_dumps_params={"ensure_ascii": False, "indent": 2})
        response.headers["Content-Disposition"] = f'attachment; filename="auskunft-{found.sign}.json"'
        return response
    context = {"concerned": found, "parts": readable(exported), **_urls(found)}
    return render(request, "web/office/data_export.html", context)


def _erase(
    request: SignedInRequest,
    found: Concerned,
    *,
    meaning: Any,
    act: Callable[[User, datetime], None],
    after: str,
) -> HttpResponse:
    form = EraseForOtherForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            act(request.user, timezone.now())
            messages.success(request, _("Erased. Whoever was concerned is told."))
            return redirect(after)
    context = {"concerned": found, "form": form, "meaning": meaning, **_urls(found)}
    return render(request, "web/office/data_erase.html", context, status=422 if form.errors else 200)


def _withdraw(
    request: SignedInRequest, found: Concerned, kind: str, act: Callable[[User, datetime], None]
) -> HttpResponse:
    if kind not in ConsentKind.values:
        raise NotThere("consent_unknown")
    form = WithdrawForOtherForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            act(request.user, timezone.now())
            messages.success(request, _("Noted. What was agreed for days to come is given back."))
            return redirect(found.url("rights"))
    context = {
        "concerned": found,
        "form": form,
        "kind": kind,
        "label": ConsentKind(kind).label,
        **_urls(found),
    }
    return render(request, "web/office/data_withdraw.html", context, status=422 if form.errors else 200)


def _urls(found: Concerned) -> dict[str, str]:
    return {f"{what}_url": found.url(what) for what in ("rights", "export", "erase")}


def _pilot(by: User, pilot_id: UUID) -> Concerned:
    row = (
        Pilot.objects.filter(pk=pilot_id, office__in=by.office_ids(Role.COORDINATOR))
        .select_related("user")
        .first()
    )
    if row is None:
        raise NotThere("pilot_unknown")
    return Concerned("pilot", row, row.display_code)


def _client(by: User, help_seeker_id: UUID) -> Concerned:
    rows = HelpSeeker.objects.filter(pk=help_seeker_id, office__in=by.office_ids(Role.COORDINATOR))
    row = rows.select_related("user").first()
    if row is None:
        raise NotThere("help_seeker_unknown")
    return Concerned("client", row, row.case_key)
