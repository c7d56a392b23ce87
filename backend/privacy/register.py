"""What do we keep of whom, how long, and counted from when? Read from the models' inner `class Privacy`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models

from backend.accounts.models import User
from backend.encryption import EncryptedTextField
from backend.keeping import OFFICE_PERIODS, Period, has_period, period
from backend.people.models import HelpSeeker, Pilot
from backend.privacy.endings import ENDINGS
from backend.privacy.moments import MOMENTS, unknown_path
from backend.privacy.own_models import own_fields, own_models


@dataclass(frozen=True)
class Entry:
    """One model's answer."""

    model: type[models.Model]
    personal: tuple[str, ...]
    plain: tuple[str, ...]
    keep_for: str | None
    counted_from: tuple[
        str, ...
    ]  # fields, of which the latest that is set counts; or one name out of MOMENTS
    at_the_end: str
    office: tuple[str, ...]  # where the row's office stands: the first that is set counts
    office_period: str | None

    @property
    def period(self) -> Period | None:
        """The period that the clock ends, as it is without an office's own."""
        return period(str(self.keep_for)) if has_period(self.keep_for) else None

    @property
    def counted(self) -> str:
        """From when it is counted, in words."""
        told = [" of ".join(f"`{part}`" for part in reversed(name.split("__"))) for name in self.counted_from]
        named = self.counted_from[:1] and self.counted_from[0] in MOMENTS
        return self.counted_from[0] if named else " or ".join(told)

    @property
    def sealed(self) -> list[str]:
        """The personal fields that the database sees as ciphertext only."""
        fields = {field.name: field for field in self.model._meta.fields}
        return [name for name in self.personal if isinstance(fields[name], EncryptedTextField)]


@dataclass(frozen=True)
class Foreign:
    """A table that Django or allauth brings and that holds something of people."""

    what: str
    personal: tuple[str, ...]
    keep_for: str
    counted_from: str = ""
    over_at: str = ""  # the field that says itself when the time is over


FOREIGN = {
    "sessions.Session": Foreign(
        "Sessions of earlier releases; nothing is added", ("session_data",), "14 days", over_at="expire_date"
    ),
    "account.EmailAddress": Foreign("Addresses proven at sign-in", ("email",), "as long as the account"),
    "account.EmailConfirmation": Foreign("Links that prove an address", ("key",), "3 days", "sent"),
    "mfa.Authenticator": Foreign("Passkeys and second factors", ("data",), "as long as the account"),
}


@dataclass(frozen=True)
class Spanning:
    """Whole people whom the clock erases, by a look at more than one table."""

    model: type[models.Model]
    preset: Period
    moment: str
    office_period: str | None = None


SPANNING = (
    Spanning(
        Pilot,
        OFFICE_PERIODS["silent_pilots"].preset,
        "the last sign of life, if a letter has said so a month before",
        "silent_pilots",
    ),
    Spanning(Pilot, Period(30, "day"), "the withdrawal of the consent"),
    Spanning(HelpSeeker, Period(30, "day"), "the withdrawal of the consent"),
    Spanning(User, Period(12, "month"), "the last sign-in, if nobody is anything by it"),
)
# Tables of Django that know nobody.
IMPERSONAL = {
    "auth.Group",
    "auth.Permission",
    "contenttypes.ContentType",
    "gis.PostGISGeometryColumns",
    "gis.PostGISSpatialRefSys",
}


def entry_of(model: type[models.Model]) -> Entry:
    """What the model declares; AttributeError where it declares nothing."""
    privacy = model.Privacy  # type: ignore[attr-defined]
    has_office = any(field.name == "office" for field in model._meta.fields)
    return Entry(
        model,
        tuple(privacy.personal),
        tuple(privacy.plain),
        privacy.keep_for,
        _several(privacy.counted_from),
        getattr(privacy, "at_the_end", "deleted"),
        _several(getattr(privacy, "office", "office" if has_office else None)),
        getattr(privacy, "office_period", None),
    )


def _several(names: str | Sequence[str] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())


def gaps(model: type[models.Model]) -> list[str]:
    """Where a declaration does not hold: fields in no list, in both, or unknown; a period that is missing."""
    name = model.__name__
    try:
        entry = entry_of(model)
    except AttributeError as error:
        return [f"{name}: {error}"]
    declared, stored = [*entry.personal, *entry.plain], own_fields(model)
    found = [f"{name}.{field} is not classified" for field in stored if field not in declared]
    found += [
        f"{name} classifies {field}, which it does not store" for field in declared if field not in stored
    ]
    found += [f"{name} classifies {field} twice" for field in stored if declared.count(field) > 1]
    found += [
        f"{name}.{field} is sealed and yet called plain"
        for field in entry.plain
        if field in stored and isinstance(model._meta.get_field(field), EncryptedTextField)
    ]
    if entry.personal and not entry.keep_for:
        found.append(f"{name} keeps personal data and says not how long")
    return [*found, *(f"{name}: {what}" for what in _gaps_of_period(model, entry))]


