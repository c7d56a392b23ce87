from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "backend.api"
    label = "api"

    def ready(self) -> None:
        import backend.api.openapi  # noqa: F401  registers how the schema names our ways to sign in
