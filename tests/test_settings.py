"""A setting that does not fit is told in words that help, and its default stands in."""

from __future__ import annotations

import ast
import itertools
import logging
import re
import time
import warnings
from collections.abc import Mapping
from dataclasses import fields
from io import StringIO
from pathlib import Path
from typing import get_args

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings
from hypothesis import example, given
from hypothesis import strategies as st

from nplusone_guard import findings
from nplusone_guard.conf import _PARSERS, DEFAULT_THRESHOLDS, Settings, get_settings, parse_settings
from nplusone_guard.rules import KINDS, Rule

DOCS = Path(__file__).parent.parent / "docs" / "settings.md"
OURS = "nplusone_guard.middleware.NPlusOneMiddleware"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
CACHE = "django.middleware.cache.UpdateCacheMiddleware"


def only_problem(raw):
    settings, (problem,) = parse_settings(raw)
    assert settings == Settings()
    return problem


# -- values that fit -------------------------------------------------------------------------------------------


def test_without_settings_the_defaults_are_used():
    assert parse_settings({}) == (Settings(), [])


def test_every_key_can_be_set():
    def policy(request):
        return True

    settings, problems = parse_settings(
        {
            "ENABLED": False,
            "SAMPLE_RATE": 0,
            "THRESHOLDS": {"n_plus_one": 2},
            "IGNORE": ["library.*", {"kind": "write_*", "path": "a.py"}],
            "EXCLUDE_PATHS": (r"^/health", re.compile("x", re.IGNORECASE)),
            "HEADERS": policy,
            "RAISE": True,
            "LOG_LEVEL": "error",
            "FOLLOW_THREADS": False,
            "DEPTH": "deep",
            "MAX_SHAPES": 1,
            "MAX_CALL_PATHS": 1,
            "MAX_BYTES": 10_000,
            "SQL_LENGTH": 40,
            "RECORD_WORKLOAD": "workload.jsonl",
        }
    )
    assert problems == []
    assert settings == Settings(
        enabled=False,
        sample_rate=0.0,
        thresholds={"n_plus_one": 2, "duplicate_query": 5, "write_in_loop": 10},
        ignore=(Rule(label="library.*"), Rule(kind="write_*", path="a.py")),
        exclude_paths=(re.compile(r"^/health"), re.compile("x", re.IGNORECASE)),
        headers=policy,
        raise_=True,
        log_level=logging.ERROR,
        follow_threads=False,
        depth="deep",
        max_shapes=1,
        max_call_paths=1,
        max_bytes=10_000,
        sql_length=40,
        record_workload=str(Path.cwd() / "workload.jsonl"),
    )


def test_headers_may_name_a_function():
    settings, problems = parse_settings({"HEADERS": f"{__name__}.only_problem"})
    assert problems == []
    assert settings.headers is only_problem


def test_a_level_may_be_a_number_or_a_name_of_the_projects_own():
    logging.addLevelName(35, "ALERT")
    assert parse_settings({"LOG_LEVEL": 33})[0].log_level == 33
    assert parse_settings({"LOG_LEVEL": "alert"})[0].log_level == 35


def test_the_kinds_are_the_same_everywhere():
    assert set(KINDS) == set(get_args(findings.Kind))


def test_a_kind_that_repeats_nothing_has_no_threshold():
    assert set(KINDS) - set(DEFAULT_THRESHOLDS) == {"latent_n_plus_one", "unused_eager_load"}


# -- keys and values that do not -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("TRESHOLDS", "Did you mean 'THRESHOLDS'?"),
        ("sample_rate", "Did you mean 'SAMPLE_RATE'?"),
        ("EXCLUDE_PATH", "Did you mean 'EXCLUDE_PATHS'?"),
        ("LOGLEVEL", "Did you mean 'LOG_LEVEL'?"),
        ("COLOUR", "Known keys: DEPTH, ENABLED, EXCLUDE_PATHS, FOLLOW_THREADS,"),
        (5, "Known keys: DEPTH, "),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_right_spelling(key, hint):
    problem = only_problem({key: 1})
    assert problem.message == f"NPLUSONE_GUARD has an unknown key {key!r}."
    assert problem.hint.startswith(hint)


