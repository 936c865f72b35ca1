"""One log event per finding, `nplusone.detected`, on the logger `nplusone_guard`.

A project that has configured structlog gets the event through its own processors. Any other gets a standard
`logging` record: one readable line as its message and every field as an attribute, so that a plain handler
prints a sentence and a JSON formatter prints the fields. `docs/logging.md` is the schema.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from ..conf import get_settings
from ..findings import SCHEMA_VERSION, Finding, Summary

__all__ = ["EVENT", "LOGGER", "fields_of", "log_findings"]

EVENT = "nplusone.detected"
LOGGER = "nplusone_guard"

_RECORD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def log_findings(summary: Summary, request_fields: Mapping[str, Any] | None = None) -> None:
    """Write one event for each finding of `summary`.

    Args:
        summary: What the scope saw.
        request_fields: `route`, `view`, `method` and `status` of the request, if it was one.
    """
    if not summary.findings:
        return
    logger = _logger()
    write = getattr(logger, _method(get_settings().log_level))
    for finding in summary.findings:
        write(EVENT, **fields_of(finding, summary, request_fields or {}))


def fields_of(finding: Finding, summary: Summary, request_fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the event about `finding`."""
    values = finding.to_dict()
    return {
        "schema_version": SCHEMA_VERSION,
        "finding_id": values["id"],
        "kind": values["kind"],
        "severity": values["severity"],
        "label": values["label"],
        "count": values["count"],
        "distinct_parameters": values["distinct_parameters"],
        "db_time_ms": values["db_time_ms"],
        "wasted_ms": values["wasted_ms"],
        "shape_id": values["shape_id"],
        "sql": values["sql"],
        "culprit": values["culprit"],
        "origin": values["origin"],
        "suggestion": values["suggestion"],
        "alias": values["alias"],
        "vendor": values["vendor"],
        "scope_kind": summary.scope_kind,
        "scope_statements": summary.statements,
        "route": request_fields.get("route"),
        "view": request_fields.get("view"),
        "method": request_fields.get("method"),
        "status": request_fields.get("status"),
    }


def _logger() -> Any:
    if structlog.is_configured():
        return structlog.get_logger(LOGGER)
    # Unconfigured, structlog would print to the standard output, which is not ours.
    return structlog.wrap_logger(
        logging.getLogger(LOGGER),
        processors=[structlog.contextvars.merge_contextvars, _to_logging],
        wrapper_class=structlog.stdlib.BoundLogger,
        context_class=dict,
        cache_logger_on_first_use=False,
    )


def _method(level: int) -> str:
    """The logger's method for `level`: structlog has no method for a number that has no name."""
    for name in ("critical", "error", "warning", "info"):
        if level >= logging.getLevelNamesMapping()[name.upper()]:
            return name
    return "debug"


def _to_logging(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> tuple[tuple[str], Any]:
    """The last processor: a sentence, and the fields as attributes of the record."""
    # What a project bound under a name that records use themselves would be refused by `logging`.
    extra = {f"{key}_" if key in _RECORD_ATTRIBUTES else key: value for key, value in event.items()}
    return (_sentence(event),), {"extra": extra}


def _sentence(event: Mapping[str, Any]) -> str:
    words = [f"{EVENT}: {event['kind']} {event['label']} × {event['count']}"]
    if event["route"] is not None:
        words.append(f"in {event['method']} /{str(event['route']).lstrip('/^')}")
    words.append(f"wasted {event['wasted_ms']:.1f} ms")
    if culprit := event["culprit"]:
        words.append(f"at {culprit['path']}:{culprit['line']} `{culprit['source']}`")
    words.append(f"fix: {event['suggestion']}")
    words.append(f"[{event['finding_id']}]")
    return "; ".join(words)
