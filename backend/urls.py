"""Every route."""

from django.urls import include, path

from backend.api.views.unknown import UnknownRoute

# What allauth offers apps beyond the ways in that we have (docs/sign-in.md): a password of one's own, set without any
# further proof, or a second address to sign in with, of which its owner would not hear. There is no such thing here.
NOT_FOR_APPS = (
    "account/email",
    "account/password/change",
    "account/phone",
    "auth/email/verify",
    "auth/email/verify/resend",
    "auth/login",
    "auth/password/request",
    "auth/password/reset",
    "auth/phone/verify",
    "auth/phone/verify/resend",
    "auth/reauthenticate",  # by the password
    "auth/signup",
)

urlpatterns = [
    path("api/", include("backend.api.urls")),
    *(path(f"_allauth/<str:client>/v1/{route}", UnknownRoute.as_view()) for route in NOT_FOR_APPS),
    path("_allauth/", include("allauth.headless.urls")),
    path("konto/", include("backend.web.account_urls")),
    path("", include("backend.web.urls")),
]

handler400 = "backend.web.errors.bad_request"
handler403 = "backend.web.errors.permission_denied"
handler404 = "backend.web.errors.page_not_found"
handler500 = "backend.web.errors.server_error"
