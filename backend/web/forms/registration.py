"""Who registers: volunteers, organisations, people who look for help themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from backend.accounts.roles import OrganisationKind
from backend.people.codes import Gender, Topic, TravelMode
from backend.people.profile import PersonalData, Wishes
from backend.web.forms.base import (
    GENDER_WISHES,
    EmailField,
    LanguageField,
    PageForm,
    PostcodeField,
    levels,
    with_empty,
)
from backend.web.forms.languages import LanguageRows
from backend.web.forms.week import WeekGridField
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


class PilotForm(LanguageRows):
    """Becoming a pilot."""

    FIELD_OF = {"languages": "language_1", "availability": "week", "home": "postcode"}

    name = name_field()
    email = EmailField(label=_("E-mail address"), help_text=_("You sign in with it. There is no password."))
    phone = phone_field(label=_("Phone"), help_text=_("For questions at short notice. Only the office and, "
                                                      "after a confirmation, whoever asked can see it."))  # fmt: skip
    gender = forms.ChoiceField(
        label=_("Gender"),
        choices=with_empty(Gender.choices, _("No answer")),
        required=False,
        help_text=_("Some people ask for a woman or a man."),
    )
    postcode = PostcodeField(label=_("Postcode"))
    place = forms.CharField(label=_("Town"), max_length=80, required=False)
    reach_km = forms.IntegerField(
        label=_("How far would you come, in km?"), min_value=1, max_value=300, initial=15
    )
    travel_mode = forms.ChoiceField(
        label=_("How do you travel?"), choices=TravelMode.choices, initial=TravelMode.TRANSIT
    )
    german_level = forms.TypedChoiceField(
        label=_("How well do you speak German?"), choices=levels(), coerce=int
    )
    week = WeekGridField(
        label=_("When do you usually have time?"),
        required=False,
        help_text=_("This is no promise: you can say no every time, and change it whenever you like."),
    )
    monthly_hours = forms.IntegerField(
        label=_("How many hours a month at most?"),
        min_value=1,
        max_value=200,
        required=False,
        help_text=_("Leave it empty if you do not mind."),
    )
    topics_wished = forms.MultipleChoiceField(
        label=_("What do you like to help with?"),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    topics_refused = forms.MultipleChoiceField(
        label=_("What should we not ask you about?"),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    heavy_per_month = forms.IntegerField(
        label=_("How many heavy appointments a month at most?"),
        min_value=0,
        max_value=31,
        required=False,
        help_text=_("Conflicts, for example, can weigh on you. Leave it empty if you do not mind."),
    )
    data_protection = forms.BooleanField(
        label=_("The office may store what I have entered and use it to ask me for assignments. "
                "I can take this back at any time.")
    )  # fmt: skip
    confidentiality = forms.BooleanField(
        label=_("I promise to keep to myself what I learn about people, also after I have stopped.")
    )

    def values(self) -> dict[str, Any]:
        """The arguments of register_pilot; raises RuleViolated for a place we do not know."""
        data = self.cleaned_data
        return {
            "email": data["email"],
            "person": PersonalData(name=data["name"], phone=str(data["phone"])),
            "home": private_place(postcode=data["postcode"], place=data["place"]),
            "wishes": Wishes(
                german_level=data["german_level"],
                reach_km=data["reach_km"],
                gender=data["gender"],
                travel_mode=data["travel_mode"],
                monthly_hours=data["monthly_hours"],
                heavy_per_month=data["heavy_per_month"],
                topics_wished=data["topics_wished"],
                topics_refused=data["topics_refused"],
            ),
            "skills": self.skills(),
            "week": data["week"],
            "data_protection": data["data_protection"],
            "confidentiality": data["confidentiality"],
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
