"""After the confirmation: the report, dropping out, cancelling."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.dispatch.codes import NotDoneReason
from backend.dispatch.commands.settlements import NOTE_AT_MOST
from backend.dispatch.policies import OFFICES_REASONS, PILOTS_REASONS
from backend.web.forms.base import PageForm, with_empty

DONE, NOT_DONE = "yes", "no"


class ReportForm(PageForm):
    """How it went."""

    done = forms.ChoiceField(
        label=_("Did the appointment take place?"),
        choices=[(DONE, _("Yes")), (NOT_DONE, _("No"))],
        initial=DONE,
        widget=forms.RadioSelect,
    )
    minutes = forms.IntegerField(
        label=_("How many minutes did it take?"), min_value=1, max_value=1440, required=False
    )
    km = forms.IntegerField(
        label=_("How many km did you travel?"), min_value=0, max_value=1000, required=False
    )
    not_done_reason = forms.ChoiceField(
        label=_("If not: why?"),
        choices=lambda: with_empty(NotDoneReason.choices, _("Please choose")),
        required=False,
    )

    def values(self) -> dict[str, Any]:
        """The arguments of report_activity."""
        data = self.cleaned_data
        return {
            "done": data["done"] == DONE,
            "not_done_reason": data["not_done_reason"],
            "minutes": data["minutes"],
            "km": data["km"],
        }


class SettleForm(PageForm):
    """Which of two reports counts, and what the office has found out."""

    report = forms.ChoiceField(label=_("Which report counts?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What have you found out?"),
        max_length=NOTE_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, own: UUID, other: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["report"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(own), _("The pilot's")), (str(other), _("The asking side's"))]


class CancelForm(PageForm):
    """Ends an assignment that has not begun; which reasons there are depends on who says it."""

    reason = forms.ChoiceField(label=_("Why?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, by_pilot: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(r.value, r.label) for r in (PILOTS_REASONS if by_pilot else OFFICES_REASONS)]
