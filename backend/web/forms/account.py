"""What somebody enters about her account: name, address, language, a code, a key for programs, a last word."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.people.profile import PersonalData
from backend.web.forms.base import EmailField, PageForm
from backend.web.forms.languages import OwnNamesSelect, reader_languages
from backend.web.forms.registration import name_field, phone_field

SCOPE_TEXTS = {
    "read": _("read what I may read, without names"),
    "requests": _("file and change requests"),
    "people": _("see and change people’s data"),
    "dispatch": _("suggest, ask and confirm pilots"),
    "answers": _("answer questions to me as a pilot"),
}


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


class AddressForm(PageForm):
    email = EmailField(label=_("New e-mail address"))


class TokenForm(PageForm):
    """What a program may do, and for how long."""

    name = forms.CharField(label=_("What is it for?"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=_("What may the program do?"),
        choices=list(SCOPE_TEXTS.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=["read"],
    )
    days = forms.TypedChoiceField(
        label=_("How long?"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("one year"))],
        initial=90,
        widget=forms.RadioSelect,
    )

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return dict(self.cleaned_data)


class EraseForm(PageForm):
    sure = forms.BooleanField(label=_("Yes, erase my data. I know that this cannot be undone."))
