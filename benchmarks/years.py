"""Does anything that falls due get missed or done twice over two years, with workers whose clocks are wrong?

Each day, at another minute, an offer expires, a request's last date begins, a letter and a look of the waves are due;
every hour somebody looks, and the looks are those of tests/faults/nights.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from backend.accounts.models import User
from backend.people.models import Pilot
from tests import factories as make
from tests.faults.nights import a_night, look_every, moved_clocks

BEGIN = datetime(
    2026, 3, 1, 6, tzinfo=UTC
)  # in it: four changes of the clocks, the turn of two years, 29 February
DAYS = 731
BACK_AT = datetime(2026, 10, 25, tzinfo=make.BERLIN)  # a pause is over as its last day begins


def live_through(days: int, *, by_seed: int) -> dict[str, Any]:
    """So many days, in a transaction that is rolled back; what fell due, and what went wrong with it."""
    draw = random.Random(by_seed)
    moments = [BEGIN + timedelta(days=day, minutes=draw.randrange(1, 24 * 60)) for day in range(days)]
    with transaction.atomic():
        make.a_gazetteer()
        kaya = make.a_coordinator("kaya", make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES))
        make.an_organisation("rita", kaya)
        pilot = Pilot.objects.get(pk=make.a_pilot("ana", kaya).pk)
        rita = User.objects.get(email="rita@rita.example")
        night = a_night(sorted(moments), kaya=kaya, rita=rita, pilot=pilot, back_at=BACK_AT)
        with moved_clocks(BEGIN) as clocks:
            looks = look_every(clocks, timedelta(hours=1), BEGIN + timedelta(days=days + 1))
        faults = night.faults(clocks, looks)
        transaction.set_rollback(True)
    return {
        "days": days,
        "looks": len(looks),
        "due": 6 * days,
        "faults": [f"{n} × {what}" for what, n in faults.items()],
    }
