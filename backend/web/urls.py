"""The routes of the pages."""

app_name = "web"
urlpatterns: list = []
