from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "backend.web"
    label = "web"

    def ready(self) -> None:
        from backend.web import sign_in_signals  # noqa: F401 - connects them
