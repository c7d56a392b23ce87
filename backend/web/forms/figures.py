"""Which period does a reader of figures choose?"""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.reporting.periods import Period
from backend.web.forms.base import DayField, PageForm

DAYS_AT_MOST = 3 * 366


class PeriodForm(PageForm):
    von = DayField(label=_("From"))
    bis = DayField(label=_("Up to and including"))

    def clean(self) -> dict[str, Any]:
        """The last day follows the first, and not decades later."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("von"), cleaned.get("bis")
        if first and last and last < first:
            raise forms.ValidationError({"bis": _("The last day lies before the first.")})
        if first and last and last - first > timedelta(days=DAYS_AT_MOST):
            raise forms.ValidationError({"bis": _("Please choose three years at most.")})
        return cleaned

    def period(self) -> Period:
        return Period(self.cleaned_data["von"], self.cleaned_data["bis"])
