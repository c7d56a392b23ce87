"""How does what was located become a stored place, and a home never more than a private one?"""

from backend.people.models import Place
from geo.locating import Located
from geo.postgis import to_point


def place_values(where: Located) -> dict[str, object]:
    """The fields of a Place."""
    return {
        "street": where.street,
        "postcode": where.postcode,
        "place": where.place,
        "point": to_point(where.point),
        "precision": where.precision,
        "private": where.private,
    }


def place_from(where: Located) -> Place:
    """A stored Place."""
    return Place.objects.create(**place_values(where))


def home_from(where: Located) -> Place:
    """A stored home, which is a private place."""
    return Place.objects.create(**home_values(where))


def home_values(where: Located) -> dict[str, object]:
    """The same of a home."""
    if not where.private:
        raise ValueError("a home must be located as a private place")
    return place_values(where)
