"""My data: who I am here, how I am told, my calendar, everything you hold of me, and the way out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.accounts.commands import choose_language
from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.encryption import unseal
from backend.people.codes import AccessReason, ConsentKind
from backend.people.commands.own_data import change_own_person
from backend.people.models import HelpSeeker, Pilot
from backend.people.queries import Revealed, reveal
from backend.privacy.commands import erase_account
from backend.privacy.commands.withdrawing import own_consents
from backend.privacy.export import export_of
from backend.privacy.queries import what_erasing_means
from backend.web.account_security import security_of
from backend.web.errors import refusals_on
from backend.web.export_texts import readable
from backend.web.forms.account import EraseForm, MessageLanguageForm, PersonForm
from backend.web.fresh_sign_in import freshly_signed_in
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.here import page_here
from backend.web.ways import ways_of
from notifications.models import CalendarFeed, PushSubscription
from notifications.pushing import push_is_on
from notifications.vapid import public_key

FILE = "auskunft.json"
NEW_FEED = "new_calendar_feed"  # in the session, sealed, until the page has shown it


@gated(Gate.SIGNED_IN)
@require_safe
def my_data(request: SignedInRequest) -> HttpResponse:
    """A calendar address made just now is shown this once."""
    secret = request.session.pop(NEW_FEED, None) if request.method == "GET" else None
    return my_data_page(request, **({"new_feed": _feed_urls(request, secret)} if secret else {}))


@gated(Gate.SIGNED_IN)
@require_POST
def save_person(request: SignedInRequest) -> HttpResponse:
    form = PersonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            change_own_person(person=form.person(), by=request.user, now=timezone.now())
            messages.success(request, _("Your details are saved."))
            return redirect("web:my_data")
    return my_data_page(request, person_form=form)


@gated(Gate.SIGNED_IN)
@require_POST
def save_language(request: SignedInRequest) -> HttpResponse:
    """In which language we write; that of the pages has its own switch."""
    form = MessageLanguageForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            choose_language(language=form.cleaned_data["language"], by=request.user, now=timezone.now())
            messages.success(request, _("Saved. We write to you in this language from now on."))
            return redirect("web:my_data")
    return my_data_page(request, language_form=form)


@gated(Gate.SIGNED_IN)
@freshly_signed_in
@require_safe
def export_file(request: SignedInRequest) -> HttpResponse:
    """Everything we hold of the reader, for other programs."""
    response = JsonResponse(
        export_of(request.user, at=timezone.now()), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return response


@gated(Gate.SIGNED_IN)
@freshly_signed_in
@require_safe
def export_page(request: SignedInRequest) -> HttpResponse:
    """The same to read and to print."""
    exported = export_of(request.user, at=timezone.now())
    return render(
        request, "web/my_data/export.html", {"parts": readable(exported), "email": request.user.email}
    )


@gated(Gate.SIGNED_IN)
@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: SignedInRequest) -> HttpResponse:
    """What is erased, what the law keeps, and the one button."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            erase_account(by=request.user, now=timezone.now())
            logout(request)
            return redirect("web:erased")
    context = {"form": form, "meaning": what_erasing_means(request.user, now=timezone.now())}
    return render(request, "web/my_data/erase.html", context, status=422 if form.errors else 200)


@gated(Gate.PUBLIC)
@require_safe
def erased(request: SignedInRequest) -> HttpResponse:
    """The last page: it is done."""
    return render(request, "web/my_data/erased.html")


def my_data_page(request: SignedInRequest, **shown: Any) -> HttpResponse:
    """The page with one form as it was sent, or a calendar address that is shown this once."""
    user = request.user
    person = _person(user)
    context = {
        "person_form": PersonForm(initial=vars(person)) if person else None,
        "language_form": MessageLanguageForm(initial={"language": user.language}),
        "feed": CalendarFeed.objects.filter(user=user).first(),
        "push_is_on": push_is_on(),
        "push_key": public_key(),
        **_consents(user),
        "browsers": PushSubscription.objects.filter(user=user),
        "security": security_of(user),
        "calendar_has_entries": user.has_role(Role.PILOT, Role.COORDINATOR),
        **ways_of(user, phone=person.phone if person else ""),
        "here": page_here(request, "web:my_data"),
        **shown,
    }
    wrong = any(getattr(form, "errors", None) for form in shown.values())
    return render(request, "web/my_data/my_data.html", context, status=422 if wrong else 200)


def _consents(user: User) -> dict[str, Any]:
    """What she agreed to, and of which kinds nothing counts any more."""
    found = list(own_consents(user, *ConsentKind.values).order_by("-given_at", "-pk"))
    live = {consent.kind for consent in found if consent.withdrawn_at is None}
    ended = [(kind.value, kind.label) for kind in ConsentKind if kind in {c.kind for c in found} - live]
    return {"consents": found, "ended": ended}


def _feed_urls(request: SignedInRequest, sealed: str) -> dict[str, str]:
    """The private address as a link for the browser and as one that opens the calendar program."""
    url = request.build_absolute_uri(reverse("web:calendar_feed", args=[unseal(sealed, NEW_FEED)]))
    return {"https": url, "webcal": "webcal" + url[url.index(":") :]}


def _person(user: User) -> Revealed | None:
    """The reader's own vault entry; nobody's log needs a line for that."""
    row: Pilot | HelpSeeker | None = Pilot.objects.select_related("identity").filter(user=user).first()
    row = (
        row or HelpSeeker.objects.select_related("identity").filter(user=user, identity__isnull=False).first()
    )
    if row is None:
        return None
    return reveal(person=row, by=user, reason=AccessReason.DATA_REQUEST.value, at=timezone.now())
