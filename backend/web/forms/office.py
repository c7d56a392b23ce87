"""What an administrator sets: the office's rules, and who works there."""

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Office
from backend.accounts.office_rules import BOUNDS
from backend.accounts.roles import STAFF_CHOICES
from backend.people.codes import Topic
from backend.reason_texts import TERM_LABELS
from backend.web.forms.base import EmailField, PageForm
from matching.weights import TERM_CODES, Weights

NUMBERS: dict[str, Promise] = {
    "offer_lifetime_hours": _("Hours to answer when asked"),
    "offers_at_once": _("Pilots to ask at once"),
    "travel_buffer_minutes": _("Minutes between two appointments"),
    "default_reach_km": _("Reach of pilots who name none, in km"),
    "lead_days": _("Days of notice for a request"),
    "minimum_german_level": _("German a pilot needs (0 = none, 1 = A1 to 6 = C2)"),
    "background_check_years": _("Years a background check counts"),
    "course_hours": _("Hours of the basic course"),
    "reminder_hours": _("Hours before an appointment to remind"),
}
WAVES: dict[str, Promise] = {
    "wave_target_percent": _("How likely a yes in time shall be, in %"),
    "message_price_percent": _("The least a further question must add, in %"),
    "wave_interval_minutes": _("Minutes until the next look"),
    "contact_budget_week": _("Questions per pilot and week at most"),
    "exploration_percent": _("Share for pilots who are seldom asked, in %"),
    "quiet_from_hour": _("Quiet hours from (hour)"),
    "quiet_until_hour": _("Quiet hours until (hour)"),
}
PARAMETERS: dict[str, Promise] = {
    "half_km": _("Km at which the way counts half"),
    "continuity_cap": _("Earlier appointments together that count at most"),
}
AS_THEY_ARE = (
    "label",
    "email",
    "phone",
    "accepts_self_registration",
    "uses_acceptance_model",
    "heavy_topics",
)
WHOLE = frozenset({"continuity_cap"})
WEIGHT = "weight_"


class OfficeForm(PageForm):
    """The rules, one field each; fields of numbers and weights follow what the office and the core know."""

    FIELD_OF = {"weights": f"{WEIGHT}{TERM_CODES[0]}"}

    label = forms.CharField(label=_("What the office calls itself"), max_length=60)
    email = EmailField(label=_("E-mail address"), help_text=_("Answers to our messages go there."))
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )
    accepts_self_registration = forms.BooleanField(
        label=_("Help-seekers may register by themselves"), required=False
    )
    uses_acceptance_model = forms.BooleanField(
        label=_("Estimate from the office's own answers who is likely to say yes"), required=False
    )
    heavy_topics = forms.MultipleChoiceField(
        label=_("Topics that weigh heavily"),
        help_text=_("Pilots may limit how many such appointments they take a month."),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    service_postcodes = forms.CharField(
        label=_("Postcodes served"),
        required=False,
        max_length=40_000,
        help_text=_("With blanks or commas between them."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        weights = Weights.from_dict(office.weights).to_dict()
        initial = {name: getattr(office, name) for name in (*NUMBERS, *WAVES, *AS_THEY_ARE)}
        initial["service_postcodes"] = " ".join(office.service_postcodes)
        initial |= {f"{WEIGHT}{name}": value for name, value in weights.items()}
        super().__init__(*args, initial=initial, **kwargs)
        for name, text in (NUMBERS | WAVES).items():
            least, most = BOUNDS[name]
            self.fields[name] = forms.IntegerField(label=str(text), min_value=least, max_value=most)
        for item in fields(Weights):
            kind = forms.IntegerField if item.name in WHOLE else forms.FloatField
            text = TERM_LABELS[item.name] if item.name in TERM_CODES else PARAMETERS[item.name]
            self.fields[f"{WEIGHT}{item.name}"] = kind(label=str(text), min_value=0)

    def numbers(self) -> list[forms.BoundField]:
        """The fields of the rules that are numbers."""
        return [self[name] for name in NUMBERS]

    def wave_numbers(self) -> list[forms.BoundField]:
        """The fields of asking in waves."""
        return [self[name] for name in WAVES]

    def weights(self) -> list[forms.BoundField]:
        """The fields of what counts how much."""
        return [self[f"{WEIGHT}{item.name}"] for item in fields(Weights)]

    def values(self) -> dict[str, Any]:
        """The rules as change_office takes them."""
        data = self.cleaned_data
        weights = {name.removeprefix(WEIGHT): data[name] for name in data if name.startswith(WEIGHT)}
        rules = {name: value for name, value in data.items() if not name.startswith(WEIGHT)}
        postcodes = rules["service_postcodes"].replace(",", " ").split()
        return {**rules, "service_postcodes": postcodes, "weights": weights}


class RoleForm(PageForm):
    role = forms.ChoiceField(label=_("Role"), choices=STAFF_CHOICES)


class InviteForm(PageForm):
    """Somebody who works in the office; on one page with OfficeForm, so that its ids are its own."""

    email = EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=STAFF_CHOICES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_invite_%s", **kwargs)


class ColleagueForm(PageForm):
    """Somebody who asks for the same organisation."""

    email = EmailField(label=_("E-mail address"))
