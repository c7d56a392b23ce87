"""Is every field of every model classified, with a period where it is personal?"""

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from backend.encryption import EncryptedTextField
from backend.privacy.own_models import own_fields, own_models
from backend.privacy.register import FOREIGN, IMPERSONAL, entry_of, gaps
from backend.privacy.retention import rules


def test_every_field_is_classified() -> None:
    found = list(own_models())

    assert {model._meta.app_label for model in found} >= {"geo", "journal", "accounts", "people", "dispatch"}
    assert [what for model in found for what in gaps(model)] == []


def test_personal_text_of_the_vault_is_sealed() -> None:
    """What names a person or tells of one in free words is ciphertext in the database."""
    sealed = {f"{model.__name__}.{field}" for model in own_models() for field in entry_of(model).sealed}

    assert sealed >= {
        "Identity.name",
        "Identity.phone",
        "Identity.street",
        "ConfidentialDetails.meeting_point",
        "ConfidentialDetails.contact_on_site",
        "ConfidentialDetails.note",
    }


def test_tables_of_others_are_in_the_register() -> None:
    own = set(own_models())
    others = {model._meta.label: model for model in apps.get_models() if model not in own}

    assert set(others) == set(FOREIGN) | IMPERSONAL
    assert [
        (label, field)
        for label, foreign in FOREIGN.items()
        for field in foreign.personal
        if field not in own_fields(others[label])
    ] == []


def a_model(**privacy: object) -> type[models.Model]:
    """A model with a text and a sealed text, and what it declares of them."""
    meta = type("Meta", (), {"app_label": "tests"})
    body = {"__module__": __name__, "Meta": meta, "name": models.TextField(), "seal": EncryptedTextField()}
    body["begun"] = models.DateTimeField()
    if privacy:
        body["Privacy"] = type("Privacy", (), privacy)
    with isolate_apps("tests"):
        return type("Seeded", (models.Model,), body)  # type: ignore[return-value]


def test_sown_gaps_are_caught() -> None:
    whole = {
        "personal": ("name", "seal"),
        "plain": ("id", "begun"),
        "keep_for": "6 months",
        "counted_from": "begun",
    }
    assert gaps(a_model(**whole)) == []
    assert gaps(a_model()) == ["Seeded: type object 'Seeded' has no attribute 'Privacy'"]
    assert gaps(a_model(**{**whole, "personal": ("seal",)})) == ["Seeded.name is not classified"]
    assert gaps(a_model(**{**whole, "plain": ("id", "begun", "name")})) == ["Seeded classifies name twice"]
    assert gaps(a_model(**{**whole, "plain": ("id", "begun", "gone")})) == [
        "Seeded classifies gone, which it does not store"
    ]
    assert gaps(a_model(**{**whole, "personal": ("name",), "plain": ("id", "begun", "seal")})) == [
        "Seeded.seal is sealed and yet called plain"
    ]
    assert gaps(a_model(**{**whole, "keep_for": None})) == [
        "Seeded keeps personal data and says not how long"
    ]
    assert gaps(a_model(**{**whole, "counted_from": None})) == ["Seeded: 6 months, counted from when?"]
    assert gaps(a_model(personal=(), plain=())) != []


def test_a_period_that_nothing_could_end_is_caught() -> None:
    whole = {
        "personal": ("name", "seal"),
        "plain": ("id", "begun"),
        "keep_for": "90 days",
        "counted_from": "begun",
    }
    assert gaps(a_model(**whole)) == []
    assert gaps(a_model(**{**whole, "keep_for": "a while"})) == [
        "Seeded: 'a while' is no period such as '90 days'"
    ]
    assert gaps(a_model(**{**whole, "counted_from": "ended"})) == ["Seeded: there is no ended"]
    assert gaps(a_model(**{**whole, "counted_from": ("the last session", "begun")})) == [
        "Seeded: counted from the last session and more"
    ]
    assert gaps(a_model(**whole, at_the_end="hidden")) == ["Seeded: nobody knows how it is hidden"]
    assert gaps(a_model(**whole, office="begun", office_period="moon")) == ["Seeded: no office sets moon"]
    assert gaps(a_model(**whole, office_period="vault")) == [
        "Seeded: 90 days here, 30 days where offices set it",
        "Seeded: an office sets the period, but of which office is a row?",
    ]


def test_every_declared_period_is_in_the_nightly_run() -> None:
    """What the documents promise is what the run does: both read the same."""
    promised = {model for model in own_models() if entry_of(model).period}

    assert promised <= {rule.model for rule in rules()}
