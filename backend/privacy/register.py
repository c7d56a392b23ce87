"""What do we keep of whom, how long, and counted from when? Read from the models' inner `class Privacy`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models

from backend.encryption import EncryptedTextField
from backend.privacy.own_models import own_fields, own_models


@dataclass(frozen=True)
class Entry:
    """One model's answer."""

    model: type[models.Model]
    personal: tuple[str, ...]
    plain: tuple[str, ...]
    keep_for: str | None
    counted_from: str | None

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
    counted_from: str = "—"


FOREIGN = {
    "sessions.Session": Foreign(
        "Who is signed in at which browser", ("session_data",), "14 days", "the last change of the session"
    ),
    "account.EmailAddress": Foreign("Addresses proven at sign-in", ("email",), "as long as the account"),
    "account.EmailConfirmation": Foreign("Links that prove an address", ("key",), "3 days", "`sent`"),
    "mfa.Authenticator": Foreign("Passkeys and second factors", ("data",), "as long as the account"),
}
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
    return Entry(model, tuple(privacy.personal), tuple(privacy.plain), privacy.keep_for, privacy.counted_from)


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
    if entry.keep_for and not entry.keep_for.startswith("as long as") and not entry.counted_from:
        found.append(f"{name}: {entry.keep_for}, counted from when?")
    return found


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
    yield "The periods are what the offices promise. Erasing by them is not automated yet."
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
        yield "| Personal | of these sealed | Kept for | Counted from |"
        yield "|---|---|---|---|"
        yield (
            f"| {_names(entry.personal)} | {_names(entry.sealed)} "
            f"| {entry.keep_for or '—'} | {entry.counted_from or '—'} |"
        )
        yield ""
        yield f"Other fields: {_names(entry.plain)}"
    yield ""
    yield "## Tables of Django and allauth"
    yield ""
    yield "| Table | What it is | Personal | Kept for | Counted from |"
    yield "|---|---|---|---|---|"
    for label, foreign in FOREIGN.items():
        yield (
            f"| `{label}` | {foreign.what} | {_names(foreign.personal)} | {foreign.keep_for} "
            f"| {foreign.counted_from} |"
        )
    yield ""


def _purpose(model: type[models.Model]) -> str:
    """The first line of the model's docstring; Django's own, which lists the fields, says nothing new."""
    text = (model.__doc__ or "").strip()
    return "" if text.startswith(f"{model.__name__}(") else text.partition("\n")[0]


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "—"
