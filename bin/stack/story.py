"""One request for a pilot, walked through a running product from outside: python -m stack.story --url URL."""

import argparse
import itertools
import sys
import time
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from stack.story_client import Client, Mailbox, StoryFailed, press

COORDINATOR, REQUESTER = "kaya@leitstelle.example", "rita@schule.example"
ADMIN, PILOT = "admin@leitstelle.example", "daniel.jansen.1@lotsen.example"
ZONE = ZoneInfo("Europe/Berlin")
OFFER_LINK = "/angebot/"
BEST = 3  # of whom every reason is told


class Story:
    """The steps in order; each prints what it saw."""

    def __init__(self, url: str, mailbox_url: str) -> None:
        self.public = Client(url)
        self.mailbox = Mailbox(mailbox_url)
        self.mark = f"{int(time.time()) % 10**8:08d}"
        self.number = 0

    def tell(self) -> None:
        """All of it; raises StoryFailed with the step that failed."""
        self.volunteer_registers()
        self.office_activates()
        self.school_asks()
        self.office_ranks()
        self.office_asks_why_not()
        self.office_asks_three()
        self.two_accept()
        self.office_confirms()
        self.both_sides_hear()
        self.timeline()

    def volunteer_registers(self) -> None:
        self.step("A volunteer registers: Kurmanji and Turkish, weekdays 8–18, 12 km around 49074")
        self.volunteer = f"berivan.{self.mark}@story.example"
        self.public.post(
            "pilots",
            {
                "email": self.volunteer,
                "language": "de",
                "person": {"name": "Berivan Beispiel", "phone": "+4954112345"},
                "home": {"postcode": "49074"},
                "wishes": {"german_level": 5, "reach_km": 12, "gender": "f", "topics_wished": ["school"]},
                "languages": [
                    {"language": "kmr", "speaks": 6, "understands": 6},
                    {"language": "tr", "speaks": 4, "understands": 5},
                ],
                "availability": [{"weekday": d, "starts": "08:00", "ends": "18:00"} for d in range(5)],
                "data_protection": True,
                "confidentiality": True,
            },
        )
        welcome = self.mailbox.wait_for("welcome mail", lambda m: self.volunteer in m["to"])
        self.say(f"welcome mail: “{welcome[0]['subject']}”")

    def office_activates(self) -> None:
        self.step(
            "The coordinator signs in by code and second step, notes course and background check, activates her"
        )
        self.kaya = self.public.sign_in(COORDINATOR, self.mailbox)
        newest = max(
            self.kaya.get("pilots?status=APPLICANT")["results"], key=lambda pilot: pilot["registered_at"]
        )
        self.pilot = newest["id"]
        today = datetime.now(ZONE).date()
        course = {"kind": "basic_course", "hours": 50, "issuer": "Volkshochschule"}
        self.kaya.post(
            f"pilots/{self.pilot}/qualifications", {**course, "issued_date": str(today - timedelta(30))}
        )
        self.kaya.post(f"pilots/{self.pilot}/background-checks", {"inspected_date": str(today)})
        active = self.kaya.post(f"pilots/{self.pilot}/activate", {"pledge_seen": True})
        self.say(f"{active['display_code']} is {active['status']}")

    def school_asks(self) -> None:
        self.step(
            "A school registers a help-seeker under its own case key and asks for a Kurmanji-speaking pilot"
        )
        self.rita = self.public.sign_in(REQUESTER, self.mailbox)
        help_seeker = self.rita.post(
            "help-seekers",
            {
                "case_key": f"SCH-{self.mark}",
                "languages": ["kmr"],
                "home": {"postcode": "49076"},
                "needs": ["school"],
                "data_protection": True,
            },
        )
        self.request = self.rita.post(
            "help-requests",
            {
                "help_seeker_id": help_seeker["id"],
                "topic": "school",
                "minors": True,
                "meeting_place": {"postcode": "49076"},
                "meeting_point": "Haupteingang",
                "slots": [
                    {"starts_at": f"{at.isoformat()}", "ends_at": (at + timedelta(hours=1)).isoformat()}
                    for at in coming_mornings(3)
                ],
            },
        )
        dates = ", ".join(f"{_local(slot['starts_at']):%a %d %b %H:%M}" for slot in self.request["slots"])
        self.say(f"request {self.request['reference']} at {self.request['office']['name']}: {dates}")

    def office_ranks(self) -> None:
        self.step("The office lets the matching rank the pilots")
        run = self.kaya.post(f"help-requests/{self.request['id']}/suggestions", {"limit": 10})
        for candidate in run["candidates"][:BEST]:
            parts = candidate["contributions"]
            total = sum(part["contribution"] for part in parts)
            if abs(total - candidate["score"]) > 1e-6:
                raise StoryFailed(f"the contributions add up to {total}, not to {candidate['score']}")
            self.say(f"{candidate['rank']}. {candidate['pilot']['display_code']}  {candidate['score']:.3f} =")
            for part in parts:
                self.say(f"     {part['contribution']:.3f}  {part['label']}: {part['text']}")
        self.say(f"of {run['considered']} pilots {run['eligible']} can be asked; left out were:")
        for count, text in left_out(run["waterfall"]):
            self.say(f"  {count:3}  {text}")
        if len(run["candidates"]) < 3:
            raise StoryFailed(f"only {len(run['candidates'])} pilots could come, three were expected")
        self.candidates = run["candidates"]

    def office_asks_why_not(self) -> None:
        self.step("One pilot is not among them: why not?")
        suggested = {candidate["pilot"]["id"] for candidate in self.candidates}
        others = [p for p in self.kaya.get("pilots?status=ACTIVE")["results"] if p["id"] not in suggested]
        answers = [self.kaya.get(f"help-requests/{self.request['id']}/why/{p['id']}") for p in others]
        refused = [answer for answer in answers if not answer["eligible"]]
        if not refused:
            raise StoryFailed("nobody is left out, so there is nothing to explain")
        answer = max(refused, key=lambda answer: len(answer["reasons"]))
        self.say(f"{answer['pilot']['display_code']}:")
        for reason in answer["reasons"]:
            self.say(f"  - {reason['text']}")

    def office_asks_three(self) -> None:
        self.step("The office asks the best three; the Celery worker delivers the messages")
        best = [candidate["pilot"]["id"] for candidate in self.candidates[:3]]
        if self.pilot not in best:  # the volunteer of this story shall be among those asked
            best[2] = self.pilot
        self.kaya.post(f"help-requests/{self.request['id']}/offers", {"pilots": best})
        self.offers = self.mailbox.wait_for("offers by mail", _is_offer, count=3)
        for message in self.offers:
            self.say(f"to {_to(message)}: “{message['subject']}”")

    def two_accept(self) -> None:
        self.step("Two of them accept: one by the button behind the link of her mail, one signed in")
        by_link, signed_in = self.asked_first()
        link = next(link for link in by_link["links"] if OFFER_LINK in link)
        press(link, "yes")
        self.say(f"{_to(by_link)} pressed “yes” on the page, without signing in")
        pilot = self.public.sign_in(_to(signed_in), self.mailbox)
        offers = pilot.get("offers?status=PENDING")["results"]
        offer = max(offers, key=lambda offer: offer["made_at"])
        answer = pilot.post(f"offers/{offer['id']}/accept", {"slot": offer["slots"][0]["id"]})
        self.say(f"{_to(signed_in)} answered through the API: {answer['status']}")

    def asked_first(self) -> list[dict[str, Any]]:
        """Two of the three offer mails, the one to this story's volunteer first."""
        return sorted(self.offers, key=lambda message: self.volunteer not in message["to"])[:2]

    def office_confirms(self) -> None:
        self.step("The coordinator confirms one of them; nothing is assigned without a human")
        path = f"help-requests/{self.request['id']}/offers"
        ready = [o for o in self.kaya.get(path)["results"] if o["status"] == "ACCEPTED"]
        if len(ready) != 2:
            raise StoryFailed(f"{len(ready)} accepted offers, two were expected")
        mine = next(o for o in ready if o["pilot"]["id"] == self.pilot)
        assignment = self.kaya.post(f"help-requests/{self.request['id']}/confirm", {"offer": mine["id"]})
        self.say(f"assignment {assignment['status']}, {_local(assignment['starts_at']):%a %d %b %H:%M}")

    def both_sides_hear(self) -> None:
        self.step("Both sides get the confirmation with a calendar entry; the other one is thanked")
        for who in (self.volunteer, REQUESTER):
            (message, *_) = self.mailbox.wait_for(
                f"confirmation to {who}", lambda m, w=who: w in m["to"] and _ics(m)
            )
            self.say(f"to {who}: “{message['subject']}” with {_ics(message)}")
        other = _to(self.asked_first()[1])
        thanked = self.mailbox.wait_for(
            f"thanks to {other}", lambda m: other in m["to"] and not _is_offer(m) and not _ics(m)
        )
        self.say(f"to {other}: “{thanked[-1]['subject']}”")

    def timeline(self) -> None:
        self.step("The timeline of the request")
        for event in self.kaya.get(f"help-requests/{self.request['id']}/timeline")["results"]:
            self.say(f"{_local(event['happened_at']):%H:%M:%S}  {event['kind']}")

    def step(self, title: str) -> None:
        self.number += 1
        self.title = title
        print(f"\n{self.number}. {title}", flush=True)

    @staticmethod
    def say(line: str) -> None:
        print(f"     {line}", flush=True)