async def an_asynchronous_policy(request):
    return False


class AsynchronousPolicy:
    async def __call__(self, request):
        return False


WRONG = [
    ("ENABLED", "False", "is 'False', expected True or False."),
    ("ENABLED", 1, "is 1, expected True or False."),
    ("SAMPLE_RATE", 10, "is 10, expected a number from 0.0 (no request) to 1.0 (every request)."),
    ("SAMPLE_RATE", "0.1", "is '0.1', expected a number from 0.0"),
    ("SAMPLE_RATE", float("nan"), "is nan, expected a number from 0.0"),
    ("SAMPLE_RATE", True, "is True, expected a number from 0.0"),
    ("THRESHOLDS", 5, 'is 5, expected a dict from kind to number, such as {"n_plus_one": 5}.'),
    ("THRESHOLDS", {"nplusone": 5}, "write_in_loop, not 'nplusone' (did you mean 'n_plus_one'?)."),
    ("THRESHOLDS", {7: 5}, "expected only the kinds duplicate_query, n_plus_one, write_in_loop, not 7."),
    ("THRESHOLDS", {"n_plus_one": 1}, "expected a whole number of at least 2 for 'n_plus_one', as one "),
    ("THRESHOLDS", {"n_plus_one": 2.5}, "expected a whole number of at least 2 for 'n_plus_one'"),
    ("THRESHOLDS", {"n_plus_one": True}, "expected a whole number of at least 2 for 'n_plus_one'"),
    ("IGNORE", "library.*", "is 'library.*', expected a list of labels such as \"library.Book.*\", or of dicts"),
    ("IGNORE", {"label": "x"}, "expected a list of labels"),
    ("IGNORE", itertools.count(), "is count(0), expected a list of labels"),
    ("IGNORE", ["ok", 5], "expected a label or a dict with some of label, kind, path, route, unlike 5."),
    ("IGNORE", [{}], "expected a label or a dict with some of label, kind, path, route, unlike {}."),
    ("IGNORE", [""], "expected a text that is not empty for the label of a rule, unlike ''."),
    (
        "IGNORE",
        [{"path": None}],
        "expected a text that is not empty for the path of a rule, unlike {'path': None}",
    ),
    ("IGNORE", [{"lable": "x"}], "in a rule (did you mean 'label'?), unlike {'lable': 'x'}."),
    (
        "IGNORE",
        [{"kind": "n+1"}],
        "expected one of n_plus_one, duplicate_query, write_in_loop, latent_n_plus_one, ",
    ),
    ("IGNORE", [{"kind": "duplicate"}], "(did you mean 'duplicate_query'?)"),
    (
        "EXCLUDE_PATHS",
        "^/health",
        "is '^/health', expected a list of regular expressions such as [r\"^/health/\"].",
    ),
    ("EXCLUDE_PATHS", ["("], "expected regular expressions; '(' is none: missing ), unterminated subpattern"),
    ("EXCLUDE_PATHS", ["a{99999999999999999999}"], "is none: the repetition number is too large."),
    ("EXCLUDE_PATHS", [b"/x"], "expected regular expressions as texts, not b'/x'."),
    ("EXCLUDE_PATHS", [re.compile(b"/x")], "expected regular expressions as texts, not re.compile(b'/x')."),
    ("EXCLUDE_PATHS", [["/x"]], "expected regular expressions as texts, not ['/x']."),
    (
        "EXCLUDE_PATHS",
        [""],
        "expected regular expressions that are not empty, as an empty one matches every path.",
    ),
    ("HEADERS", "Debug", '(did you mean "debug"?).'),
    ("HEADERS", "true", "(did you mean True?)."),
    (
        "HEADERS",
        "always",
        "is 'always', expected \"debug\", True, False, or a function of the request, itself or by ",
    ),
    ("HEADERS", "no.such.policy", "importing it failed: ModuleNotFoundError: No module named 'no'."),
    ("HEADERS", "tests.settings.no_such", 'importing it failed: ImportError: Module "tests.settings" does not'),
    ("HEADERS", "..policy", "importing it failed: TypeError"),
    ("HEADERS", "tests.settings.DATABASES", 'expected "debug", True, False, or a function of the request'),
    ("HEADERS", None, 'is None, expected "debug", True, False, or'),
    ("HEADERS", an_asynchronous_policy, "not an asynchronous one, whose answer would always count as true."),
    ("HEADERS", AsynchronousPolicy(), "not an asynchronous one"),
    ("RAISE", None, "is None, expected True or False."),
    ("LOG_LEVEL", "WARNNING", "\"WARNING\", or its number (did you mean 'WARNING'?)."),
    ("LOG_LEVEL", "30", "is '30', expected the name of a logging level such as \"WARNING\", or its number."),
    ("LOG_LEVEL", "NOTSET", "is 'NOTSET', expected the name of a logging level"),
    ("LOG_LEVEL", 0, "is 0, expected the name of a logging level"),
    ("LOG_LEVEL", True, "is True, expected the name of a logging level"),
    ("DEPTH", "depp", "is 'depp', expected one of debug, deep, light (did you mean 'deep'?)."),
    ("FOLLOW_THREADS", "no", "is 'no', expected True or False."),
    ("MAX_SHAPES", 0, "is 0, expected a whole number of at least 1."),
    ("MAX_CALL_PATHS", 1.5, "is 1.5, expected a whole number of at least 1."),
    ("MAX_BYTES", 4, "is 4, expected a whole number of at least 10000."),
    ("SQL_LENGTH", "1000", "is '1000', expected a whole number of at least 40."),
    ("RECORD_WORKLOAD", True, 'is True, expected the path of a file, such as BASE_DIR / "workload.jsonl".'),
    ("RECORD_WORKLOAD", "no/such/folder", 'such as BASE_DIR / "workload.jsonl", in a folder that exists.'),
    ("RECORD_WORKLOAD", "/", 'such as BASE_DIR / "workload.jsonl"; this is a folder.'),
]


