"""The findings in the response's headers, where the browser's network panel shows them for every request.

`X-NPlusOne` and `X-NPlusOne-Findings` are Structured Fields (RFC 9651), a dictionary and a list;
`Server-Timing` is what browsers draw themselves. No SQL and no value of the application is in them.
"""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase

from ..findings import Finding, Summary

__all__ = ["MOST_BYTES", "add_headers"]

MOST_BYTES = 1024
"""What all of our headers may take together; servers and proxies refuse responses whose headers are too large."""

_SUMMARY, _FINDINGS, _TIMING = "X-NPlusOne", "X-NPlusOne-Findings", "Server-Timing"


def add_headers(response: HttpResponseBase, summary: Summary) -> None:
    """Add the headers to `response`. Headers that are there stay as they are; timings are appended."""
    values = {
        _SUMMARY: f"findings={len(summary.findings)}, queries={summary.statements}, "
        f"db-ms={_decimal(summary.db_time_ms)}",
        _TIMING: _timing(summary),
    }
    left = MOST_BYTES - sum(len(name) + len(value) + len(": \r\n") for name, value in values.items())
    listed = _listed(summary.findings, left - len(_FINDINGS) - len(": \r\n"))
    if listed:
        values[_FINDINGS] = listed
    for name, value in values.items():
        _add(response, name, value)


def _add(response: Any, name: str, value: str) -> None:
    if name not in response.headers:
        response.headers[name] = value
    elif name == _TIMING:
        response.headers[name] = f"{response.headers[name]}, {value}"


def _listed(findings: tuple[Finding, ...], room: int) -> str:
    """As many findings as fit into `room` bytes, the worst first; `findings=` tells how many there are."""
    listed = ""
    for finding in findings:
        item = f"{_string(finding.id)};kind={finding.kind};label={_string(finding.label)};count={finding.count}"
        longer = f"{listed}, {item}" if listed else item
        if len(longer) > room:
            break
        listed = longer
    return listed


def _timing(summary: Summary) -> str:
    wasted = sum(finding.wasted_ms for finding in summary.findings)
    number = len(summary.findings)
    findings = "1 finding" if number == 1 else f"{number} findings"
    return (
        f'db;desc="{summary.statements} queries";dur={_decimal(summary.db_time_ms)}, '
        f'nplusone;desc="{findings}";dur={_decimal(wasted)}'
    )


def _decimal(value: float) -> str:
    """A Structured Field decimal: at most three digits after the point, and never an exponent."""
    return f"{value:.1f}"


def _string(value: str) -> str:
    """A Structured Field string: printable ASCII, with quotes and backslashes escaped."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if " " <= char <= "~" else "?" for char in escaped) + '"'
