"""What an office shows of itself: colour and logo, languages, legal pages; and how a browser gets colour and logo."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.accounts.face.colours import shades_of
from backend.accounts.face.commands import (
    change_public_face,
    put_up_logo,
    review_language,
    take_down_logo,
)
from backend.accounts.models import Office, OfficeLogo
from backend.web.administration import administered_office, back_to, settings_page
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.face import LanguageReviewForm, LegalForm, LogoForm, LookForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.languages import reviews_of
from backend.web.office_look import sheet_hash, stylesheet_of

FOR_EVER = "public, max-age=31536000, immutable"
SUGGESTED = ("#0b5563", "#1d4f91", "#1c6641", "#7a2e5d", "#8a3b12", "#3f3d8f")


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: SignedInRequest) -> HttpResponse:
    """The office's colour and its own domain; below it the logo."""
    office = administered_office(request)
    form = LookForm(request.POST or None, office=office)
    if form.is_valid():
        with refusals_on(form):
            change_public_face(office_id=office.pk, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
            return back_to("settings_look", office)
    return _look_page(request, office, form, LogoForm(auto_id="id_logo_%s"))


@gated(Gate.ADMIN)
@require_POST
def logo(request: SignedInRequest) -> HttpResponse:
    """Put up a logo, or take it down."""
    office = administered_office(request)
    if "remove" in request.POST:
        take_down_logo(office_id=office.pk, by=request.user, now=timezone.now())
        messages.success(request, _("The picture is taken down."))
        return back_to("settings_look", office)
    form = LogoForm(request.POST, request.FILES, auto_id="id_logo_%s")
    if form.is_valid():
        with refusals_on(form):
            put_up_logo(
                office_id=office.pk,
                content=form.cleaned_data["logo"].read(),
                text=form.cleaned_data["text"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return back_to("settings_look", office)
    return _look_page(request, office, LookForm(office=office), form)


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def legal(request: SignedInRequest) -> HttpResponse:
    """What stands in imprint, privacy notice and accessibility declaration."""
    office = administered_office(request)
    form = LegalForm(request.POST or None, office=office)
    if form.is_valid():
        with refusals_on(form):
            change_public_face(office_id=office.pk, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
            return back_to("settings_legal", office)
    status = 422 if form.errors else 200
    return settings_page(request, office, "settings_legal", "legal", form=form, status=status)


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def languages(request: SignedInRequest) -> HttpResponse:
    """The languages that are always there, and those to switch on after somebody has read them."""
    office, form = administered_office(request), LanguageReviewForm(request.POST or None)
    if form.is_valid():
        with refusals_as_messages(request):
            review_language(office_id=office.pk, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
        return back_to("settings_languages", office)
    return settings_page(request, office, "settings_languages", "languages", reviews=reviews_of(office))


@gated(Gate.PUBLIC)
@require_safe
def office_stylesheet(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The office's colour as a style sheet; an older version is gone."""
    office = Office.objects.filter(slug=slug).exclude(colour="").first()
    if office is None or sheet_hash(office) != version:
        raise Http404
    return _kept(HttpResponse(stylesheet_of(office), content_type="text/css; charset=utf-8"))


@gated(Gate.PUBLIC)
@require_safe
def office_logo(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The office's logo; an older one is gone."""
    found = OfficeLogo.objects.filter(office__slug=slug, digest=version).first()
    if found is None:
        raise Http404
    return _kept(HttpResponse(bytes(found.content), content_type="image/png"))


def _kept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _look_page(request: SignedInRequest, office: Office, form: LookForm, logo_form: LogoForm) -> HttpResponse:
    wrong = form.errors or logo_form.errors
    return settings_page(
        request,
        office,
        "settings_look",
        "look",
        form=form,
        logo_form=logo_form,
        here=f"{reverse('web:settings_look')}?leitstelle={office.slug}",
        shades=shades_of(office.colour) if office.colour else None,
        logo=OfficeLogo.objects.filter(office=office).defer("content").first(),
        status=422 if wrong else 200,
    )
