"""Somebody whose every word can be found again."""

import pytest
from django.db import connection

from backend.people.commands.help_seekers import register_oneself
from backend.people.models import HelpSeeker
from backend.people.profile import PersonalData
from geo.locating import locate
from tests.factories import NOW


@pytest.fixture
def nadia(cast) -> HelpSeeker:
    """Somebody who registered alone, and asks for a pilot."""
    cast.osnabrueck.accepts_self_registration = True
    cast.osnabrueck.save()
    help_seeker = register_oneself(
        email="nadia@marke.example",
        language="de",
        person=PersonalData(name="Nadia Marke", phone="+4954177", street="Markenweg 7"),
        languages=["kmr"],
        home=locate(private=True, postcode="49084"),
        needs=["school"],
        gender_wish="",
        data_protection=True,
        by=None,
        now=NOW,
    )
    assert help_seeker
    return help_seeker


def whole_database() -> str:
    """Every row of every table as text, sealed values as they lie there."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            texts += [row[0] for row in cursor.fetchall()]
    return "\n".join(texts)
