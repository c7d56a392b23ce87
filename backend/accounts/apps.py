from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "backend.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.mfa.recovery_codes.internal import auth

        from backend.accounts.entry.emergency_codes import EmergencyCodes

        # The one name by which allauth finds what stands behind such a row, each time anew. Were it another one some
        # day, no emergency code would let anybody in: tests/accounts/test_emergency_codes.py says so.
        auth.RecoveryCodes = EmergencyCodes
