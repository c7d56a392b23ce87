"""What a coordinator writes on the page of a request: why a pilot is asked against a rule."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.dispatch.commands.overrides import NOTE_AT_MOST
from backend.web.forms.base import PageForm


class OverrideForm(PageForm):
    """`lotse` is the pilot's code, as looked up."""

    lotse = forms.CharField(max_length=12, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Why all the same?"),
        help_text=_("For example what you have agreed on by phone. The office alone reads it; no diagnoses."),
        max_length=NOTE_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
