"""The routes around signing in. Of allauth's pages only those that exist without passwords."""

from allauth.account import views
from django.urls import include, path
from django.views.generic import RedirectView

from backend.web.gates import Gate
from backend.web.views import second_factor, sign_in_elsewhere
from backend.web.views.confirm_identity import confirm_identity

SIGN_IN = views.request_login_code

urlpatterns = [
    path("anmelden/", SIGN_IN, name="account_login"),
    path("anmelden/code/", SIGN_IN, name="account_request_login_code"),
    path("anmelden/bestaetigen/", views.confirm_login_code, name="account_confirm_login_code"),
    path("abmelden/", views.logout, name="account_logout"),
    path("gesperrt/", views.account_inactive, name="account_inactive"),
    path("bestaetigen/", confirm_identity, name="account_reauthenticate"),
    # Mails to unknown addresses point here: registering as a pilot is how a stranger gets an account.
    path("neu/", RedirectView.as_view(pattern_name="web:become_pilot"), name="account_signup"),
    path("dienst/<slug:key>/", sign_in_elsewhere.begin, name="sign_in_elsewhere"),
    path("dienst/<slug:key>/zurueck/", sign_in_elsewhere.back, name="sign_in_elsewhere_back"),
    path("dienst/<slug:key>/verbinden/", sign_in_elsewhere.link, name="link_sign_in"),
    path("dienst/<slug:key>/trennen/", sign_in_elsewhere.unlink, name="unlink_sign_in"),
    path("2fa/webauthn/add/", second_factor.add_passkey, name="mfa_add_webauthn"),
    path("2fa/totp/activate/", second_factor.activate_app, name="mfa_activate_totp"),
    path("2fa/notfall-codes/", second_factor.emergency_codes, name="emergency_codes"),
    path("2fa/", include("allauth.mfa.urls")),
]

# allauth guards these views itself; the gate says so to the test that walks all routes.
GATES = {
    "account_login": Gate.PUBLIC,
    "account_request_login_code": Gate.PUBLIC,
    "account_confirm_login_code": Gate.PUBLIC,
    "account_logout": Gate.PUBLIC,
    "account_inactive": Gate.PUBLIC,
    "account_reauthenticate": Gate.SIGNED_IN,
    "mfa_add_webauthn": Gate.SIGNED_IN,
    "mfa_activate_totp": Gate.SIGNED_IN,
    "emergency_codes": Gate.SIGNED_IN,
    "account_signup": Gate.PUBLIC,
}
