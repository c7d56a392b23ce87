"""What an auditor looks for in the access log."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.people.codes import AccessReason
from backend.web.forms.base import PageForm, with_empty


class AccessFilterForm(PageForm):
    """In the address, so that it can be kept: ?wer=kaya&grund=contact."""

    wer = forms.CharField(
        label=_("Who (part of the e-mail address)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )
    grund = forms.ChoiceField(
        label=_("Reason"), choices=with_empty(AccessReason.choices, _("All")), required=False
    )
