"""The Django signal that is sent when a scope has closed, for outputs of your own.

    @receiver(report_ready)
    def count_findings(sender, report, request, **kwargs):
        metrics.increment("nplusone", len(report.findings))

`sender` is the scope's kind, `report` a `nplusone_guard.Report`, `request` the `HttpRequest` or `None`. An
exception in a receiver is logged by Django and goes no further.
"""

from __future__ import annotations

from django.dispatch import Signal

__all__ = ["report_ready"]

report_ready = Signal()
