"""What is still there of somebody who was erased, why, how long, and why it names nobody?

The one list: docs/deletion-concept.md is drawn from it, and the drill (tests/faults/test_drill.py) holds it against what
it finds after somebody of each kind was erased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Remains:
    """`models` are our tables in which rows stay, each with the personal fields that still say something."""

    what: str
    reason: str
    until: str
    names_nobody: str
    models: Mapping[str, Sequence[str]] = field(default_factory=dict)


REMAINS = (
    Remains(
        "dass ein Einsatz beauftragt und gehalten wurde, und wie lange er dauerte",
        "Unfallversicherung (§ 2 Abs. 1 Nr. 10 SGB VII), Abrechnung",
        "Einsatz und Beauftragung auf Dauer; der Bericht 6 Monate, dann leer",
        "die Zeile der Lotsin oder des Lotsen ist leer; das Salz, mit dem sich die Prüfsumme ihres Namens oder des Ortes "
        "nachrechnen ließe, ist gelöscht",
        {"Assignment": ["pilot"], "Commission": [], "ActivityReport": ["reported_by"]},
    ),
    Remains(
        "dass jemand gefragt wurde, dass die Leitstelle eine Regel überging oder Berichte klärte",
        "Zahlen der Berichte (Integrationsbericht, Verwendungsnachweis); Rechenschaft (Art. 5 Abs. 2 DSGVO)",
        "90 Tage (Angebote), dann gezählt",
        "Begründungen und Merkmale sind geleert, und die Zeile, auf die sie zeigen, ist leer",
        {"Offer": ["pilot"], "Override": [], "ReportSettlement": []},
    ),
    Remains(
        "eine Anfrage mit Sprache, Thema, Zeiten und Ort: von einer Wohnung nur die Stadt, sonst die Postleitzahl",
        "Zahlen der Berichte (Integrationsbericht, Verwendungsnachweis)",
        "6 Monate, dann ohne Straße; Zellen unter fünf zeigt kein Bericht",
        "Treffpunkt, Kontakt, Notiz, Straße, Geschlechtswunsch und begonnene Entwürfe sind gelöscht",
        {
            "HelpRequest": ["help_seeker", "languages", "topic", "meeting_place"],
            "HelpRequestSlot": [],
            "Place": ["postcode", "place", "point"],
        },
    ),
    Remains(
        "dass eine Einwilligung gegeben war und wann sie endete",
        "Nachweis nach Art. 7 Abs. 1 DSGVO (§ 195 BGB)",
        "3 Jahre",
        "der Zugang trägt keine Adresse mehr",
        {"Consent": []},
    ),
    Remains(
        "die leere Zeile, auf die all das zeigt: Zugang, Profil, Fall, Tresor",
        "ohne sie gäbe es die Zahlen und Nachweise nicht (Art. 17 Abs. 3 Buchst. b und e DSGVO)",
        "auf Dauer",
        "die Adresse lautet `erased-<Kennung>@erased.invalid`, das Passwort ist keines, die Sprache `de`, die Fallkennung "
        "`X-…`, der Ort ein Punkt im Meer; Name, Telefon, Straße und Vermerk sind leer",
        {
            "User": ["email", "language", "password"],
            "Pilot": ["home"],
            "HelpSeeker": ["case_key", "home"],
            "Identity": [],
        },
    ),
)
# What stands in no row of hers, or in no row at all.
ELSEWHERE = (
    Remains(
        "was wann geschah (Journal), und wer Versiegeltes öffnete (Zugriffsprotokoll)",
        "Rechenschaft (Art. 5 Abs. 2 DSGVO), Sicherheit der Verarbeitung (Art. 32 DSGVO)",
        "Journal auf Dauer, Zugriffsprotokoll 12 Monate",
        "es nennt nur Kennungen, keine Namen und keinen Text",
    ),
    Remains(
        "eine Prüfsumme im Löschregister",
        "damit keine Wiederherstellung sie zurückbringt (Art. 17 DSGVO)",
        "auf Dauer",
        "die Prüfsumme einer zufälligen Kennung; wer sie liest, findet niemanden",
    ),
    Remains(
        "versiegelte Sicherungen von vorher",
        "Wiederherstellbarkeit (Art. 32 Abs. 1 Buchst. c DSGVO)",
        "bis sie abgelaufen sind",
        "nur mit dem Schlüssel aus dem Tresor zu öffnen, und beim Zurückspielen wird sie sofort wieder gelöscht",
    ),
    Remains(
        "was sie oder andere schon zugestellt bekommen haben (Mail, SMS, Kalender)",
        "es liegt beim Empfänger und nicht beim Dienst",
        "–",
        "Nachrichten an andere nennen sie nicht",
    ),
)


def fields_that_remain() -> dict[str, set[str]]:
    """The personal fields that may still say something, by model."""
    return {model: set(names) for kept in REMAINS for model, names in kept.models.items()}
