"""The pages of everybody's own account, and those of allauth around signing in."""

from backend.privacy.access.operations import Address
from backend.privacy.access.pages import FORM, GET, POST, page, pages
from backend.privacy.access.readers import EVERYBODY, HELP_SEEKER, PILOTS, SIGNED_IN

WITH_NAME = PILOTS | HELP_SEEKER  # whose name and phone stand in the vault

ACCOUNT_PAGES = (
    *pages(SIGNED_IN, GET, "meine-daten/", "meine-daten/auskunft/", "meine-daten/auskunft.json"),
    *pages(SIGNED_IN, FORM, "meine-daten/loeschen/", "konto/bestaetigen/"),
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
    page(SIGNED_IN, "konto/2fa/webauthn/add/", FORM, by_others=True),
    page(SIGNED_IN, "konto/2fa/totp/activate/", FORM, by_others=True),
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
        "recovery-codes/",
        "recovery-codes/generate/",
        "recovery-codes/download/",
        "webauthn/",
        "webauthn/reauthenticate/",
        "webauthn/keys/<int:pk>/remove/",
        "webauthn/keys/<int:pk>/edit/",
    )
)
# For apps: everything there starts from a session token of its own, which none of these readers has.
OF_APPS = "_allauth/"

ACCOUNT: tuple[Address, ...] = (*ACCOUNT_PAGES, *BEFORE_SIGNING_IN, *SECOND_FACTORS)
