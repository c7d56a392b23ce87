"""Who lives in the town of the workflow machine, and what is there to act upon?"""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from backend.accounts.models import User
from backend.journal.models import Event
from backend.people.commands.help_seekers import register_oneself
from backend.people.profile import PersonalData
from geo.locating import locate
from tests import factories as make

START = datetime(2026, 10, 19, 8, 0, tzinfo=UTC)  # a Monday; on the Sunday the clocks go back
PILOTS = {
    "ana": {"skills": {"kmr": 6, "tr": 4}, "gender": "f"},
    "ben": {"skills": {"kmr": 5}, "gender": "m"},
    "cem": {"skills": {"kmr": 5, "ar": 5}, "postcode": "49076", "gender": "m"},
    "dilan": {"skills": {"kmr": 6}, "postcode": "49084", "gender": "f"},
}
# All that can be acted upon, in the order in which it came to be.
HOLDINGS = """
    SELECT 'request ' || status, id FROM (SELECT status, id FROM dispatch_helprequest ORDER BY created_at, id) r
    UNION ALL SELECT 'offer ' || status, id FROM (SELECT status, id FROM dispatch_offer ORDER BY made_at, id) o
    UNION ALL SELECT 'assignment ' || status, id
    FROM (SELECT status, id FROM dispatch_assignment ORDER BY confirmed_at, id) a
    UNION ALL SELECT 'series ' || status, help_request_id FROM dispatch_waveseries WHERE status = 'RUNNING'
    UNION ALL SELECT 'report', id FROM (SELECT id FROM dispatch_activityreport ORDER BY reported_at, id) p
    UNION ALL SELECT 'pilot ' || status, id FROM (SELECT status, id FROM people_pilot ORDER BY display_code) p
    UNION ALL SELECT 'seeker', s.id FROM (SELECT s.id FROM people_helpseeker s LEFT JOIN accounts_user u
        ON u.id = s.user_id WHERE coalesce(u.is_active, true) ORDER BY registered_at, s.id) s
    UNION ALL SELECT 'delivery ' || status, id FROM notifications_delivery WHERE status = 'DUE'
"""


class Complaints(logging.Handler):
    """Errors that ticks and the outbox swallow so that one row stops no other: in this town nobody may meet one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@dataclass
class World:
    """What is the same in every example; the rows of an example are rolled back."""

    kaya: User
    frauke: User
    rita: User
    samir: User
    samirs_need: UUID  # his row as a help-seeker
    complaints: Complaints = field(default_factory=Complaints)

    @classmethod
    def new(cls) -> "World":
        """An office with four pilots, a school with two cases, Samir who registered alone; and another office."""
        make.a_gazetteer()
        office = make.an_office(
            "osnabrueck", make.OSNABRUECK_POSTCODES, accepts_self_registration=True, lead_days=1
        )
        kaya = make.a_coordinator("kaya", office)
        frauke = make.a_coordinator("frauke", make.an_office("friesland", ["26441"]))
        make.an_organisation("rita", kaya, now=START)
        rita = User.objects.get(email="rita@rita.example")
        for name, said in PILOTS.items():
            make.a_pilot(name, kaya, now=START, **said)
        for _ in range(2):
            make.a_help_seeker(rita, now=START)
        alone = register_oneself(
            email="samir@samir.example",
            language="de",
            person=PersonalData(name="Samir", phone="+4954112345"),
            languages=["kmr"],
            home=locate(private=True, postcode="49074"),
            needs=["health"],
            gender_wish="",
            data_protection=True,
            by=None,
            now=START,
        )
        assert alone and alone.user
        Event.objects.update(processed_at=START)  # old news
        return cls(kaya, frauke, rita, alone.user, alone.pk)
