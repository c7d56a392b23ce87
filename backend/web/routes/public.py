"""The routes open to everybody."""

from django.urls import path

from backend.web.views import client_card, invitation, office_face, pages, public, reader

urlpatterns = [
    path("", public.home, name="home"),
    path("lotse-werden/", public.become_pilot, name="become_pilot"),
    path("organisation-anmelden/", public.organisation, name="register_organisation"),
    path("hilfe-suchen/", public.seek_help, name="seek_help"),
    path("danke/<slug:kind>/", public.thanks, name="thanks"),
    path("einladung/<str:secret>/", invitation.invitation, name="invitation"),
    path("karte/<str:token>/", client_card.client_card, name="client_card"),
    path("sprache/", reader.language, name="language"),
    path("darstellung/", reader.display, name="display"),
    path("hilfe/", pages.help_page, name="help"),
    path("leichte-sprache/", pages.plain_language, name="plain_language"),
    path("barrierefreiheit/", pages.accessibility, name="accessibility"),
    path("barrierefreiheit/melden/", pages.barrier, name="report_barrier"),
    path("barrierefreiheit/danke/", pages.barrier_thanks, name="barrier_thanks"),
    path("datenschutz/", pages.privacy, name="privacy"),
    path("impressum/", pages.imprint, name="imprint"),
    path(
        "leitstelle/<slug:slug>/farben.<slug:version>.css",
        office_face.office_stylesheet,
        name="office_stylesheet",
    ),
    path("leitstelle/<slug:slug>/logo.<slug:version>.png", office_face.office_logo, name="office_logo"),
]
