"""How messages shall reach somebody: a number for SMS, the code that proves it, and what she can do without."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType, number_type

from backend.accounts.models import User
from backend.accounts.roles import STAFF_ROLES, Role
from backend.web.forms.base import PageForm
from backend.web.forms.registration import phone_field
from notifications.optional import Group, Unsubscription

CAN_TEXT = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UNKNOWN)


class SmsNumberForm(PageForm):
    sms_number = phone_field(label=_("Mobile number"))

    def clean_sms_number(self) -> Any:
        """A landline reads SMS aloud at best."""
        number = self.cleaned_data["sms_number"]
        if number and number_type(number) not in CAN_TEXT:
            raise forms.ValidationError(_("This is no mobile number. SMS go to mobile numbers only."))
        return number

    def number(self) -> str:
        return str(self.cleaned_data["sms_number"].as_e164)


class SmsCodeForm(PageForm):
    code = forms.CharField(
        label=_("Code from the SMS"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "dir": "ltr",
            }
        ),
    )


class MessagesForm(PageForm):
    wanted = forms.MultipleChoiceField(
        label=_("Which of these messages shall come?"),
        help_text=_("Questions, confirmations and cancellations always come."),
        choices=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, user: User) -> None:
        self.groups = groups_of(user)
        ended = set(Unsubscription.objects.filter(user=user).values_list("group", flat=True))
        super().__init__(data, initial={"wanted": [group for group in self.groups if group not in ended]})
        self.fields["wanted"].choices = [(group.value, group.label) for group in self.groups]  # type: ignore[attr-defined]

    def unwanted(self) -> list[str]:
        """The groups that were left out."""
        return [group.value for group in self.groups if group.value not in self.cleaned_data["wanted"]]


def groups_of(user: User) -> list[Group]:
    """What the user gets at all, by what she is here."""
    if user.has_role(*STAFF_ROLES):
        return [Group.NEWS, Group.REMINDERS, Group.THANKS] if user.has_role(Role.PILOT) else [Group.NEWS]
    return [Group.REMINDERS, Group.THANKS]
