"""How a refusal looks on a page: beside the field at fault, as a message, or as a page of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import DisallowedHost
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.error_texts import sentence
from backend.errors import (
    Conflict,
    DomainError,
    NotPermitted,
    NotThere,
    RuleViolated,
    TooManyRequests,
    Unavailable,
)
from backend.reason_texts import refusal_reason

STATUS: dict[type[DomainError], int] = {
    NotPermitted: 403,
    NotThere: 404,
    Conflict: 409,
    RuleViolated: 422,
    TooManyRequests: 429,
    Unavailable: 503,
}
TITLES = {
    400: gettext_lazy("We did not understand that"),
    403: gettext_lazy("This page is not for your account"),
    404: gettext_lazy("We could not find this page"),
    405: gettext_lazy("We could not find this page"),
    409: gettext_lazy("Somebody was faster"),
    422: gettext_lazy("That does not work yet"),
    429: gettext_lazy("Please try again later"),
    500: gettext_lazy("Something went wrong on our side"),
    503: gettext_lazy("Please try again later"),
}


def status_of(error: DomainError) -> int:
    """The HTTP status of a refusal."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A page that says what happened and where to go from here."""
    response = plain_page(request, status_of(error), sentence(error))
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.facts["retry_after"])
    return response


def say_when_again(response: HttpResponse, form: Form) -> HttpResponse:
    """The page with the form in it; where the form came too often, it says so to machines as well."""
    if error := getattr(form, "too_often", None):
        response.status_code = status_of(error)
        response.headers["Retry-After"] = str(error.facts["retry_after"])
    return response


def signed_out_part(request: HttpRequest) -> HttpResponse:
    """For a page that is sent bit by bit: a sentence above it, and everything that was typed stays where it is."""
    response = render(request, "web/signed_out.html", status=401)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#status", "innerHTML"
    response.headers["HX-Reselect"] = "#signed-out"  # also where the swap wanted another part of the answer
    return response


def plain_page(request: HttpRequest, status: int, text: str) -> HttpResponse:
    """The page for a status, with one sentence."""
    return render(
        request, "web/error.html", {"title": TITLES[status], "text": text, "here": "/"}, status=status
    )


def button_missing(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """For the address of a button, opened without it: again from a history, say. A browser shows an empty page else."""
    text = _("What a button does has no page of its own. Nothing has been sent again.")
    response = plain_page(request, 405, text)
    response.headers["Allow"] = refused.headers["Allow"]
    return response


def add_to_form(form: Form, error: DomainError) -> None:
    """Put the refusal beside the field it names; nothing typed is lost."""
    named = error.facts.get("field")
    field = getattr(form, "FIELD_OF", {}).get(named, named)
    form.add_error(field if field in form.fields else None, f"{sentence(error)}{_what_could_be_meant(error)}")


def _what_could_be_meant(error: DomainError) -> str:
    """The towns of an ambiguous name, so that one can be picked."""
    towns = error.facts.get("suggestions", []) if error.code == "place_ambiguous" else []
    named = ", ".join(f"{town['postcode']} {town['place']}" for town in towns)
    return f" ({named})" if named else ""


@contextmanager
def refusals_on(form: Form) -> Iterator[None]:
    """Refusals that the reader can mend go to the form; what is not there or not allowed stays an error."""
    try:
        yield
    except (RuleViolated, Conflict) as error:
        add_to_form(form, error)
    except TooManyRequests as error:
        add_to_form(form, error)
        form.too_often = error  # type: ignore[attr-defined]
    except NotPermitted as error:
        # At registration, where nobody is signed in, a refusal concerns what was typed.
        if form.is_bound and error.code in getattr(form, "REFUSALS", ()):
            add_to_form(form, error)
            return
        raise


@contextmanager
def refusals_as_messages(request: HttpRequest) -> Iterator[None]:
    """For buttons without a form: the refusal is shown above the page that follows."""
    try:
        yield
    except (RuleViolated, Conflict) as error:
        reasons = [
            refusal_reason(reason["code"], reason["facts"]) for reason in error.facts.get("reasons", ())
        ]
        messages.error(request, " ".join([sentence(error), *reasons]))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):  # a page of ours would ask for the host again
        return HttpResponse("unknown host\n", status=400, content_type="text/plain; charset=utf-8")
    return plain_page(request, 400, _("Please go back and try again."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_page(request, 403, _("Please sign in with another account, or go back to the start page."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_page(request, 404, _("The address may be mistyped, or the page no longer exists."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return plain_page(
        request,
        403,
        _("For your safety we could not accept this form. Please go back, reload and send again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors: what failed may be the database."""
    from django.template import loader

    return HttpResponse(loader.render_to_string("500.html"), status=500)
