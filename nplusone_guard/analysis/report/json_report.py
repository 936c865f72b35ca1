"""The report for programs: JSON. `version` changes when a key is taken away or means something else."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ..analyzing import Analysis
from ..values import Advice, Index, Recommendation, Statement, Waste
from .sections import headline

__all__ = ["VERSION", "render", "to_dict"]

VERSION = 1


def render(analysis: Analysis, *, verbose: bool) -> str:
    """The report about `analysis` as JSON, all of it whatever `verbose` says."""
    return json.dumps(to_dict(analysis), indent=2, ensure_ascii=False)


def to_dict(analysis: Analysis) -> dict[str, Any]:
    """The report about `analysis` as JSON-ready values."""
    return {
        "version": VERSION,
        "summary": headline(analysis),
        "database": analysis.alias,
        "sections": list(analysis.sections),
        "workload": {
            "source": analysis.workload.source,
            "remark": analysis.workload.remark,
            "statements": len(analysis.workload.statements),
            "not_understood": analysis.not_understood,
        },
        "tables": analysis.tables,
        "indexes": analysis.indexes,
        "recommendations": [_recommendation(one) for one in analysis.recommendations],
        "waste": [_waste(one) for one in analysis.waste],
        "opportunities": [one.to_dict() for one in analysis.opportunities],
        "useless_loads": [asdict(one) for one in analysis.useless],
        "declared": {
            "statements": analysis.declared,
            "candidates": [_advice(one) for one in analysis.candidates],
        },
        "statistics": asdict(analysis.statistics),
    }


def _recommendation(one: Recommendation) -> dict[str, Any]:
    return {
        **_advice(one.advice),
        "standing": one.standing,
        "reason": one.reason,
        "rows": one.rows,
        "indexes": one.indexes,
        "reads": one.reads,
        "writes": one.writes,
        "replaces": list(one.replaces),
        "proof": asdict(one.advice.proof),
    }


def _advice(advice: Advice) -> dict[str, Any]:
    statements = {access.statement.shape_id: access.statement for access in advice.accesses}
    return {
        "table": advice.table,
        "model": advice.model,
        "columns": [str(column) for column in advice.columns],
        "condition": advice.condition,
        "include": list(advice.include),
        "statements": [_statement(one) for one in statements.values()],
    }


def _statement(one: Statement) -> dict[str, Any]:
    return {
        "id": one.shape_id,
        "sql": one.sql,
        "calls": one.calls,
        "total_ms": one.total_ms,
        "places": list(one.places),
    }


def _waste(one: Waste) -> dict[str, Any]:
    return {
        **_index(one.index),
        "kind": one.kind,
        "reason": one.reason,
        "covered_by": one.covered_by and _index(one.covered_by),
        **asdict(one.usage),
    }


def _index(index: Index) -> dict[str, Any]:
    return {
        "name": index.name,
        "table": index.table,
        "model": index.model,
        "columns": [str(column) for column in index.columns],
        "condition": index.condition,
        "origin": index.origin,
    }