@pytest.mark.parametrize(("key", "value", "words"), WRONG)
def test_a_wrong_value_is_told_with_what_was_expected(key, value, words):
    problem = only_problem({key: value})
    assert problem.key == key
    assert problem.message.startswith(f"NPLUSONE_GUARD['{key}'] is ")
    assert words in problem.message
    assert problem.message.endswith(".")
    assert problem.hint.startswith("Until it is mended, the default is used: ")


def test_every_key_has_a_wrong_value_here():
    assert {key for key, _, _ in WRONG} == set(_PARSERS)


def test_the_default_is_told_as_one_would_write_it():
    hints = [only_problem({key: None}).hint.rpartition("used: ")[2] for key in ("LOG_LEVEL", "IGNORE", "HEADERS")]
    assert hints == ["'WARNING'.", "[].", "'debug'."]


@pytest.mark.parametrize("raw", [None, [], "on", 1, True])
def test_settings_that_are_no_dict_are_told(raw):
    problem = only_problem(raw)
    assert problem.message == f"NPLUSONE_GUARD is {raw!r}, expected a dict."


def test_one_wrong_value_leaves_the_others_alone():
    settings, problems = parse_settings({"ENABLED": 0, "RAISE": True, "SQL_LENGTH": 50})
    assert (settings.enabled, settings.raise_, settings.sql_length) == (True, True, 50)
    assert [problem.key for problem in problems] == ["ENABLED"]


def test_a_number_too_long_to_be_shown_is_told_by_its_type():
    words = "is a value of the type int, expected a whole number of at least 10000."
    assert words in only_problem({"MAX_BYTES": -(10**5000)}).message


def test_a_long_value_is_cut():
    for raw in ({"ENABLED": "x" * 10**6}, {"x" * 10**6: 1}, {"HEADERS": [["x" * 999] * 999] * 999}, "x" * 10**6):
        began = time.perf_counter()
        assert len(only_problem(raw).message) < 1_000
        assert time.perf_counter() - began < 1


