"""Pages to read: help, easy language, accessibility, privacy, imprint; and the form to report a barrier."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.face.commands import report_barrier
from backend.accounts.models import Office
from backend.accounts.registration_limit import check_barrier_rate
from backend.reader import reader_language
from backend.web.errors import refusals_on, say_when_again
from backend.web.forms.face import BarrierForm
from backend.web.gates import Gate, gated
from backend.web.office_look import office_named, office_of
from backend.web.privacy_notice import notice


@gated(Gate.PUBLIC)
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What one can do here, by who one is, and answers to what people ask."""
    return _page(request, "help")


@gated(Gate.PUBLIC)
@require_safe
def plain_language(request: HttpRequest) -> HttpResponse:
    """The same in Leichte Sprache, which there is in German alone."""
    with translation.override(settings.LANGUAGE_CODE):
        request.LANGUAGE_CODE = settings.LANGUAGE_CODE
        return _page(request, "plain_language")


@gated(Gate.PUBLIC)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration of the office; where several share this service, one chooses first."""
    return _page(request, "accessibility", asks_for_office=True)


@gated(Gate.PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def barrier(request: HttpRequest) -> HttpResponse:
    """Tell an office what one could not use."""
    office = _office(request)
    if office is None:
        return _page(request, "report_barrier", asks_for_office=True)
    form = BarrierForm(request.POST or None, initial={"page": request.GET.get("seite", "")[:200]})
    if form.is_valid():
        with refusals_on(form):
            check_barrier_rate(request, office_id=office.pk)
            report_barrier(
                office_id=office.pk,
                **form.cleaned_data,
                language=reader_language(),
                by=request.user if request.user.is_authenticated else None,
                now=timezone.now(),
            )
            return redirect(f"{reverse('web:barrier_thanks')}?leitstelle={office.slug}")
    page = _page(request, "report_barrier", form=form, status=422 if form.errors else 200)
    return say_when_again(page, form)


@gated(Gate.PUBLIC)
@require_safe
def barrier_thanks(request: HttpRequest) -> HttpResponse:
    return _page(request, "barrier_thanks")


@gated(Gate.PUBLIC)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of whom, why and how long, and the rights that everybody has."""
    return _page(request, "privacy", asks_for_office=True, parts=notice())


@gated(Gate.PUBLIC)
@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    return _page(request, "imprint", asks_for_office=True)


def _office(request: HttpRequest) -> Office | None:
    """The office that the address names, else the one that the page belongs to."""
    if slug := request.GET.get("leitstelle", ""):
        return office_named(slug)
    return office_of(request)


def _page(
    request: HttpRequest,
    template: str,
    *,
    asks_for_office: bool = False,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    office = _office(request)
    choose = asks_for_office and office is None
    context |= {
        "office": office,
        "choices": list(Office.objects.only("name", "slug").order_by("name")) if choose else [],
        "takes_help_seekers": Office.objects.filter(accepts_self_registration=True).exists(),
    }
    return render(request, f"web/public/{template}.html", context, status=status)
