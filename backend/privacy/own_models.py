"""Which models are ours, and how do they stand in order?"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

OUR_PACKAGES = {"backend", "geo", "notifications"}


def own_models() -> Iterator[type[models.Model]]:
    """Every model of our own apps, in the order of the settings; tables that Django makes for m2m are left out."""
    for app in apps.get_app_configs():
        if app.name.partition(".")[0] in OUR_PACKAGES:
            yield from app.get_models()


def all_models() -> Iterator[type[models.Model]]:
    """Ours, and those that Django and allauth bring."""
    yield from apps.get_models()


def own_fields(model: type[models.Model]) -> list[str]:
    """The names of all that a model stores itself: columns and many-to-many fields."""
    return [field.name for field in (*model._meta.fields, *model._meta.many_to_many)]
