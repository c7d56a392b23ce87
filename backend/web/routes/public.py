"""The routes open to everybody."""

from django.urls import path

from backend.web.views import public, reader

urlpatterns = [
    path("", public.home, name="home"),
    path("lotse-werden/", public.become_pilot, name="become_pilot"),
    path("organisation-anmelden/", public.organisation, name="register_organisation"),
    path("hilfe-suchen/", public.seek_help, name="seek_help"),
    path("danke/<slug:kind>/", public.thanks, name="thanks"),
    path("sprache/", reader.language, name="language"),
    path("darstellung/", reader.display, name="display"),
]
