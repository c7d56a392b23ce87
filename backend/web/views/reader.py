"""What every reader may set: the language and the look of the pages."""

from dataclasses import asdict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from backend.accounts.commands import choose_language
from backend.web.display import COOKIE, COOKIE_AGE, Display
from backend.web.gates import Gate, gated
from backend.web.languages import offered_languages


@gated(Gate.PUBLIC)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the pages, and of the messages to whoever is signed in."""
    response = redirect(_page_before(request))
    code = request.POST.get("language", "")
    if code in offered_languages(request):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, code)
        if request.user.is_authenticated:
            choose_language(language=code, by=request.user, now=timezone.now())
            request.session["language"] = code
    return response


@gated(Gate.PUBLIC)
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Text size, contrast, light or dark: whatever is not sent stays as it was."""
    before = Display.from_cookie(request.COOKIES.get(COOKIE, ""))
    response = redirect(_page_before(request))
    _remember(response, COOKIE, Display.of({**asdict(before), **request.POST.dict()}).to_cookie())
    return response


def _page_before(request: HttpRequest) -> str:
    """The page on which the button was: one of ours, or the start page."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    # A path, and nothing that `redirect` could take for the name of a view.
    return target if ours and target.startswith("/") else "/"


def _remember(response: HttpResponse, cookie: str, value: str) -> None:
    response.set_cookie(
        cookie, value, max_age=COOKIE_AGE, samesite="Lax", secure=settings.SECURE, httponly=True
    )