# -- it never raises -------------------------------------------------------------------------------------------


class Hostile:
    """Raises whatever is done to it, except by hypothesis before and after."""

    armed = False

    def __repr__(self):
        return self._fail() or "Hostile()"

    def __eq__(self, other):
        return self._fail() or self is other

    def __bool__(self):
        return not self._fail()

    def _fail(self, *_):
        if Hostile.armed:
            raise ValueError("hostile")

    __str__ = __repr__
    __len__ = __iter__ = __contains__ = __lt__ = __getitem__ = _fail
    __hash__ = object.__hash__


class HostileMapping(Mapping):
    def __getitem__(self, key):
        raise RuntimeError("hostile")

    def __iter__(self):
        yield "ENABLED"

    def __len__(self):
        return 1


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers()
ODD = st.builds(Hostile) | st.builds(HostileMapping) | st.sampled_from([int, print, re, Settings()])
KEYS = st.sampled_from(sorted(_PARSERS))
WORDS = st.sampled_from([*KINDS, "label", "kind", "path", "route", "debug", "WARNING", "a.b", "..", "*", "[", "("])
VALUES = st.recursive(
    PLAIN | ODD | WORDS,
    lambda inner: st.lists(inner) | st.dictionaries(WORDS | PLAIN, inner),
    max_leaves=8,
)


@given(st.dictionaries(KEYS | WORDS | PLAIN | st.builds(Hostile), VALUES) | VALUES)
@example({"THRESHOLDS": HostileMapping()})
@example({"IGNORE": [Hostile()]})
@example(HostileMapping())
def test_whatever_stands_there_it_is_read_without_an_exception(raw):
    Hostile.armed = True
    try:
        with warnings.catch_warnings(action="ignore"):
            settings, problems = parse_settings(raw)
    finally:
        Hostile.armed = False
    # Settings that are no good would only be found out in a request.
    assert settings.enabled in (True, False)
    assert 0 <= settings.sample_rate <= 1
    assert all(number >= 2 for number in settings.thresholds.values())
    assert set(settings.thresholds) == set(DEFAULT_THRESHOLDS)
    for pattern in settings.exclude_paths:
        pattern.search("/path/")
    for rule in settings.ignore:
        rule.matches(label="library.Book.author", kind="n_plus_one", path="a.py", route="a/")
    for problem in problems:
        assert problem.message
        assert problem.hint


# -- in force --------------------------------------------------------------------------------------------------


def test_override_settings_is_in_force_at_once():
    before = get_settings()
    with override_settings(NPLUSONE_GUARD={"SQL_LENGTH": 123}):
        assert get_settings().sql_length == 123
        with override_settings(NPLUSONE_GUARD={"SQL_LENGTH": "123"}):
            assert get_settings().sql_length == 1_000
        assert get_settings().sql_length == 123
    assert get_settings() == before


# -- manage.py check -------------------------------------------------------------------------------------------


def ours(messages):
    return [message for message in messages if str(message.id).startswith("nplusone_guard.")]


def test_the_settings_of_these_tests_pass_the_check():
    assert ours(run_checks()) == []


def test_manage_py_check_reports_every_problem_as_an_error(settings):
    settings.NPLUSONE_GUARD = {"TRESHOLDS": {}, "RAISE": "yes"}
    with pytest.raises(SystemCheckError) as raised:
        call_command("check", stderr=StringIO())
    text = str(raised.value)
    assert (
        "(nplusone_guard.E001) NPLUSONE_GUARD has an unknown key 'TRESHOLDS'.\n\tHINT: Did you mean 'THRESHOLDS'?"
        in text
    )
    assert "(nplusone_guard.E001) NPLUSONE_GUARD['RAISE'] is 'yes', expected True or False." in text
    assert "System check identified 2 issues" in text


class TheirMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response


def _their_sessions():
    from django.contrib.sessions.middleware import SessionMiddleware

    return type("TheirSessions", (SessionMiddleware,), {"__module__": __name__})


