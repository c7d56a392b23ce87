"""What did somebody write, said back in words before it is sent? Dates in words, because date fields mislead."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.public_holidays import holidays_near
from backend.dispatch.codes import ServiceKind, Setting
from backend.dispatch.commands.changes import Change
from backend.language_names import language_name
from backend.moments import span_in_words
from backend.people.codes import Gender, Topic
from backend.reader import listed
from backend.reason_texts import level_name
from backend.web.forms.requests import ClientRequestForm, NeedForm
from backend.web.status_texts import holiday_warning


@dataclass(frozen=True)
class Answer:
    """One row: the question in short, the answer in words, and the field to change it in."""

    label: str
    lines: tuple[str, ...]
    field: str


@dataclass(frozen=True)
class Group:
    title: str
    answers: tuple[Answer, ...]


def groups(form: NeedForm, *, new_client: bool, organisation: str = "") -> list[Group]:
    """What was written, group by group; `form` is valid."""
    found = [
        Group(_("For whom"), tuple(_for_whom(form, new_client, organisation))),
        Group(_("What is needed"), tuple(_what(form))),
        Group(_("When"), tuple(_when(form))),
        Group(_("Where"), tuple(_where(form))),
        Group(_("Only for the pilot who comes"), tuple(_for_the_pilot(form))),
    ]
    return [group for group in found if group.answers]


def _for_whom(form: NeedForm, new_client: bool, organisation: str) -> Iterator[Answer]:
    if not isinstance(form, ClientRequestForm):
        return
    data = form.cleaned_data
    known = _("A new client, who agrees that the office stores language, postcode and need.")
    lines = (data["case_key"], *([known] if new_client else []))
    yield Answer(_("Case key"), lines, "case_key")
    if new_client and data["home_postcode"]:
        yield Answer(_("Postcode of the client's home"), (data["home_postcode"],), "home_postcode")
    if organisation:
        yield Answer(_("Asked for by"), (organisation,), "case_key")


def _what(form: NeedForm) -> Iterator[Answer]:
    data = form.cleaned_data
    level = _("at least %(level)s") % {"level": level_name(data["required_level"])}
    languages = listed(language_name(code) for code in form.languages())
    yield Answer(_("Language"), (languages, level), "language")
    yield Answer(_("What is it about?"), (capfirst(str(Topic(data["topic"]).label)),), "topic")
    yield Answer(
        _("What should the pilot do?"),
        (capfirst(str(ServiceKind(data["service_kind"]).label)),),
        "service_kind",
    )
    if data["gender_wish"]:
        wished = _("A woman") if data["gender_wish"] == Gender.FEMALE else _("A man")
        yield Answer(_("Who should come?"), (wished,), "gender_wish")
    if data["minors"]:
        yield Answer(_("Also"), (_("Children or young people are present."),), "minors")


def _when(form: NeedForm) -> Iterator[Answer]:
    slots = form.slots()
    spans = [span_in_words(*slot, form.zone.key) for slot in slots]
    label = _("Date") if len(spans) == 1 else _("One of these dates")
    yield Answer(label, (*spans, *_closed(form)), "day_1")
    if form.cleaned_data["urgent"]:
        yield Answer(_("Urgent"), (_("The office then tries at short notice as well."),), "urgent")


def _closed(form: NeedForm) -> Iterator[str]:
    """Which of the dates are public holidays: offices are closed then, and few notice it in a date field."""
    if form.offices:
        days = {starts_at.astimezone(form.zone).date() for starts_at, _ends_at in form.slots()}
        for day, name in sorted(holidays_near(form.offices[0], days).items()):
            yield holiday_warning(day, name)


def _where(form: NeedForm) -> Iterator[Answer]:
    data = form.cleaned_data
    if data["setting"] != Setting.ON_SITE:
        yield Answer(_("How do you meet?"), (capfirst(str(Setting(data["setting"]).label)),), "setting")
        return
    lines = [data["address"]]
    if data["public"]:
        lines.append(_("A public place"))
    yield Answer(_("Address"), tuple(lines), "address")


def _for_the_pilot(form: NeedForm) -> Iterator[Answer]:
    data = form.cleaned_data
    for name, label in (
        ("meeting_point", _("Meeting point")),
        ("contact_on_site", _("Contact on site")),
        ("note", _("Good to know")),
    ):
        if data[name]:
            yield Answer(label, tuple(data[name].splitlines()), name)


def follows(change: Change) -> list[str]:
    """What comes of a change, and who is told of it, before it is made."""
    said = []
    if count := len(change.cancelled):
        said.append(
            ngettext(
                "The confirmed assignment no longer holds: the pilot is told at once, and the office looks anew.",
                "%(count)s confirmed assignments no longer hold: the pilots are told at once, and the office "
                "looks anew.",
                count,
            )
            % {"count": count}
        )
    if count := change.released:
        said.append(
            ngettext(
                "%(count)s pilot had said yes. That no longer counts, and we tell the pilot.",
                "%(count)s pilots had said yes. That no longer counts, and we tell them.",
                count,
            )
            % {"count": count}
        )
    if count := change.retracted:
        said.append(
            ngettext(
                "%(count)s pilot was asked and need not answer any more. We tell the pilot.",
                "%(count)s pilots were asked and need not answer any more. We tell them.",
                count,
            )
            % {"count": count}
        )
    if change.kept:
        said.append(_("The pilot who is confirmed still comes."))
        if "details" in change.parts:
            said.append(_("We tell the pilot that something about the meeting is new."))
    if not said:
        said.append(_("Nobody had been asked for it yet. Nothing else follows."))
    said.append(_("The office hears of the change."))
    return said
