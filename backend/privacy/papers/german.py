"""How are tables, periods and endings called in a German paper? What has no German name yet goes by its own."""

from collections.abc import Iterable, Sequence

from django.db import models

from backend.keeping import OFFICE_PERIODS, Period
from backend.privacy.own_models import own_models
from backend.privacy.register import Entry, entry_of

NAMES = {
    "Absence": "Abwesenheiten",
    "AccessLog": "Protokoll der Zugriffe auf versiegelte Daten",
    "ActivityReport": "Berichte über Einsätze",
    "AnswerLink": "Antwort-Links (nur Prüfsummen)",
    "ApiToken": "Schlüssel für Programme (nur Prüfsummen)",
    "Assignment": "Einsätze (Beauftragungen)",
    "Availability": "Wöchentliche Zeiten",
    "BackgroundCheck": "Vermerk über die Einsicht in das erweiterte Führungszeugnis",
    "BarrierReport": "Gemeldete Barrieren",
    "CalendarFeed": "Kalenderadressen (nur Prüfsummen)",
    "ConfidentialDetails": "Treffpunkt, Kontakt vor Ort, Notiz",
    "Consent": "Einwilligungen und Verpflichtungen",
    "Delivery": "Zustellungen (ohne Text)",
    "HelpRequest": "Anfragen",
    "HelpRequestSlot": "Termine der Anfragen",
    "HelpSeeker": "Hilfesuchende (Fallkennung)",
    "IdempotencyKey": "Gemerkte Antworten an Programme",
    "Identity": "Name, Telefon, Anschrift, Vermerk (Tresor)",
    "LanguageSkill": "Sprachkenntnisse",
    "MatchRun": "Vorschlagsläufe",
    "Membership": "Rollen",
    "MessageText": "Eigene Texte der Leitstelle",
    "Offer": "Angebote an Lotsinnen und Lotsen",
    "Override": "Begründungen, eine Regel zu übergehen",
    "Pilot": "Lotsinnen und Lotsen (Profil)",
    "PilotOffice": "Zugehörigkeit zu Leitstellen",
    "Place": "Orte",
    "PlanProposal": "Paarungen gemeinsamer Pläne",
    "PlanRun": "Gemeinsame Pläne",
    "PushSubscription": "Geräte, die Nachrichten zeigen",
    "Qualification": "Qualifizierungen",
    "Reach": "Suchtabelle der Einsetzbaren",
    "ReportSettlement": "Klärungen abweichender Berichte",
    "RequestDraft": "Begonnene Anfragen",
    "Suggestion": "Einzelne Vorschläge",
    "User": "Zugänge",
    "Veto": "Ausschlusswünsche",
    "Wave": "Anfragewellen",
    "WaveSeries": "Wellenreihen",
    "sessions.Session": "Sitzungen im Browser",
    "account.EmailAddress": "Bestätigte Anmeldeadressen",
    "account.EmailConfirmation": "Links, die eine Adresse bestätigen",
    "mfa.Authenticator": "Passkeys und zweite Faktoren",
}
UNITS = {
    "hour": ("Stunde", "Stunden"),
    "day": ("Tag", "Tage"),
    "month": ("Monat", "Monate"),
    "year": ("Jahr", "Jahre"),
}
MOMENTS = {
    "the last session": "letzter Termin, Ende oder Rücknahme der Anfrage",
    "the end of the activity or of the case": "Ende der Tätigkeit oder des Falls",
    "the end of the activity": "Ende der Tätigkeit; kam keine zustande, sofort",
    "the question, once the request is closed": "Zeitpunkt des Angebots, wenn die Anfrage abgeschlossen ist",
    "the last sign of life, if a letter has said so a month before": "letztes Lebenszeichen; ein Brief geht 30 Tage vorher",
    "the withdrawal of the consent": "Widerruf der Einwilligung, wenn keine neue folgt",
    "the last sign-in, if nobody is anything by it": "letzte Anmeldung eines Zugangs ohne Rolle",
}
ENDINGS = {
    "deleted": "gelöscht",
    "emptied": "geleert; die Zeile bleibt als Zahl",
    "counted": "gezählt und gelöscht; von einem beauftragten bleibt die bloße Zeile",
    "coarsened": "ohne Straße und Geschlechtswunsch; Postleitzahl, Sprache, Thema bleiben für die Statistik",
    "erased": "gelöscht wie auf Wunsch der Person; die bloße Zeile bleibt als Zahl",
}
WITH = {
    "as long as the account": "solange der Zugang besteht",
    "as long as the pilot": "mit dem Profil der Lotsin oder des Lotsen",
    "as long as the pilot is active": "solange die Lotsin oder der Lotse aktiv ist",
    "as long as its owner": "mit der Zeile, zu der der Ort gehört",
    "as long as the request": "mit der Anfrage",
    "as long as the office": "solange die Leitstelle besteht",
    "as long as the account, or until the browser has ended it": "solange der Zugang besteht oder der Browser es beendet",
}


def name_of(model: type[models.Model]) -> str:
    return NAMES.get(model.__name__, f"`{model.__name__}`")


def period_of(found: Period) -> str:
    one, many = UNITS[found.unit]
    return f"{found.amount} {one if found.amount == 1 else many}"


def kept(entry: Entry) -> str:
    """How long, in words."""
    if entry.period is not None:
        return period_of(entry.period)
    return WITH.get(entry.keep_for or "", entry.keep_for or "ohne Personenbezug")


def counted(entry: Entry) -> str:
    """From when, in words; a field goes by its name."""
    if not entry.counted_from:
        return "–"
    return MOMENTS.get(entry.counted_from[0], entry.counted)


def bounds(office_period: str | None) -> str:
    if office_period is None:
        return "–"
    found = OFFICE_PERIODS[office_period]
    return f"{found.least}–{found.most} Tage"


def personal_entries() -> list[Entry]:
    """What says something about people, or has a period, in the order of the settings."""
    return [entry for entry in map(entry_of, own_models()) if entry.keep_for]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def fields(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


DRAWN = (
    "Aus der Konfiguration gezeichnet mit `manage.py generate_docs`. Fristen und Felder stehen in den Modellen "
    "(`class Privacy`), und der nächtliche Lauf liest dieselben Angaben: Was hier steht, geschieht."
)
TO_FILL = "_[von der verantwortlichen Stelle auszufüllen]_"
