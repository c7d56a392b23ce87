"""What somebody enters about herself: name and phone, the language of messages, a code, a last word before erasing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.people.profile import PersonalData
from backend.web.forms.base import PageForm
from backend.web.forms.languages import OwnNamesSelect, reader_languages
from backend.web.forms.registration import name_field, phone_field


class PersonForm(PageForm):
    name = name_field()
    phone = phone_field(label=_("Phone"), required=False)
    street = forms.CharField(
        label=_("Street and number"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def person(self) -> PersonalData:
        """What goes into the vault."""
        data: dict[str, Any] = self.cleaned_data
        return PersonalData(name=data["name"], phone=str(data["phone"] or ""), street=data["street"])


class MessageLanguageForm(PageForm):
    language = forms.ChoiceField(
        label=_("In which language shall we write to you?"), choices=reader_languages, widget=OwnNamesSelect
    )


class CodeForm(PageForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "dir": "ltr",
            }
        ),
    )


class EraseForm(PageForm):
    sure = forms.BooleanField(label=_("Yes, erase my data. I know that this cannot be undone."))
