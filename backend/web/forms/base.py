"""What all forms share: our own markup for fields, plain date and time inputs, choices with an empty first one."""

import re
from collections.abc import Iterable
from datetime import date, time
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.addresses import check_local_part
from backend.language_names import language_choices
from backend.moments import YEARS
from backend.people.codes import CefrLevel, Gender

Choices = list[tuple[Any, Any]]
FILL_THIS_IN, TICK_THIS = _("Please fill this in."), _("Please tick this.")


class PageRenderer(DjangoTemplates):
    field_template_name = "web/forms/field.html"


class PageField(BoundField):
    """A field whose input carries KERN's class names."""

    def as_widget(
        self, widget: forms.Widget | None = None, attrs: Any = None, only_initial: bool = False
    ) -> Any:
        widget = widget or self.field.widget
        if isinstance(widget, LISTS):
            widget.template_name, widget.option_template_name = CHOICES, OPTION
        return super().as_widget(widget, attrs, only_initial)

    def build_widget_attrs(self, attrs: Any, widget: forms.Widget | None = None) -> Any:
        widget = widget or self.field.widget
        name = next((name for kind, name in CLASSES if isinstance(widget, kind)), "kern-form-input__input")
        if isinstance(widget, forms.NumberInput):
            attrs = {"dir": "ltr", **attrs}
        names = [name, *([f"{name}--error"] if self.errors else []), widget.attrs.get("class", "")]
        return super().build_widget_attrs({**attrs, "class": " ".join(filter(None, names))}, widget)


CHOICES, OPTION = "web/forms/choices.html", "web/forms/option.html"
LISTS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (
        forms.CheckboxSelectMultiple,
        "kern-form-check__checkbox",
    ),  # first: for Django it is a kind of RadioSelect
    (forms.RadioSelect, "kern-form-check__radio"),
    (forms.CheckboxInput, "kern-form-check__checkbox"),
    (forms.Select, "kern-form-input__select"),
)


class PageForm(forms.Form):
    """`FIELD_OF` says which input stands for a field named by a refusal."""

    default_renderer = PageRenderer()  # one for all: each has its own templates, and would parse them anew
    bound_field_class = PageField
    FIELD_OF: ClassVar[dict[str, str]] = {}
    REFUSALS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def full_clean(self) -> None:
        """Ask kindly for what is missing, also in fields that a subclass has added."""
        for field in self.fields.values():
            is_box = isinstance(field, forms.BooleanField)
            field.error_messages["required"] = TICK_THIS if is_box else FILL_THIS_IN
        super().full_clean()


class DayField(forms.DateField):
    """A day of a year that can be meant."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "dir": "ltr"})
    default_error_messages = {"year": _("The year has to lie between {first} and {last}.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y"], **kwargs)

    def validate(self, value: date | None) -> None:
        """Refuse what no calendar could reckon with."""
        super().validate(value)
        first, last = YEARS
        if value is not None and not first <= value.year <= last:
            raise forms.ValidationError(
                self.error_messages["year"].format(first=first, last=last), code="year"
            )


class ClockField(forms.TimeField):
    """A time as people type it: 9, 9:30, 9.30, 930. Not type=time: that shows am and pm in English browsers."""

    widget = forms.TimeInput(format="%H:%M", attrs={"class": "clock", "placeholder": "--:--", "dir": "ltr"})
    TYPED = re.compile(r"(?P<hour>\d{1,2})(?:[:.]?(?P<minute>\d{2}))?(?::00)?")

    def to_python(self, value: Any) -> time | None:
        """Hours alone are full hours."""
        if isinstance(value, str) and (typed := self.TYPED.fullmatch(value.strip())):
            value = f"{int(typed['hour']):02d}:{typed['minute'] or '00'}"
        return super().to_python(value)


class PostcodeField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "postal-code", "dir": "ltr", "class": "short"}
        super().__init__(max_length=5, widget=forms.TextInput(attrs=attrs), **kwargs)


class EmailField(forms.EmailField):
    default_validators = [*forms.EmailField.default_validators, check_local_part]

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "email", "dir": "ltr", "spellcheck": "false"}
        super().__init__(widget=forms.EmailInput(attrs=attrs), **kwargs)


class LanguageField(forms.ChoiceField):
    """One of the languages we know, named in the reader's language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: [("", _("Please choose")), *language_choices()], **kwargs)


def with_empty(choices: Iterable[tuple[Any, Any]], text: str | Promise) -> Choices:
    """The choices behind one that leaves the answer open."""
    return [("", text), *choices]


def levels() -> Choices:
    """CEFR levels that somebody can say of herself."""
    return with_empty([(level.value, LEVEL_TEXTS[level]) for level in CefrLevel if level], _("Please choose"))


LEVEL_TEXTS: dict[CefrLevel, Promise] = {
    CefrLevel.A1: _("A1 – a few words"),
    CefrLevel.A2: _("A2 – simple everyday talk"),
    CefrLevel.B1: _("B1 – get by in most talks"),
    CefrLevel.B2: _("B2 – well"),
    CefrLevel.C1: _("C1 – very well"),
    CefrLevel.C2: _("C2 – fluent or first language"),
}
GENDER_WISHES: Choices = [
    ("", _("No matter")),
    (Gender.FEMALE, _("A woman")),
    (Gender.MALE, _("A man")),
]
