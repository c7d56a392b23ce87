"""What an administrator sets: the office's rules, what counts in a ranking, and who works there."""

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from backend.accounts.matters import HAND_OFF_AT_MOST, HAND_OFFS, Matter
from backend.accounts.models import Office
from backend.accounts.office_rules import BOUNDS
from backend.accounts.roles import STAFF_CHOICES
from backend.people.codes import CefrLevel, Topic
from backend.reader import listed
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
MATTER, HAND_OFF = "leaves_", "hand_off_"  # and the code of the matter: names of fields
AS_THEY_ARE = ("label", "email", "phone", "accepts_self_registration", "heavy_topics")
WHOLE = frozenset({"continuity_cap"})


def number_field(name: str, text: Promise) -> forms.IntegerField:
    """A whole number within what makes sense for the rule."""
    least, most = BOUNDS[name]
    return forms.IntegerField(
        label=str(text),
        min_value=least,
        max_value=most,
        help_text=_("From %(least)s to %(most)s") % {"least": least, "most": most},
    )


class RulesForm(PageForm):
    """How the office works; the numbers follow what the office knows."""

    label = forms.CharField(
        label=_("What the office calls itself"),
        max_length=60,
        help_text=_("For example: Leitstelle, Koordinierungsstelle."),
    )
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
        initial = {name: getattr(office, name) for name in (*NUMBERS, *AS_THEY_ARE)}
        initial["service_postcodes"] = " ".join(office.service_postcodes)
        super().__init__(*args, initial=initial, **kwargs)
        self.fields |= {name: number_field(name, text) for name, text in NUMBERS.items()}
        for matter in Matter:
            self.fields[f"{MATTER}{matter}"] = forms.BooleanField(
                label=capfirst(str(matter.label)),
                required=False,
                initial=matter in office.excluded_matters,
            )
            self.fields[f"{HAND_OFF}{matter}"] = forms.CharField(
                label=_("Whom to turn to instead"),
                max_length=HAND_OFF_AT_MOST,
                required=False,
                initial=office.hand_offs.get(matter, ""),
                help_text=_("If empty, we say: “%(text)s”") % {"text": HAND_OFFS[matter]},
                widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            )

    def matters(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each matter with the words that name whom to turn to instead."""
        return [(self[f"{MATTER}{matter}"], self[f"{HAND_OFF}{matter}"]) for matter in Matter]

    def numbers(self) -> list[forms.BoundField]:
        """The fields of the rules that are numbers."""
        return [self[name] for name in NUMBERS]

    def values(self) -> dict[str, Any]:
        """The rules as change_office takes them."""
        data = dict(self.cleaned_data)
        excluded = [matter.value for matter in Matter if data.pop(f"{MATTER}{matter}")]
        hand_offs = {matter.value: data.pop(f"{HAND_OFF}{matter}") for matter in Matter}
        return {
            **data,
            "service_postcodes": data["service_postcodes"].replace(",", " ").split(),
            "excluded_matters": excluded,
            "hand_offs": {matter: text for matter, text in hand_offs.items() if text},
        }


class WavesForm(PageForm):
    """How pilots are asked in waves."""

    uses_acceptance_model = forms.BooleanField(
        label=_("Estimate from the office's own answers who is likely to say yes"), required=False
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        initial = {name: getattr(office, name) for name in ("uses_acceptance_model", *WAVES)}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields |= {name: number_field(name, text) for name, text in WAVES.items()}

    def numbers(self) -> list[forms.BoundField]:
        return [self[name] for name in WAVES]

    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class WeightsForm(PageForm):
    """One field for each weight and parameter of the core."""

    FIELD_OF = {"weights": TERM_CODES[0]}

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, initial=Weights.from_dict(office.weights).to_dict(), **kwargs)
        for item in fields(Weights):
            is_term = item.name in TERM_CODES
            kind = forms.IntegerField if item.name in WHOLE else forms.FloatField
            text = TERM_LABELS[item.name] if is_term else PARAMETERS[item.name]
            field = kind(label=str(text), min_value=0)
            field.widget.attrs |= {"step": "any" if item.name not in WHOLE else "1", "class": "short"}
            self.fields[item.name] = field

    def terms(self) -> list[forms.BoundField]:
        return [self[name] for name in TERM_CODES]

    def parameters(self) -> list[forms.BoundField]:
        return [self[name] for name in PARAMETERS]

    def values(self) -> dict[str, Any]:
        return {"weights": self.cleaned_data}


class PresetForm(PageForm):
    """Which preset is taken over."""

    preset = forms.CharField(max_length=40)


class RoleForm(PageForm):
    role = forms.ChoiceField(label=_("Role"), choices=STAFF_CHOICES, widget=forms.RadioSelect)


class InviteForm(PageForm):
    """Somebody who works in the office."""

    email = EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=STAFF_CHOICES, widget=forms.RadioSelect)


class ColleagueForm(PageForm):
    """Somebody who asks for the same organisation."""

    email = EmailField(label=_("E-mail address"))


def rule_value(name: str, value: Any) -> str:
    """A rule's value as people read it."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if name == "minimum_german_level":
        return str(CefrLevel(value).label)
    if name == "excluded_matters":
        return listed(str(Matter(code).label) for code in value) or "–"
    if name == "heavy_topics":
        return listed(str(Topic(code).label) for code in value) or "–"
    return str(value)


RULE_TEXTS: dict[str, Promise] = {
    **NUMBERS,
    **WAVES,
    "label": _("What the office calls itself"),
    "accepts_self_registration": _("Help-seekers may register by themselves"),
    "uses_acceptance_model": _("Estimate from the office's own answers who is likely to say yes"),
    "heavy_topics": _("Topics that weigh heavily"),
    "excluded_matters": _("What we leave to others"),
}
