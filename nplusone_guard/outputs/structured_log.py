"""One log event per finding, `nplusone.detected`, on the logger `nplusone_guard`.

A project that has configured structlog gets the event through its own processors. Any other gets a standard
`logging` record: one readable line as its message and every field as an attribute, so that a plain handler
prints a sentence and a JSON formatter prints the fields. `docs/logging.md` has the fields, and
`nplusone_guard/schemas/detected.json` is their JSON Schema.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import structlog

from ..conf import get_settings
from ..findings import SCHEMA_VERSION, Finding, Summary

__all__ = ["EVENT", "LOGGER", "fields_of", "log_findings"]

EVENT = "nplusone.detected"
LOGGER = "nplusone_guard"


def log_findings(summary: Summary, request_fields: Mapping[str, Any] | None = None) -> None:
    """Write one event for each finding of `summary`.

    An exception of the project's processors or handlers is not passed on, but told once on the standard error.

    Args:
        summary: What the scope saw.
        request_fields: `route`, `view`, `method` and `status` of the request, if it was one.
    """
    if not summary.findings:
        return
    level = get_settings().log_level
    for finding in summary.findings:
        fields = fields_of(finding, summary, request_fields or {})
        if _structlog_is_configured():
            try:
                _to_structlog(fields, level)
                continue
            except Exception as error:  # noqa: BLE001 — the project's processors may raise anything
                _tell_once(error)
        # Also where structlog did not take it: an alert is not to be lost.
        try:
            _to_logging(fields, level)
        except Exception as error:  # noqa: BLE001 — the project's handlers may raise anything
            _tell_once(error)


def fields_of(finding: Finding, summary: Summary, request_fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the event about `finding`."""
    culprit, via, origin = finding.culprit, finding.via, finding.origin
    asked = request_fields.get
    return {
        "schema_version": SCHEMA_VERSION,
        "finding_id": finding.id,
        "kind": finding.kind,
        "severity": finding.severity,
        "label": finding.label,
        "count": finding.count,
        "distinct_parameters": finding.distinct_parameters,
        "db_time_ms": finding.db_time_ms,
        "wasted_ms": finding.wasted_ms,
        "shape_id": finding.shape_id,
        "sql": finding.sql,
        "culprit": culprit and culprit.to_dict(),
        "via": via and via.to_dict(),
        "origin": origin and origin.to_dict(),
        "suggestion": finding.suggestion,
        "alias": finding.alias,
        "vendor": finding.vendor,
        "through": list(finding.through),
        "scope_kind": summary.scope_kind,
        "scope_statements": summary.statements,
        "route": asked("route"),
        "view": asked("view"),
        "method": asked("method"),
        "status": asked("status"),
    }


# -- through structlog -----------------------------------------------------------------------------------------


def _structlog_configuration() -> dict[str, Any]:
    config = structlog.get_config()
    return {**config, "processors": list(config["processors"])}  # a copy, as `capture_logs` changes the list


_UNCONFIGURED = None if structlog.is_configured() else _structlog_configuration()


def _structlog_is_configured() -> bool:
    """Whether the project has said what structlog is to do; left alone, structlog prints to the standard output.

    `structlog.testing.capture_logs` leaves it "configured", with what it had before.
    """
    return structlog.is_configured() and _structlog_configuration() != _UNCONFIGURED


def _to_structlog(fields: Mapping[str, Any], level: int) -> None:
    logger = structlog.get_logger(LOGGER)
    # The methods of the deprecated AsyncBoundLogger are coroutines, which nobody would await here.
    logger = getattr(logger, "sync_bl", logger)
    getattr(logger, _method(level))(EVENT, **fields)


def _method(level: int) -> str:
    """The logger's method for `level`: structlog has no method for a number that has no name."""
    for name in ("critical", "error", "warning", "info"):
        if level >= logging.getLevelNamesMapping()[name.upper()]:
            return name
    return "debug"


# -- through logging -------------------------------------------------------------------------------------------


def _to_logging(fields: Mapping[str, Any], level: int) -> None:
    """Write a record: a sentence as its message, and the fields as its attributes."""
    logger = logging.getLogger(LOGGER)
    if not logger.isEnabledFor(level):
        return
    event = {**structlog.contextvars.get_contextvars(), "event": EVENT, **fields}
    # Made here, as `logger.log(extra=…)` would make a second one: it refuses a field whose name the record has
    # already, be it from Python (`module`, `name`) or from the project's own record factory (often `request_id`).
    record = logger.makeRecord(LOGGER, level, __file__, _LINE, _sentence(fields), (), None, _to_logging.__name__)
    attributes = vars(record)
    for key, value in event.items():
        attributes[f"{key}_" if key in attributes or key in _FORMATTED else key] = value
    logger.handle(record)


_LINE = _to_logging.__code__.co_firstlineno
_FORMATTED = frozenset({"message", "asctime"})  # what a formatter adds to a record, later


def _sentence(fields: Mapping[str, Any]) -> str:
    title = " → ".join((fields["label"], *(label.rpartition(".")[2] for label in fields["through"])))
    words = [f"{EVENT}: {fields['kind']} {title} × {fields['count']}"]
    if fields["route"] is not None:
        words.append(f"in {fields['method']} /{str(fields['route']).lstrip('/^').removesuffix('$')}")
    words.append(f"wasted {fields['wasted_ms']:.1f} ms")
    if culprit := fields["culprit"]:
        words.append(f"at {culprit['path']}:{culprit['line']} `{culprit['name'] or culprit['source']}`")
        if culprit["loop"]:
            words.append(f"in the loop `{culprit['loop']}`")
    if via := fields["via"]:
        words.append(f"for {via['path']}:{via['line']} `{via['name']}`")
    origin = f" at {fields['origin']['path']}:{fields['origin']['line']}" if fields["origin"] else ""
    words.append(f"fix: {fields['suggestion']}{origin}")
    words.append(f"[{fields['finding_id']}]")
    return " ".join("; ".join(words).split())  # one line, whatever is in it


# -- when neither works ----------------------------------------------------------------------------------------

_told = threading.Lock()


def _tell_once(error: Exception) -> None:
    """Say once per process that the project's logging raised: its type and place, as its text may quote values."""
    if not _told.acquire(blocking=False):
        return
    with suppress(Exception):
        frame = traceback.extract_tb(error.__traceback__)[-1]
        text = (
            f"nplusone.log_failed error={type(error).__name__} at={frame.filename}:{frame.lineno} — a structlog "
            "processor or logging handler of this project raised; the application is not affected, but alerts may "
            "be missing. Further errors of this process are not told."
        )
        # Past the project's handlers and record factory, as one of them may be what raises.
        if logging.lastResort is not None:
            logging.lastResort.handle(logging.LogRecord(LOGGER, logging.ERROR, __file__, 0, text, (), None))
