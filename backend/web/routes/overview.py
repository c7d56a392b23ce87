"""The routes of what the office reads at a glance: calendar, map, figures."""

from django.urls import path

from backend.web.views import calendar, figures, map, office_papers

urlpatterns = [
    path("leitstelle/kalender/", calendar.calendar, name="calendar"),
    path("leitstelle/karte/", map.map, name="map"),
    path("leitstelle/zahlen/", figures.figures, name="figures"),
    path("leitstelle/zahlen/zahlen.csv", figures.figures_csv, name="figures_csv"),
    path("leitstelle/zahlen/zahlen.xlsx", figures.figures_xlsx, name="figures_xlsx"),
    path("leitstelle/zahlen/beauftragungen/", office_papers.commissions, name="commissions"),
    path("leitstelle/zahlen/beauftragungen/liste.pdf", office_papers.commissions_pdf, name="commissions_pdf"),
    path(
        "leitstelle/zahlen/beauftragungen/liste.xlsx", office_papers.commissions_xlsx, name="commissions_xlsx"
    ),
    path("leitstelle/zahlen/anfragen/", figures.figures_requests, name="figures_requests"),
]
