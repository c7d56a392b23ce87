"""Every route."""

from django.urls import include, path

from backend.api.views.unknown import UnknownRoute

urlpatterns = [
    path("api/", include("backend.api.urls")),
    # We keep no phones to sign in with, and allauth's view breaks for strangers before it asks who they are.
    path("_allauth/<str:client>/v1/account/phone", UnknownRoute.as_view()),
    path("_allauth/", include("allauth.headless.urls")),
    path("konto/", include("backend.web.account_urls")),
    path("", include("backend.web.urls")),
]

handler400 = "backend.web.errors.bad_request"
handler403 = "backend.web.errors.permission_denied"
handler404 = "backend.web.errors.page_not_found"
handler500 = "backend.web.errors.server_error"
