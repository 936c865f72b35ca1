"""The Django app: with it in `INSTALLED_APPS`, statements are seen from the first connection on."""

from __future__ import annotations

from django.apps import AppConfig


class NPlusOneGuardConfig(AppConfig):
    """Installs the wrapper and the system checks."""

    name = "nplusone_guard"
    verbose_name = "N+1 guard"

    def ready(self) -> None:
        """Install once; nothing is queried."""
        from . import checks, lifecycle, opportunity_checks  # noqa: PLC0415 — needs the app registry

        checks.register_checks()
        opportunity_checks.register_checks(checks.TAG)
        lifecycle.install()
