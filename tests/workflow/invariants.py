"""What must be true of the rows after every step, whatever has happened? Each finds the rows that break it.

Much of it the database refuses anyway, by constraints: then it is said here a second time and in other words, so that
a constraint that is lost, or says too little, is found out.
"""

from collections.abc import Mapping

from django.db import connection

LIVE = "('CONFIRMED', 'COMPLETED')"

INVARIANTS: Mapping[str, str] = {
    # --- seats and appointments
    "a seat is taken once": f"""
        SELECT min(id::text) FROM dispatch_assignment WHERE status IN {LIVE}
        GROUP BY help_request_id, seat HAVING count(*) > 1""",
    "no more pilots come than were asked for": f"""
        SELECT r.id::text FROM dispatch_helprequest r
        JOIN dispatch_assignment a ON a.help_request_id = r.id AND a.status IN {LIVE}
        GROUP BY r.id, r.seats HAVING count(*) > r.seats OR max(a.seat) > r.seats""",
    "nobody is in two places at once": f"""
        SELECT a.id::text FROM dispatch_assignment a JOIN dispatch_assignment b
        ON b.pilot_id = a.pilot_id AND b.id > a.id AND b.starts_at < a.ends_at AND a.starts_at < b.ends_at
        WHERE a.status IN {LIVE} AND b.status IN {LIVE}""",
    "there is time to travel": f"""
        SELECT a.id::text FROM dispatch_assignment a JOIN dispatch_assignment b
        ON b.pilot_id = a.pilot_id AND b.id > a.id AND b.site <> a.site AND b.busy && a.busy
        WHERE a.status IN {LIVE} AND b.status IN {LIVE}""",
    "pilots of one request come on one date": f"""
        SELECT help_request_id::text FROM dispatch_assignment WHERE status IN {LIVE}
        GROUP BY help_request_id HAVING count(DISTINCT slot_id) > 1""",
    "it is commissioned before it starts": """
        SELECT id::text FROM dispatch_assignment WHERE confirmed_at >= starts_at""",
    "an appointment is what was asked for and agreed to": """
        SELECT a.id::text FROM dispatch_assignment a
        JOIN dispatch_helprequestslot s ON s.id = a.slot_id
        JOIN dispatch_offer o ON o.id = a.offer_id
        JOIN dispatch_helprequest r ON r.id = a.help_request_id
        WHERE a.starts_at <> s.starts_at OR a.ends_at <> s.ends_at OR o.accepted_slot_id <> a.slot_id
        OR o.pilot_id <> a.pilot_id OR o.help_request_id <> a.help_request_id OR a.office_id <> r.office_id
        OR a.help_request_id NOT IN (s.help_request_id, s.dropped_from_id)""",
    # --- what the states of request, offers and assignments say of each other
    "an open request has a seat to fill": f"""
        SELECT r.id::text FROM dispatch_helprequest r WHERE status = 'OPEN' AND seats <=
        (SELECT count(*) FROM dispatch_assignment a WHERE a.help_request_id = r.id AND a.status IN {LIVE})""",
    "an assigned request waits for somebody": """
        SELECT id::text FROM dispatch_helprequest r WHERE status = 'ASSIGNED' AND NOT EXISTS
        (SELECT FROM dispatch_assignment a WHERE a.help_request_id = r.id AND a.status = 'CONFIRMED')""",
    "a fulfilled request was held": """
        SELECT id::text FROM dispatch_helprequest r WHERE status = 'FULFILLED' AND NOT EXISTS
        (SELECT FROM dispatch_assignment a WHERE a.help_request_id = r.id AND a.status = 'COMPLETED')""",
    "nobody goes to what is over": """
        SELECT a.id::text FROM dispatch_assignment a JOIN dispatch_helprequest r ON r.id = a.help_request_id
        WHERE a.status = 'CONFIRMED' AND r.status NOT IN ('OPEN', 'ASSIGNED')""",
    "nobody is asked for what is over or filled": """
        SELECT o.id::text FROM dispatch_offer o JOIN dispatch_helprequest r ON r.id = o.help_request_id
        WHERE o.status IN ('PENDING', 'ACCEPTED') AND r.status <> 'OPEN'""",
    "nobody is kept waiting for what was taken back": """
        SELECT o.id::text FROM dispatch_offer o JOIN dispatch_helprequest r ON r.id = o.help_request_id
        WHERE o.status = 'RESERVE' AND r.status = 'WITHDRAWN'""",
    "nobody is asked twice at once": """
        SELECT min(id::text) FROM dispatch_offer WHERE status IN ('PENDING', 'ACCEPTED', 'RESERVE')
        GROUP BY help_request_id, pilot_id HAVING count(*) > 1""",
    "who was chosen has one assignment": """
        SELECT o.id::text FROM dispatch_offer o LEFT JOIN dispatch_assignment a ON a.offer_id = o.id
        GROUP BY o.id HAVING count(a.id) <> (o.status = 'CHOSEN')::int""",
    "one may say yes to a date of the request": """
        SELECT o.id::text FROM dispatch_offer o JOIN dispatch_helprequestslot s ON s.id = o.accepted_slot_id
        WHERE coalesce(s.help_request_id, s.dropped_from_id) <> o.help_request_id""",
    "a yes is to a date that still is asked for": """
        SELECT o.id::text FROM dispatch_offer o JOIN dispatch_helprequestslot s ON s.id = o.accepted_slot_id
        WHERE o.status IN ('ACCEPTED', 'RESERVE') AND s.help_request_id IS NULL""",
    "what runs has a date": """
        SELECT id::text FROM dispatch_helprequest r WHERE status IN ('OPEN', 'ASSIGNED') AND NOT EXISTS
        (SELECT FROM dispatch_helprequestslot s WHERE s.help_request_id = r.id)""",
    "one series of waves at a time": """
        SELECT min(id::text) FROM dispatch_waveseries WHERE status = 'RUNNING'
        GROUP BY help_request_id HAVING count(*) > 1""",
    "a session stands as it was reported": """
        SELECT a.id::text FROM dispatch_assignment a LEFT JOIN dispatch_activityreport p ON p.assignment_id = a.id
        GROUP BY a.id HAVING (a.status = 'COMPLETED' AND NOT coalesce(bool_or(p.done), false))
        OR (a.status = 'MISSED' AND coalesce(bool_and(p.done), true))
        OR (a.status IN ('CONFIRMED', 'CANCELLED') AND count(p.id) > 0)""",
    # --- states and their times
    "a request has the times of its states": """
        SELECT id::text FROM dispatch_helprequest WHERE opened_at IS NULL AND status <> 'DRAFT'
        OR (status = 'ASSIGNED' AND assigned_at IS NULL) OR (status = 'FULFILLED' AND fulfilled_at IS NULL)
        OR (status = 'UNFILLED' AND (unfilled_at IS NULL OR unfilled_reason = ''))
        OR (status = 'WITHDRAWN') <> (withdrawn_at IS NOT NULL) OR opened_at < created_at""",
    "an offer has the times of its states": """
        SELECT id::text FROM dispatch_offer WHERE (status = 'DECLINED') <> (declined_at IS NOT NULL)
        OR (status = 'RETRACTED') <> (retracted_at IS NOT NULL) OR (status = 'CHOSEN') <> (chosen_at IS NOT NULL)
        OR (status IN ('ACCEPTED', 'RESERVE', 'CHOSEN') AND (accepted_at IS NULL OR accepted_at < made_at))
        OR (status = 'EXPIRED' AND expired_at < expires_at) OR expires_at <= made_at""",
    "an assignment has the times of its states": """
        SELECT id::text FROM dispatch_assignment WHERE (status = 'CANCELLED') <> (cancelled_at IS NOT NULL)
        OR (status = 'COMPLETED' AND completed_at < starts_at) OR (status = 'MISSED' AND missed_at < starts_at)
        OR (status = 'CANCELLED' AND (cancelled_at >= starts_at OR cancelled_reason = ''))""",
    # --- the journal tells all of it, and messages come from nowhere else
    "a request's state was recorded": """
        SELECT r.id::text FROM dispatch_helprequest r WHERE
        (SELECT CASE e.kind WHEN 'HELP_REQUEST_FILED' THEN 'OPEN' WHEN 'HELP_REQUEST_REOPENED' THEN 'OPEN'
            WHEN 'HELP_REQUEST_UNFILLED' THEN 'UNFILLED' WHEN 'HELP_REQUEST_WITHDRAWN' THEN 'WITHDRAWN'
            WHEN 'HELP_REQUEST_FULFILLED' THEN 'FULFILLED' WHEN 'HELP_REQUEST_PARTLY_FILLED' THEN 'ASSIGNED' END
         FROM journal_event e WHERE e.subject_id = r.id AND e.kind IN ('HELP_REQUEST_FILED',
            'HELP_REQUEST_REOPENED', 'HELP_REQUEST_UNFILLED', 'HELP_REQUEST_WITHDRAWN', 'HELP_REQUEST_FULFILLED',
            'HELP_REQUEST_PARTLY_FILLED') ORDER BY e.id DESC LIMIT 1)
        IS DISTINCT FROM CASE WHEN r.status = 'ASSIGNED' AND NOT EXISTS (SELECT FROM journal_event e
            WHERE e.subject_id = r.id AND e.kind = 'HELP_REQUEST_PARTLY_FILLED' AND e.happened_at = r.assigned_at)
            THEN 'OPEN' ELSE r.status END""",
    "an offer's state was recorded": """
        SELECT o.id::text FROM dispatch_offer o LEFT JOIN journal_event e ON e.subject_id = o.id GROUP BY o.id HAVING
        count(*) FILTER (WHERE e.kind = 'OFFER_MADE') <> 1
        OR (o.status = 'DECLINED')::int <> count(*) FILTER (WHERE e.kind = 'OFFER_DECLINED')
        OR (o.status = 'RETRACTED')::int <> count(*) FILTER (WHERE e.kind = 'OFFER_RETRACTED')
        OR (o.expired_at IS NOT NULL)::int <> count(*) FILTER (WHERE e.kind = 'OFFER_EXPIRED')
        OR (o.reserved_at IS NOT NULL)::int <> count(*) FILTER (WHERE e.kind = 'OFFER_RESERVED')
        OR (o.accepted_at IS NOT NULL AND count(*) FILTER (WHERE e.kind = 'OFFER_ACCEPTED') = 0)""",
    "an assignment's state was recorded": """
        SELECT a.id::text FROM dispatch_assignment a LEFT JOIN journal_event e ON e.subject_id = a.id
        GROUP BY a.id HAVING count(*) FILTER (WHERE e.kind = 'ASSIGNMENT_CONFIRMED') <> 1
        OR (a.status = 'CANCELLED')::int <> count(*) FILTER (WHERE e.kind = 'ASSIGNMENT_CANCELLED')
        OR (a.status = 'COMPLETED' AND count(*) FILTER (WHERE e.kind = 'ASSIGNMENT_COMPLETED') = 0)
        OR (a.status = 'MISSED' AND count(*) FILTER (WHERE e.kind = 'ASSIGNMENT_MISSED') = 0)""",
    "a pilot's state was recorded": """
        SELECT p.id::text FROM people_pilot p WHERE p.status NOT IN ('APPLICANT', 'IN_TRAINING') AND
        (SELECT e.facts ->> 'status' FROM journal_event e WHERE e.subject_id = p.id
         AND e.kind = 'PILOT_STATUS_CHANGED' ORDER BY e.id DESC LIMIT 1) IS DISTINCT FROM p.status""",
    "the journal knows whose office it was": """
        SELECT e.id::text FROM journal_event e JOIN dispatch_helprequest r ON r.id = e.timeline_id
        WHERE e.office_id IS DISTINCT FROM r.office_id""",
    "a message comes from an event that was looked at": """
        SELECT d.id::text FROM notifications_delivery d JOIN journal_event e ON e.id = d.event_id
        WHERE e.processed_at IS NULL OR e.subject_id <> d.subject_id OR d.due_at < e.happened_at""",
    "nothing happens before its time": "SELECT id::text FROM journal_event WHERE happened_at > $1",
    "no event is set aside": "SELECT id::text FROM journal_event WHERE failed_at IS NOT NULL",
    "every message is out or waits": """
        SELECT id::text FROM notifications_delivery WHERE status NOT IN ('DUE', 'SENT', 'DROPPED')
        OR (status = 'SENT') <> (sent_at IS NOT NULL) OR attempts > 1 OR crashes > 0""",
    # --- people
    "only who is active can be found": """
        SELECT DISTINCT p.id::text FROM people_reach c JOIN people_pilot p ON p.id = c.pilot_id
        WHERE p.status <> 'ACTIVE'""",
    "who is active can be found": """
        SELECT p.id::text FROM people_pilot p JOIN accounts_user u ON u.id = p.user_id AND u.is_active
        WHERE p.status = 'ACTIVE' AND EXISTS (SELECT FROM people_languageskill s WHERE s.pilot_id = p.id)
        AND NOT EXISTS (SELECT FROM people_reach c WHERE c.pilot_id = p.id)""",
    "who is erased is not named": """
        SELECT p.id::text FROM people_pilot p JOIN people_identity i ON i.id = p.identity_id
        JOIN people_place h ON h.id = p.home_id JOIN accounts_user u ON u.id = p.user_id
        WHERE p.status = 'ERASED' AND (i.name <> '' OR i.phone <> '' OR h.postcode <> '' OR u.is_active
        OR u.email NOT LIKE 'erased-%@erased.invalid' OR p.gender <> '' OR p.german_level <> 0
        OR EXISTS (SELECT FROM people_languageskill s WHERE s.pilot_id = p.id)
        OR EXISTS (SELECT FROM people_veto v WHERE v.pilot_id = p.id)
        OR EXISTS (SELECT FROM people_qualification q WHERE q.pilot_id = p.id)
        OR EXISTS (SELECT FROM accounts_membership m WHERE m.user_id = u.id)
        OR EXISTS (SELECT FROM notifications_delivery d WHERE d.recipient_id = u.id))""",
    "who is erased owes nobody anything": """
        SELECT p.id::text FROM people_pilot p WHERE p.status = 'ERASED' AND EXISTS
        (SELECT FROM dispatch_offer o WHERE o.pilot_id = p.id AND o.status IN ('PENDING', 'ACCEPTED', 'RESERVE'))""",
    "who is erased agrees to nothing": """
        SELECT c.id::text FROM people_consent c JOIN accounts_user u ON u.id = c.user_id
        WHERE u.email LIKE 'erased-%' AND c.withdrawn_at IS NULL""",
}


# One question for all of it and for what there is to act upon, planned once: planning takes longer than looking.
_QUESTION = "workflow_look"


def prepare(holdings: str) -> None:
    """Say once on this connection what is to be looked at: all invariants, and `holdings` (rows of name and id)."""
    parts = [
        f"SELECT {number}, NULL, broken.* FROM ({sql}) AS broken"
        for number, sql in enumerate(INVARIANTS.values())
    ]
    held = f"SELECT NULL::int, held.name, held.id::text FROM ({holdings}) AS held (name, id)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DEALLOCATE ALL; PREPARE {_QUESTION} (timestamptz) AS " + " UNION ALL ".join([*parts, held])
        )


def look(*, now: object) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    """Each invariant that does not hold, with a row that breaks it; and the ids of all there is, by what it is."""
    names = list(INVARIANTS)
    broken, held = [], {}
    with connection.cursor() as cursor:
        # What commit would check; a fault that shows at the end of the transaction shows at its step.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"EXECUTE {_QUESTION} (%s)", [now])
        for number, name, pk in cursor.fetchall():
            if name is None:
                broken.append((names[number], pk))
            else:
                held.setdefault(name, []).append(pk)
    return broken, held
