from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "backend.web"
    label = "web"

    def ready(self) -> None:
        from backend.web.sign_in_signals import listen

        listen()
