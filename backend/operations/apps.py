from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "backend.operations"
    label = "operations"

    def ready(self) -> None:
        from backend.operations import checks

        checks.register_all()