def coming_mornings(count: int) -> list[datetime]:
    """Ten o'clock on the next workdays beyond the lead time."""
    day, found = datetime.now(ZONE).date() + timedelta(days=7), []
    while len(found) < count:
        if day.weekday() < 5:
            found.append(_ten_o_clock(day))
        day += timedelta(days=1)
    return found


def left_out(waterfall: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """How many each constraint took away, and its words, from the counts that remained."""
    return [
        (before["remaining"] - after["remaining"], after["text"])
        for before, after in itertools.pairwise(waterfall)
        if before["remaining"] > after["remaining"]
    ]


def _ten_o_clock(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=ZONE)


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZONE)


def _to(message: dict[str, Any]) -> str:
    to = message["to"]
    return to[0] if isinstance(to, list) else to


def _is_offer(message: dict[str, Any]) -> bool:
    return any(OFFER_LINK in link for link in message["links"])


def _ics(message: dict[str, Any]) -> str:
    """The name of the calendar entry, or nothing."""
    return next((a["name"] for a in message["attachments"] if a["name"].endswith(".ics")), "")


def main() -> int:
    """0 when all steps happened; 1 with the step that failed."""
    parser = argparse.ArgumentParser(prog="story")
    parser.add_argument("--url", required=True)
    parser.add_argument("--mailbox-url", required=True)
    options = parser.parse_args()
    started = time.monotonic()
    story: Story | None = None
    try:
        story = Story(options.url, options.mailbox_url)
        story.tell()
    except StoryFailed as error:
        where = f"step {story.number} ({story.title})" if story and story.number else "the start"
        print(f"\nFailed at {where}:\n     {error}", file=sys.stderr, flush=True)
        return 1
    print(f"\nAll {story.number} steps happened, in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
