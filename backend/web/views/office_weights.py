"""What counts how much in a ranking, and what other weights would have done to last month's."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.commands import change_office
from backend.accounts.models import Office
from backend.dispatch.reweighing import Reweighed, reweighed
from backend.errors import RuleViolated
from backend.web.administration import administered_office, back_to, settings_page
from backend.web.errors import add_to_form, refusals_on
from backend.web.forms.office import WeightsForm
from backend.web.gates import Gate, SignedInRequest, gated
from matching.weights import Weights, WeightsError

SHOWN = 15  # requests whose first three change


@dataclass(frozen=True)
class Bar:
    """One figure before and after, on one scale; `worse` says in which direction more is worse."""

    text: Promise
    unit: str
    before: float | None
    after: float | None

    @property
    def most(self) -> float:
        """The end of the scale; never 0, which draws nothing."""
        return max(self.before or 0.0, self.after or 0.0, 0.001)


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def weights(request: SignedInRequest) -> HttpResponse:
    """The weights as a form; "preview" saves nothing."""
    office = administered_office(request)
    form = WeightsForm(request.POST or None, office=office)
    shown: dict[str, Any] = {}
    if form.is_valid():
        if "preview" in request.POST:
            shown = _preview(form, office)
        else:
            with refusals_on(form):
                change_office(office_id=office.pk, **form.values(), by=request.user, now=timezone.now())
                messages.success(request, _("Saved."))
                return back_to("settings_weights", office)
    status = 422 if form.errors else 200
    return settings_page(request, office, "settings_weights", "weights", form=form, status=status, **shown)


@gated(Gate.ADMIN)
@require_POST
def preview(request: SignedInRequest) -> HttpResponse:
    """The same preview as a fragment, while numbers are being changed."""
    office = administered_office(request)
    form = WeightsForm(request.POST, office=office)
    context = _preview(form, office) if form.is_valid() else {}
    return render(
        request, "web/office/settings/weights_preview.html", {"form": form, "live": True, **context}
    )


def _preview(form: WeightsForm, office: Office) -> dict[str, Any]:
    """What the template shows of it; where the weights cannot be, the form says so."""
    try:
        chosen = Weights.from_dict(form.cleaned_data)
    except WeightsError as error:
        add_to_form(form, RuleViolated("weights_invalid", field="weights", problem=str(error)))
        return {}
    result = reweighed(office, chosen, now=timezone.now())
    return {
        "result": result,
        "bars": _bars(result),
        "moved": result.moved[:SHOWN],
        "more": max(0, len(result.moved) - SHOWN),
    }


def _bars(result: Reweighed) -> list[Bar]:
    before, after = result.before, result.after
    return [
        Bar(gettext_lazy("Way as the crow flies, in km"), "km", before.distance_km, after.distance_km),
        Bar(
            gettext_lazy("Assignments in the last 90 days"), "", before.recent_sessions, after.recent_sessions
        ),
        Bar(
            gettext_lazy("Know each other already, in %"), "%", _percent(before.known_share),
            _percent(after.known_share),
        ),
    ]  # fmt: skip


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
