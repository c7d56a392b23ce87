"""Pilots and help-seekers."""

from backend.people.models.availability import Absence, Availability
from backend.people.models.consent import Consent
from backend.people.models.help_seeker import HelpSeeker
from backend.people.models.identity import Identity
from backend.people.models.language_skill import LanguageSkill
from backend.people.models.pilot import Pilot, PilotOffice, Veto
from backend.people.models.place import Place
from backend.people.models.qualification import BackgroundCheck, Qualification
from backend.people.models.reach import Reach

__all__ = [
    "Absence",
    "Availability",
    "BackgroundCheck",
    "Consent",
    "HelpSeeker",
    "Identity",
    "LanguageSkill",
    "Pilot",
    "PilotOffice",
    "Place",
    "Qualification",
    "Reach",
    "Veto",
]
