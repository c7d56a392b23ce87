"""How the search table follows the profile: written in the same transaction, empty for who cannot be asked."""

from backend.people.models import Pilot, Reach
from geo.postgis import reach_box, to_metric
from matching.languages import Skill, closure


def reach_rows(pilot: Pilot) -> list[Reach]:
    """The rows of the search table: those of the profile; none for who cannot be asked."""
    return profile_rows(pilot) if pilot.is_bookable else []


def profile_rows(pilot: Pilot) -> list[Reach]:
    """What the profile says, whoever may read it: one unsaved row per office and language one can talk in."""
    understood = closure(
        {skill.language: Skill(skill.speaks, skill.understands) for skill in pilot.skills.all()}
    )
    point, box = to_metric(pilot.home.point), reach_box(pilot.home.point, pilot.reach_km)
    return [
        Reach(
            pilot=pilot,
            office_id=pilot_office.office_id,
            language=language.code,
            level=int(language.level),
            speaks=int(language.speaks),
            understands=int(language.understands),
            via=language.via,
            point=point,
            reach_km=pilot.reach_km,
            box=box,
        )
        for pilot_office in pilot.pilot_offices.all()
        for language in understood.values()
    ]


def write_reach(pilot: Pilot) -> None:
    """Make the search table agree with the profile."""
    Reach.objects.filter(pilot=pilot).delete()
    Reach.objects.bulk_create(reach_rows(pilot))
