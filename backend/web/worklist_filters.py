"""Which requests of the worklist does the address ask for, and how is each filter taken off again?"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import F, Func, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.models import Organisation, User
from backend.dispatch.models import HelpRequest
from backend.language_names import language_name
from backend.people.codes import Topic
from backend.web.forms.base import PageForm, with_empty
from backend.web.worklist import office_ids

PLACE_AT_MOST = 60


class WorklistFilter(PageForm):
    """Sent by GET; what cannot be read is left out."""

    sprache = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    thema = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        choices=lambda: with_empty(Topic.choices, _("All")),
        required=False,
    )
    stelle = forms.ChoiceField(label=gettext_lazy("Who asks"), required=False)
    ort = forms.CharField(
        label=gettext_lazy("Postcode or town"),
        max_length=PLACE_AT_MOST,
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )
    dringend = forms.BooleanField(label=gettext_lazy("Urgent only"), required=False)
    q = forms.CharField(
        label=gettext_lazy("Reference or case key"),
        max_length=PLACE_AT_MOST,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "dir": "ltr", "data-key": "/"}
        ),
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = office_ids(reader)
        languages = (
            HelpRequest.objects.filter(office__in=offices)
            .order_by()
            .values_list(Func(F("languages"), function="unnest"), flat=True)
            .distinct()
        )
        named = sorted(((code, language_name(code)) for code in languages), key=lambda pair: pair[1])
        organisations = Organisation.objects.filter(offices__in=offices).distinct().order_by("name")
        self._choose("sprache", named)
        self._choose("stelle", [(str(pk), name) for pk, name in organisations.values_list("pk", "name")])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = with_empty(choices, _("All"))

    def chosen(self) -> dict[str, Any]:
        """What is asked for and can be understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def narrowed(found: QuerySet[HelpRequest], chosen: dict[str, Any]) -> QuerySet[HelpRequest]:
    """The requests that meet every filter."""
    if language := chosen.get("sprache"):
        found = found.filter(languages__contains=[language])
    if topic := chosen.get("thema"):
        found = found.filter(topic=topic)
    if organisation := chosen.get("stelle"):
        found = found.filter(organisation=organisation)
    if where := chosen.get("ort"):
        found = found.filter(
            Q(meeting_place__postcode__startswith=where) | Q(meeting_place__place__icontains=where)
        )
    if chosen.get("dringend"):
        found = found.filter(urgent=True)
    if words := chosen.get("q"):
        found = found.filter(Q(reference__icontains=words) | Q(help_seeker__case_key__icontains=words))
    return found


@dataclass(frozen=True)
class Chip:
    """One filter that is on, and the address without it."""

    label: str
    value: str
    without: str


def chips(form: WorklistFilter, chosen: dict[str, Any], sent: QueryDict) -> list[Chip]:
    """The filters that are on, in the order of the form."""
    return [
        Chip(str(form.fields[name].label), _shown(form, name, value), _without(sent, name))
        for name, value in chosen.items()
    ]


def _shown(form: WorklistFilter, name: str, value: Any) -> str:
    field = form.fields[name]
    if isinstance(field, forms.BooleanField):
        return ""
    if isinstance(field, forms.ChoiceField):
        return next((str(text) for code, text in field.widget.choices if str(code) == value), "")
    return str(value)


def _without(sent: QueryDict, *names: str) -> str:
    left = sent.copy()
    for name in (*names, "seite"):
        left.pop(name, None)
    return f"?{left.urlencode()}"