def _gaps_of_period(model: type[models.Model], entry: Entry) -> Iterator[str]:
    """Where the nightly run could not do what is declared."""
    if not has_period(entry.keep_for):
        return
    try:
        preset = period(str(entry.keep_for))
    except ValueError as error:
        yield str(error)
        return
    if not entry.counted_from:
        yield f"{entry.keep_for}, counted from when?"
    named = [name for name in entry.counted_from if name in MOMENTS]
    paths = [*(name for name in entry.counted_from if name not in MOMENTS), *entry.office]
    yield from (f"there is no {path}" for path in paths if unknown_path(model, path))
    if named and len(entry.counted_from) > 1:
        yield f"counted from {named[0]} and more"
    if entry.at_the_end not in ENDINGS:
        yield f"nobody knows how it is {entry.at_the_end}"
    if entry.office_period is not None:
        if entry.office_period not in OFFICE_PERIODS:
            yield f"no office sets {entry.office_period}"
        elif OFFICE_PERIODS[entry.office_period].preset != preset:
            yield f"{preset} here, {OFFICE_PERIODS[entry.office_period].preset} where offices set it"
        if not entry.office:
            yield "an office sets the period, but of which office is a row?"


def register_page() -> str:
    """The register as Markdown, for the data-protection officer."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Privacy register"
    yield ""
    yield "What the database keeps of people, how long, and from when that is counted."
    yield "Generated from the models by `manage.py generate_docs`; change it there (`class Privacy`)."
    yield ""
    yield "**Sealed** fields are encrypted with a key that is not in the database. Dates and ids that name nobody"
    yield "stand under “other fields”. “—” means: no personal data, kept without an end."
    yield ""
    yield "The run that ends the periods goes every night (`backend/privacy/retention.py`); what it would take now says"
    yield "`manage.py retention --dry-run`. Where a row names a period of the office, each office may set its own days"
    yield "within bounds (`backend/keeping.py`)."
    app = ""
    for model in own_models():
        entry = entry_of(model)
        if app != model._meta.app_label:
            app = model._meta.app_label
            yield ""
            yield f"## {app}"
        yield ""
        yield f"### {model.__name__}"
        yield ""
        if purpose := _purpose(model):
            yield purpose
            yield ""
        yield "| Personal | of these sealed | Kept for | Counted from | Then | The office sets |"
        yield "|---|---|---|---|---|---|"
        yield (
            f"| {_names(entry.personal)} | {_names(entry.sealed)} "
            f"| {entry.keep_for or '—'} | {entry.counted or '—'} "
            f"| {ENDINGS[entry.at_the_end].told if entry.period else '—'} | {_bounds(entry.office_period)} |"
        )
        yield ""
        yield f"Other fields: {_names(entry.plain)}"
    yield ""
    yield "## People whom the clock erases by a look at more than one table"
    yield ""
    yield "| Who | After | Counted from | The office sets |"
    yield "|---|---|---|---|"
    for rule in SPANNING:
        yield f"| {rule.model.__name__} | {rule.preset} | {rule.moment} | {_bounds(rule.office_period)} |"
    yield ""
    yield "## Tables of Django and allauth"
    yield ""
    yield "| Table | What it is | Personal | Kept for | Counted from |"
    yield "|---|---|---|---|---|"
    for label, foreign in FOREIGN.items():
        counted = f"`{foreign.counted_from}`" if foreign.counted_from else "—"
        counted = f"until `{foreign.over_at}`" if foreign.over_at else counted
        yield f"| `{label}` | {foreign.what} | {_names(foreign.personal)} | {foreign.keep_for} | {counted} |"
    yield ""


def _bounds(office_period: str | None) -> str:
    if office_period is None:
        return "—"
    found = OFFICE_PERIODS[office_period]
    return f"`{office_period}`, {found.least} to {found.most} days"


def _purpose(model: type[models.Model]) -> str:
    """The first line of the model's docstring; Django's own, which lists the fields, says nothing new."""
    text = (model.__doc__ or "").strip()
    return "" if text.startswith(f"{model.__name__}(") else text.partition("\n")[0]


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "—"
