"""The texts of messages, one by one and language by language, with a look at the mail before anybody gets it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.accounts.models import Office
from backend.errors import DomainError, NotThere
from backend.web.administration import administered_office, back_to, settings_page
from backend.web.errors import refusals_on
from backend.web.forms.face import MessageTextForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.languages import languages_of
from backend.web.message_names import MESSAGES, PLACES
from backend.web.protection import POLICY
from notifications.commands import change_message_text, restore_standard_text
from notifications.contents import REWORDABLE
from notifications.models import MessageText
from notifications.rendering import compose, compose_own
from notifications.samples import sample_facts
from notifications.wording import Wording, checked_wording, places_of, standard_wording

# A mail brings its own styles; it can run nothing, load nothing, send nothing and lead nowhere.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


@gated(Gate.ADMIN)
@require_safe
def texts(request: SignedInRequest) -> HttpResponse:
    """All messages, by who gets them, and in which languages the office has words of its own."""
    office = administered_office(request)
    own: dict[str, list[str]] = {}
    for template, language in MessageText.objects.filter(office=office).values_list("template", "language"):
        own.setdefault(template, []).append(language)
    groups = [
        (
            group,
            [
                (template, name, own.get(template, []))
                for template, name in names.items()
                if template in REWORDABLE
            ],
        )
        for group, names in MESSAGES
    ]
    return settings_page(request, office, "settings_texts", "texts", groups=groups, languages=_infos(office))


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: SignedInRequest, template: str, language: str) -> HttpResponse:
    """One message in one language: the office's words, or ours to begin with."""
    office = _office_with(request, template, language)
    info = get_language_info(language)
    own = MessageText.objects.filter(office=office, template=template, language=language).first()
    with translation.override(language):
        standard, places = standard_wording(template), places_of(template)
    shown = own or standard
    form = MessageTextForm(
        request.POST or None,
        initial={"subject": shown.subject, "body": shown.body},
        language=language,
        rtl=info["bidi"],
    )
    if form.is_valid():
        with refusals_on(form):
            change_message_text(
                office_id=office.pk,
                template=template,
                language=language,
                **form.cleaned_data,
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return back_to("settings_text", office, template, language)
    response = settings_page(
        request,
        office,
        "settings_texts",
        "text",
        form=form,
        own=own,
        template=template,
        name=_name_of(template),
        language=info,
        languages=_infos(office),
        standard=standard,
        places=[(f"{{{name}}}", PLACES.get(name, "")) for name in places],
        status=422 if form.errors else 200,
    )
    # The one page that shows another one of ours within it.
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@gated(Gate.ADMIN)
@require_POST
def standard_text(request: SignedInRequest, template: str, language: str) -> HttpResponse:
    """Back to our words."""
    office = _office_with(request, template, language)
    restore_standard_text(
        office_id=office.pk, template=template, language=language, by=request.user, now=timezone.now()
    )
    messages.success(request, _("The standard text is back."))
    return redirect(f"{reverse('web:settings_text', args=[template, language])}?leitstelle={office.slug}")


@gated(Gate.ADMIN)
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest, template: str, language: str) -> HttpResponse:
    """The mail as it would arrive, with an invented case: from what was typed, else as it is sent now."""
    office = _office_with(request, template, language)
    own = MessageText.objects.filter(office=office, template=template, language=language).first()
    subject, body = request.POST.get("subject"), request.POST.get("body")
    error: DomainError | None = None
    with translation.override(language):
        facts = sample_facts(office, now=timezone.now())
        wording = Wording(own.subject, own.body) if own else None
        if subject is not None and body is not None:
            try:
                wording = checked_wording(template, subject, body)
            except DomainError as refused:
                error = refused
        mail = compose_own(wording, template, facts) if wording else compose(template, facts)
    subject, plain, html = mail
    response = render(
        request,
        "web/office/settings/mail.html",
        {
            "subject": subject,
            "plain": plain,
            "mail": _body_of(html),
            "error": error,
            "language": language,
            "rtl": get_language_info(language)["bidi"],
        },
    )
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def _body_of(html: str) -> str:
    """What stands between the body tags: our own templates have escaped every fact in it."""
    return html.partition("<body")[2].partition(">")[2].rpartition("</body>")[0]


def _office_with(request: SignedInRequest, template: str, language: str) -> Office:
    office = administered_office(request)
    if template not in REWORDABLE or language not in languages_of(office):
        raise NotThere("message_text_unknown")
    return office


def _infos(office: Office) -> list[dict[str, object]]:
    return [dict(get_language_info(code)) for code in languages_of(office)]


def _name_of(template: str) -> str:
    return next((str(names[template]) for _group, names in MESSAGES if template in names), template)
