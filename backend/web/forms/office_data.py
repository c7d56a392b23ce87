"""The last word before the office does something for a person who has asked for it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.web.forms.base import PageForm


class EraseForOtherForm(PageForm):
    sure = forms.BooleanField(
        label=_("Yes, the person concerned wants it. I know that this cannot be undone.")
    )


class WithdrawForOtherForm(PageForm):
    sure = forms.BooleanField(label=_("Yes, the person concerned wants it."))
