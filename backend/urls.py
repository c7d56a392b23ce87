"""Every route."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("backend.api.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("konto/", include("allauth.urls")),
    path("", include("backend.web.urls")),
]