def _our_child():
    from nplusone_guard.middleware import NPlusOneMiddleware

    return type("OurChild", (NPlusOneMiddleware,), {"__module__": __name__})


TheirSessions = _their_sessions()
OurChild = _our_child()


@pytest.mark.parametrize(
    ("middleware", "before"),
    [
        ([SESSIONS, OURS], SESSIONS),
        ([f"{__name__}.TheirMiddleware", SESSIONS, CACHE, OURS], SESSIONS),
        (
            [SESSIONS, "django.contrib.auth.middleware.RemoteUserMiddleware", OURS],
            f"{SESSIONS}, django.contrib.auth",
        ),
        ([f"{__name__}.TheirSessions", OURS], f"{__name__}.TheirSessions"),
        ([SESSIONS, f"{__name__}.OurChild"], SESSIONS),
    ],
)
def test_a_middleware_that_queries_before_ours_is_a_warning(settings, middleware, before):
    settings.MIDDLEWARE = middleware
    (warning,) = ours(run_checks())
    assert warning.id == "nplusone_guard.W001"
    assert warning.msg.startswith(f"{middleware[-1]} stands after {before}")
    assert warning.hint == "Put it first in MIDDLEWARE."


@pytest.mark.parametrize(
    "middleware",
    [
        [OURS, SESSIONS],
        [SESSIONS],
        [f"{__name__}.TheirMiddleware", OURS, SESSIONS],
        # A lazy user is loaded by whoever asks for it, which is seen.
        ["django.contrib.auth.middleware.AuthenticationMiddleware", OURS],
        ["no.such.Middleware", "django.middleware.gzip.GZipMiddleware", OURS],
    ],
)
def test_a_middleware_that_does_not_query_may_stand_before_ours(settings, middleware):
    settings.MIDDLEWARE = middleware
    assert ours(run_checks()) == []


def test_sessions_and_caches_outside_the_database_may_stand_before_ours(settings):
    settings.MIDDLEWARE = [SESSIONS, CACHE, OURS]
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    assert ours(run_checks()) == []
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
    (warning,) = ours(run_checks())
    assert warning.msg.startswith(f"{OURS} stands after {CACHE}: it does not see")


# -- docs/settings.md ------------------------------------------------------------------------------------------


def table_rows(columns):
    rows = [
        re.split(r" \| ", line.strip("| \n")) for line in DOCS.read_text().splitlines() if line.startswith("| `")
    ]
    return [row for row in rows if len(row) == columns]


def test_the_docs_list_every_key_with_its_default():
    rows = table_rows(columns=4)
    assert [row[0].strip("`") for row in rows] == list(_PARSERS)
    for key, _, default, meaning in rows:
        settings, problems = parse_settings({key.strip("`"): ast.literal_eval(default.strip("`"))})
        assert problems == []
        assert settings == Settings(), f"the default of {key}"
        assert len(meaning) > 20


def test_the_docs_tell_the_least_number_that_is_accepted():
    for key, kind, _, _ in table_rows(columns=4):
        if least := re.search(r"^whole number of at least (\d+)$", kind):
            assert parse_settings({key.strip("`"): int(least[1])})[1] == []
            assert f"at least {least[1]}." in only_problem({key.strip("`"): int(least[1]) - 1}).message


def test_the_settings_in_the_docs_fit():
    block = re.search(r"```python\nNPLUSONE_GUARD = (.*?)```", DOCS.read_text(), re.DOTALL)[1]
    assert parse_settings(ast.literal_eval(block))[1] == []


def test_the_docstring_tells_every_setting():
    for field in fields(Settings):
        assert re.search(rf"^ +{field.name}: ", Settings.__doc__, re.MULTILINE)


def test_the_message_in_the_docs_is_the_real_one():
    problem = only_problem({"TRESHOLDS": {}})
    assert f"?: (nplusone_guard.E001) {problem.message}\n\tHINT: {problem.hint}\n" in DOCS.read_text()
