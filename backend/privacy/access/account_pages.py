"""The pages of everybody's own account, and those of allauth around signing in."""

from backend.privacy.access.operations import Address
from backend.privacy.access.pages import FORM, GET, POST, page, pages
from backend.privacy.access.readers import EVERYBODY, HELP_SEEKER, NOBODY, PILOTS, SIGNED_IN

WITH_NAME = PILOTS | HELP_SEEKER  # whose name and phone stand in the vault

ACCOUNT_PAGES = (
    *pages(
        SIGNED_IN,
        GET,
        "meine-daten/",
        "meine-daten/auskunft/",
        "meine-daten/auskunft.json",
        "meine-daten/anmeldungen/",
    ),
    *pages(
        SIGNED_IN,
        FORM,
        "meine-daten/loeschen/",
        "meine-daten/adresse/",
        "meine-daten/zugaenge/",
        "konto/bestaetigen/",
        "konto/2fa/notfall-codes/",
    ),
    *pages(
        SIGNED_IN,
        POST,
        "meine-daten/sprache/",
        "meine-daten/kalender/",
        "meine-daten/kalender/schliessen/",
        "meine-daten/geraete/",
        "meine-daten/sms/",
        "meine-daten/sms/code/",
        "meine-daten/sms/ende/",
        "meine-daten/nachrichten/",
        "meine-daten/adresse-geht/",
        "meine-daten/anmeldungen/andere-beenden/",
    ),
    page(SIGNED_IN, "meine-daten/person/", POST, sees=WITH_NAME),
    page(SIGNED_IN, "meine-daten/einwilligung/<slug:kind>/", FORM, sees=WITH_NAME),
    page(SIGNED_IN, "meine-daten/einwilligung/<slug:kind>/geben/", POST, sees=WITH_NAME),
    page(
        SIGNED_IN,
        "meine-daten/geraete/<uuid:subscription_id>/ende/",
        POST,
        named="subscription",
        personal=True,
    ),
    page(
        SIGNED_IN,
        "meine-daten/anmeldungen/<uuid:session_id>/ende/",
        POST,
        named="session",
        personal=True,
    ),
    page(SIGNED_IN, "meine-daten/zugaenge/<uuid:token_id>/ende/", POST, named="token", personal=True),
    page(SIGNED_IN, "konto/2fa/webauthn/add/", FORM, by_others=True),
    page(SIGNED_IN, "konto/2fa/totp/activate/", FORM, by_others=True),
)

_SERVICE = "konto/dienst/<slug:key>/"
SERVICES = (
    *pages(EVERYBODY, GET, _SERVICE),
    # Lets in nobody who did not set out from here, in the same browser, minutes ago.
    page(EVERYBODY, f"{_SERVICE}zurueck/", may=NOBODY),
    *pages(SIGNED_IN, GET, f"{_SERVICE}verbinden/"),
    *pages(SIGNED_IN, POST, f"{_SERVICE}trennen/"),
)

# allauth's own: it asks for a session, or for the step of signing in that comes before, by itself.
BEFORE_SIGNING_IN = (
    # Django's redirect, whatever the method.
    page(EVERYBODY, "konto/neu/", by_others=True),
    *(
        page(EVERYBODY, f"konto/{path}", FORM, by_others=True)
        for path in (
            "anmelden/",
            "anmelden/code/",
            "anmelden/bestaetigen/",
            "abmelden/",
            "gesperrt/",
            "2fa/authenticate/",
            "2fa/webauthn/login/",
        )
    ),
)
SECOND_FACTORS = tuple(
    page(SIGNED_IN, f"konto/2fa/{path}", FORM, by_others=True)
    for path in (
        "",
        "reauthenticate/",
        "totp/deactivate/",
        "webauthn/",
        "webauthn/reauthenticate/",
        "webauthn/keys/<int:pk>/remove/",
        "webauthn/keys/<int:pk>/edit/",
    )
)
# For apps: everything there starts from a session token of its own, which none of these readers has.
OF_APPS = "_allauth/"

ACCOUNT: tuple[Address, ...] = (*ACCOUNT_PAGES, *SERVICES, *BEFORE_SIGNING_IN, *SECOND_FACTORS)
