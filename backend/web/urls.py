"""The routes of the pages, by whom they are there for."""

from backend.web.routes import account, admin, machines, office, overview, pilots, public, requesters

app_name = "web"
urlpatterns = [
    *public.urlpatterns,
    *pilots.urlpatterns,
    *requesters.urlpatterns,
    *office.urlpatterns,
    *overview.urlpatterns,
    *admin.urlpatterns,
    *account.urlpatterns,
    *machines.urlpatterns,
]
