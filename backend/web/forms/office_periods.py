"""How many days does an office keep what it needs no more? One field for each period that offices may set."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Office
from backend.keeping import OFFICE_PERIODS
from backend.web.forms.base import PageForm

PERIODS: dict[str, Promise] = {
    "vault": _("Names, phones and meeting points, after the case or the activity has ended"),
    "cases": _("Clients and their requests with what names them, after the last appointment"),
    "offers": _("Questions to pilots and how they came about, after the request is closed"),
    "deliveries": _("To whom which message went out"),
    "access_log": _("Who opened sealed data"),
    "consents": _("Proof of consents, after they ended"),
    "pilots_who_left": _("Pilots who have left"),
    "silent_pilots": _("Pilots of whom nobody hears; a letter goes 30 days before"),
    "background_checks": _("Notes of inspected certificates, after the activity has ended"),
    "barrier_reports": _("Reported barriers"),
}


class PeriodsForm(PageForm):
    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, initial=dict(office.keep_days), **kwargs)
        for name, bounds in OFFICE_PERIODS.items():
            self.fields[name] = forms.IntegerField(
                label=str(PERIODS[name]),
                required=False,
                min_value=bounds.least,
                max_value=bounds.most,
                help_text=_("From %(least)s to %(most)s days; preset: about %(preset)s days")
                % {"least": bounds.least, "most": bounds.most, "preset": bounds.preset.in_days},
            )

    def values(self) -> dict[str, Any]:
        """What is filled in, as change_office takes it."""
        return {"keep_days": {name: days for name, days in self.cleaned_data.items() if days is not None}}
