"""Who registers: volunteers, organisations, people who look for help themselves."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from backend.accounts.roles import OrganisationKind
from backend.people.codes import Topic
from backend.people.profile import PersonalData
from backend.web.forms.base import (
    GENDER_WISHES,
    EmailField,
    LanguageField,
    PageForm,
    PostcodeField,
    with_empty,
)
from backend.web.places import private_place, public_place

PHONE = {"type": "tel", "autocomplete": "tel", "dir": "ltr"}


def phone_field(**kwargs: Any) -> PhoneNumberField:
    """A number as people type it, stored as E.164."""
    return PhoneNumberField(widget=forms.TextInput(attrs=PHONE), **kwargs)


def name_field(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=_("First and last name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        **kwargs,
    )


class PilotForm(PageForm):
    """Becoming a pilot: what an account and an office need. The rest follows in short steps after signing in."""

    FIELD_OF: ClassVar[dict[str, str]] = {"home": "postcode"}

    name = name_field()
    email = EmailField(label=_("E-mail address"), help_text=_("You sign in with it. There is no password."))
    postcode = PostcodeField(label=_("Postcode"))
    place = forms.CharField(label=_("Town"), max_length=80, required=False)
    data_protection = forms.BooleanField(
        label=_("The office may store what I have entered and use it to ask me for assignments. "
                "I can take this back at any time.")
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """The arguments of apply_as_pilot; raises RuleViolated for a place we do not know."""
        data = self.cleaned_data
        return {
            "email": data["email"],
            "name": data["name"],
            "home": private_place(postcode=data["postcode"], place=data["place"]),
            "data_protection": data["data_protection"],
        }


class OrganisationForm(PageForm):
    """A service that would like to ask for pilots."""

    FIELD_OF = {"contact_email": "email", "where": "postcode"}

    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=lambda: with_empty(OrganisationKind.choices, _("Please choose"))
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = PostcodeField(label=_("Postcode"))
    place = forms.CharField(label=_("Town"), max_length=80, required=False)
    email = EmailField(
        label=_("Your work e-mail address"), help_text=_("You sign in with it. There is no password.")
    )

    def values(self) -> dict[str, Any]:
        """The arguments of register_organisation."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "kind": data["kind"],
            "where": public_place(street=data["street"], postcode=data["postcode"], place=data["place"]),
            "contact_email": data["email"],
        }


class SeekHelpForm(PageForm):
    """Somebody who looks for help and has no organisation that asks."""

    FIELD_OF = {"languages": "language", "home": "postcode"}
    REFUSALS = frozenset({"self_registration_closed"})

    name = name_field()
    email = EmailField(label=_("E-mail address"), help_text=_("You sign in with it. There is no password."))
    phone = phone_field(label=_("Phone"), required=False)
    postcode = PostcodeField(label=_("Postcode"))
    place = forms.CharField(label=_("Town"), max_length=80, required=False)
    language = LanguageField(label=_("Which language do you speak best?"))
    second_language = LanguageField(label=_("Another language you understand well"), required=False)
    needs = forms.MultipleChoiceField(
        label=_("What do you need help with?"),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    gender_wish = forms.ChoiceField(
        label=_("Who should come with you?"), choices=GENDER_WISHES, required=False
    )
    data_protection = forms.BooleanField(
        label=_("The office may store what I have entered and use it to find somebody who helps me. "
                "I can take this back at any time.")
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """The arguments of register_oneself."""
        data = self.cleaned_data
        return {
            "email": data["email"],
            "person": PersonalData(name=data["name"], phone=str(data["phone"] or "")),
            "languages": [code for code in (data["language"], data["second_language"]) if code],
            "home": private_place(postcode=data["postcode"], place=data["place"]),
            "needs": data["needs"],
            "gender_wish": data["gender_wish"],
            "data_protection": data["data_protection"],
        }
