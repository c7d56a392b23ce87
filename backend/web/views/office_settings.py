"""What an administrator rules: how the office works, how it asks, and with which preset it begins."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.accounts.commands import change_office
from backend.accounts.models import Office
from backend.accounts.presets import PRESETS
from backend.errors import NotThere
from backend.web.administration import administered_office, back_to, settings_page
from backend.web.errors import refusals_on
from backend.web.forms.office import RULE_TEXTS, PresetForm, RulesForm, WavesForm, rule_value
from backend.web.forms.office_periods import PeriodsForm
from backend.web.gates import Gate, SignedInRequest, gated


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest) -> HttpResponse:
    """The office's rules as a form."""
    return _rules(request, RulesForm, "settings", "rules")


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def waves(request: SignedInRequest) -> HttpResponse:
    """How pilots are asked in waves."""
    return _rules(request, WavesForm, "settings_waves", "waves")


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def periods(request: SignedInRequest) -> HttpResponse:
    """How long the office keeps what it needs no more."""
    return _rules(request, PeriodsForm, "settings_periods", "periods")


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def presets(request: SignedInRequest) -> HttpResponse:
    """The presets, each with what it would change here; nothing is changed before the second step."""
    office, form = administered_office(request), PresetForm(request.POST or None)
    if form.is_valid():
        preset = PRESETS.get(form.cleaned_data["preset"])
        if preset is None:
            raise NotThere("preset_unknown")
        change_office(office_id=office.pk, **preset.rules, by=request.user, now=timezone.now())
        messages.success(request, _("The rules of the preset are taken over."))
        return back_to("settings", office)
    chosen = request.GET.get("vorlage", "")
    return settings_page(
        request,
        office,
        "settings_presets",
        "presets",
        presets=PRESETS.items(),
        chosen=chosen if chosen in PRESETS else "",
        preset=PRESETS.get(chosen),
        changes=_changes(chosen, office),
    )


def _rules(
    request: SignedInRequest,
    kind: type[RulesForm] | type[WavesForm] | type[PeriodsForm],
    section: str,
    template: str,
) -> HttpResponse:
    office = administered_office(request)
    form = kind(request.POST or None, office=office)
    if form.is_valid():
        with refusals_on(form):
            change_office(office_id=office.pk, **form.values(), by=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
            return back_to(section, office)
    status = 422 if form.errors else 200
    return settings_page(request, office, section, template, form=form, status=status)


def _changes(chosen: str, office: Office) -> list[tuple[str, str, str]]:
    """(rule, as it is, as it would be), in words."""
    preset = PRESETS.get(chosen)
    if preset is None:
        return []
    return [
        (str(RULE_TEXTS[name]), rule_value(name, old), rule_value(name, new))
        for name, (old, new) in preset.changes(office).items()
    ]
