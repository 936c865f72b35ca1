"""Each finding is one log event, right in every project however it logs, and with nothing of its users in it."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from textwrap import dedent
from typing import get_args

import pytest
import structlog
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from jsonschema import Draft202012Validator

from nplusone_guard import findings, scope, watch
from nplusone_guard.conf import DEFAULT_THRESHOLDS
from nplusone_guard.outputs import structured_log
from nplusone_guard.outputs.structured_log import EVENT, LOGGER, fields_of, log_findings

from .conftest import line_of
from .library.models import Author, Book
from .library.rows import stock

ROOT = Path(__file__).parent.parent
DOCS = (ROOT / "docs" / "logging.md").read_text()
SCHEMA = json.loads((files("nplusone_guard") / "schemas" / "detected.json").read_text())
FIELDS = list(SCHEMA["properties"])
SECRET = "hunter2"


# -- a project of its own, in a process of its own -------------------------------------------------------------

PROJECT = """
import logging, logging.config, os, sys, warnings
from pathlib import Path

import django, structlog
from django.conf import settings

{before}
settings.configure(
    ALLOWED_HOSTS=["testserver"],
    BASE_DIR=Path({root!r}),
    DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "nplusone_guard", "tests.library"],
    MIDDLEWARE=["nplusone_guard.middleware.NPlusOneMiddleware"],
    NPLUSONE_GUARD={guard!r},
    ROOT_URLCONF="tests.library.urls",
    SECRET_KEY="x",
    USE_TZ=True,
    **{{name: globals()[name] for name in ("LOGGING", "LOGGING_CONFIG") if name in globals()}},
)
django.setup()
{after}

from django.core.management import call_command
from django.test import Client
from tests.library.rows import stock

call_command("migrate", run_syncdb=True, verbosity=0)
stock(8)
with structlog.contextvars.bound_contextvars(**{bound!r}):
    response = Client().get("/authors/")
assert len(response.json()["names"]) == 8, response.content
"""


class Ran:
    """What a project wrote."""

    def __init__(self, stdout: str, stderr: str) -> None:
        self.stdout = stdout
        self.stderr = stderr

    @property
    def events(self) -> list[dict[str, object]]:
        """The lines of JSON, wherever they were written."""
        return [json.loads(line) for line in (self.stdout + self.stderr).splitlines() if line.startswith("{")]


def run_project(before="", after="", bound=None, guard=None):
    """Make one request with an N+1 query in a new process, set up by the code `before` and `after` setup()."""
    script = PROJECT.format(
        before=dedent(before), after=dedent(after), bound=bound or {}, guard=guard or {}, root=str(ROOT)
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    environment["PYTHONIOENCODING"] = "utf-8"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
        env=environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Ran(done.stdout, done.stderr)


LINE = line_of("tests/library/views.py", "N+1")
SENTENCE = re.compile(
    r"nplusone\.detected: n_plus_one library\.Book\.author × 8; in GET /authors/; wasted \d+\.\d ms; "
    rf"at tests/library/views\.py:{LINE} `names\.append\(book\.author\.name\).*`; "
    r'fix: select_related\("author"\).*; \[[0-9a-f]{12}\]'
)


def the_block_from_the_docs(heading):
    """The first Python block of docs/logging.md below `heading`."""
    return re.search(rf"^## {re.escape(heading)}\n.*?```python\n(.*?)```", DOCS, re.DOTALL | re.MULTILINE)[1]


STRUCTLOG_THE_DJANGO_WAY = """
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": structlog.processors.JSONRenderer(),
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
"""
STRUCTLOG_TO_STDOUT = """
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.JSONRenderer(),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=structlog.PrintLoggerFactory(),
)
"""
TEXT_LOGGING = """
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"text": {"format": "%(levelname)s|%(name)s|%(module)s|%(finding_id)s|%(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "text"}},
    "loggers": {"nplusone_guard": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
"""


def test_without_any_configuration_it_is_one_readable_line_on_the_standard_error():
    ran = run_project("LOGGING_CONFIG = None")
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert SENTENCE.fullmatch(line)


def test_with_djangos_default_logging_it_is_the_same_line():
    ran = run_project()
    assert ran.stdout == ""
    assert SENTENCE.fullmatch(ran.stderr.strip())


def test_a_text_formatter_prints_the_sentence_and_may_name_the_fields():
    ran = run_project(TEXT_LOGGING)
    assert ran.stdout == ""
    level, logger, module, finding_id, sentence = ran.stderr.strip().split("|")
    assert (level, logger, module) == ("WARNING", "nplusone_guard", "structured_log")
    assert SENTENCE.fullmatch(sentence)
    assert sentence.endswith(f"[{finding_id}]")


BOUND = {"request_id": "r-1", "trace_id": "t-1", "module": "billing", "name": "ada", "thread": 7, "message": "hi"}
JSON_PROJECTS = {
    "the LOGGING of the docs": ("The LOGGING block", "stderr"),
    "structlog the way of django-structlog": (STRUCTLOG_THE_DJANGO_WAY, "stderr"),
    "structlog to stdout": (STRUCTLOG_TO_STDOUT, "stdout"),
}


@pytest.fixture(params=JSON_PROJECTS)
def json_project(request):
    block, stream = JSON_PROJECTS[request.param]
    return (the_block_from_the_docs(block) if block.startswith("The ") else block), stream


def test_as_json_it_has_the_name_every_field_and_what_the_project_bound(json_project):
    code, stream = json_project
    ran = run_project(code, bound=BOUND)
    assert len(getattr(ran, stream).splitlines()) == 1
    assert ran.stdout == "" or stream == "stdout"
    (event,) = ran.events
    Draft202012Validator(SCHEMA).validate(event)
    assert event["event"] == EVENT
    assert event["level"] == "warning"
    assert event["label"] == "library.Book.author"
    assert (event["route"], event["method"], event["status"]) == ("authors/", "GET", 200)
    assert (event["request_id"], event["trace_id"]) == ("r-1", "t-1")
    for name in ("module", "name", "thread", "message"):  # `logging` has these names for itself
        assert event.get(f"{name}_", event.get(name)) == BOUND[name]


def test_what_the_project_bound_never_clashes_with_a_record():
    taken = vars(logging.makeLogRecord({}))
    ran = run_project(
        TEXT_LOGGING, bound={**BOUND, **dict.fromkeys(taken, "theirs"), "event": "theirs", "asctime": 1}
    )
    assert SENTENCE.fullmatch(ran.stderr.strip().split("|")[-1])


def test_a_record_factory_of_the_project_may_have_the_request_id_already():
    code = """
    def factory(*args, old=logging.getLogRecordFactory(), **kwargs):
        record = old(*args, **kwargs)
        record.request_id = record.view = "from the factory"
        return record

    logging.setLogRecordFactory(factory)
    """
    ran = run_project(the_block_from_the_docs("The LOGGING block") + dedent(code), bound={"request_id": "r-1"})
    (event,) = ran.events
    assert (event["request_id"], event["request_id_"]) == ("from the factory", "r-1")
    assert (event["view"], event["view_"]) == ("from the factory", "tests.library.views.authors")


def test_a_finding_is_one_record_and_no_more_are_made():
    code = """
    def factory(*args, old=logging.getLogRecordFactory(), made=[], **kwargs):
        record = old(*args, **kwargs)
        made.append(1)
        record.made = len(made)
        return record

    logging.setLogRecordFactory(factory)
    """
    ran = run_project(the_block_from_the_docs("The LOGGING block") + dedent(code))
    (event,) = ran.events
    assert event["made"] == 1


def test_structlog_that_only_its_testing_helper_touched_prints_nothing_to_stdout():
    code = """
    with structlog.testing.capture_logs():
        pass
    assert structlog.is_configured()
    """
    ran = run_project(after=code)
    assert ran.stdout == ""
    assert SENTENCE.fullmatch(ran.stderr.strip())


def test_an_asynchronous_structlog_logger_loses_nothing():
    code = STRUCTLOG_THE_DJANGO_WAY.replace(
        "cache_logger", "wrapper_class=structlog.stdlib.AsyncBoundLogger,\n    cache_logger"
    )
    call = """
    import asyncio
    from nplusone_guard.outputs import structured_log
    _to_structlog = structured_log._to_structlog

    async def to_structlog(*args):
        _to_structlog(*args)

    structured_log._to_structlog = lambda *args: asyncio.run(to_structlog(*args))
    """
    (event,) = run_project(code, call).events
    assert event["event"] == EVENT


def test_structlog_capture_logs_sees_the_events():
    code = """
    import atexit
    logs = structlog.testing.capture_logs()
    seen = logs.__enter__()
    atexit.register(lambda: print(seen[0]["event"], seen[0]["label"]))
    """
    assert run_project(after=code).stdout == "nplusone.detected library.Book.author\n"


# -- levels ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("log_level", "name"),
    [("DEBUG", "debug"), ("INFO", "info"), ("WARNING", "warning"), ("ERROR", "error"), ("CRITICAL", "critical")],
)
def test_the_level_is_the_one_of_the_settings(client, settings, caplog, structlog_events, db, log_level, name):
    settings.NPLUSONE_GUARD = {"LOG_LEVEL": log_level}
    stock(8)
    with caplog.at_level(logging.DEBUG, LOGGER):
        client.get("/authors/")
        assert [record.levelname for record in caplog.records] == [log_level]
        with structlog_events() as events:
            client.get("/authors/")
        assert [event["log_level"] for event in events] == [name]


@pytest.mark.django_db
def test_a_level_between_two_names_is_kept_by_logging_and_lowered_for_structlog(
    client, settings, caplog, structlog_events
):
    settings.NPLUSONE_GUARD = {"LOG_LEVEL": 35}
    stock(8)
    client.get("/authors/")
    assert [record.levelno for record in caplog.records] == [35]
    with structlog_events() as events:
        client.get("/authors/")
    assert [event["log_level"] for event in events] == ["warning"]


def test_a_logger_that_is_not_interested_is_left_alone(json_project):
    code, _ = json_project
    code = code.replace("make_filtering_bound_logger(logging.INFO)", "make_filtering_bound_logger(logging.ERROR)")
    ran = run_project(code, "logging.getLogger('nplusone_guard').setLevel('ERROR')")
    assert (ran.stdout, ran.stderr) == ("", "")


@pytest.fixture
def structlog_events():
    """`capture_logs`, and structlog as it was before once the test is over."""
    config, configured = structlog.get_config(), structlog.is_configured()
    yield structlog.testing.capture_logs
    if configured:
        structlog.configure(**config)
    else:
        structlog.reset_defaults()


# -- no harm ---------------------------------------------------------------------------------------------------

RAISING_HANDLER = """
class Raising(logging.Handler):
    def emit(self, record):
        raise RuntimeError("hunter2")

logging.getLogger("nplusone_guard").addHandler(Raising())
logging.getLogger().addHandler(Raising())
"""
RAISING_PROCESSOR = STRUCTLOG_TO_STDOUT.replace("processors=[", "processors=[lambda *_: {}['hunter2'],")
TOLD = re.compile(r"nplusone\.log_failed error=(\w+) at=\S+ — a structlog processor or logging handler of this .*")


@pytest.mark.parametrize(("before", "after"), [("", RAISING_HANDLER), (RAISING_PROCESSOR, RAISING_HANDLER)])
def test_a_handler_that_raises_is_told_once_and_never_reaches_the_request(before, after):
    ran = run_project(before, after + "\nfrom django.test import Client\n" + AGAIN)
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert TOLD.fullmatch(line)
    assert SECRET not in line


AGAIN = """
get = Client.get
Client.get = lambda self, path: (get(self, path), get(self, path))[1]
"""


def test_an_event_that_a_processor_of_the_project_breaks_on_is_not_lost():
    ran = run_project(RAISING_PROCESSOR)
    assert ran.stdout == ""
    told, event = ran.stderr.splitlines()
    assert TOLD.fullmatch(told)[1] == "KeyError"
    assert SENTENCE.fullmatch(event)


@pytest.mark.django_db
def test_a_handler_that_raises_does_not_keep_the_report_from_others(client, reports, monkeypatch):
    class Raising(logging.Handler):
        def emit(self, record):
            raise RuntimeError

    handler = Raising()
    logging.getLogger(LOGGER).addHandler(handler)
    monkeypatch.setattr(structured_log, "_tell_once", lambda error: None)
    stock(8)
    try:
        assert client.get("/authors/").status_code == 200
    finally:
        logging.getLogger(LOGGER).removeHandler(handler)
    assert len(reports[0].findings) == 1


def people(request, name):
    """Queries with parameters, with literals in SQL, and on a path, that are all somebody's secret."""
    for index in range(6):
        list(Author.objects.filter(name=name, email=f"{name}{index}"))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM library_author WHERE name = '{name}' AND email = 'x{name}{index}'")
            cursor.execute("SELECT name FROM library_author WHERE bio = %s", [name])
        Author.objects.create(name=name, email=f"{index}@{name}.example", bio=name)
    return HttpResponse(name)


urlpatterns = [path("people/<str:name>/", people)]


@pytest.mark.django_db
def test_no_parameter_no_literal_and_no_path_is_in_an_event(
    client, settings, caplog, reports, capfd, structlog_events
):
    settings.ROOT_URLCONF = __name__
    settings.NPLUSONE_GUARD = {"THRESHOLDS": {"write_in_loop": 2}}
    response = client.get(f"/people/{SECRET}/", {"q": SECRET}, headers={"X-Secret": SECRET})
    assert response.content.decode() == SECRET
    assert len(reports[0].findings) >= 3
    assert len(caplog.records) == len(reports[0].findings)
    for record in caplog.records:
        assert SECRET not in repr(vars(record)) + record.getMessage()
        assert record.route == "people/<str:name>/"
    with structlog_events() as events:
        client.get(f"/people/{SECRET}2/")
    assert len(events) >= 3
    assert SECRET not in repr(events)
    assert SECRET not in "".join(capfd.readouterr())


@pytest.mark.django_db
def test_sql_is_cut_to_its_length(client, settings, caplog):
    settings.NPLUSONE_GUARD = {"SQL_LENGTH": 40}
    stock(8)
    client.get("/authors/")
    (record,) = caplog.records
    assert len(record.sql) == 40


@pytest.mark.django_db
def test_a_line_break_in_a_field_does_not_break_the_line(caplog):
    stock(8)
    with watch() as report:
        [book.author for book in Book.objects.all()]
    request_fields = {"route": "a\nb", "method": "GET\r\nX: y", "view": None, "status": None}
    log_findings(report.summary, request_fields)
    (record,) = caplog.records
    assert len(record.getMessage().splitlines()) == 1


# -- the schema ------------------------------------------------------------------------------------------------


def events_of(records):
    return [{key: value for key, value in vars(record).items() if key in FIELDS} for record in records]


def test_the_schema_is_one_and_ships_with_the_package():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["required"] == FIELDS
    assert SCHEMA["properties"]["schema_version"]["const"] == findings.SCHEMA_VERSION
    assert SCHEMA["$id"].endswith(f"{EVENT}:{findings.SCHEMA_VERSION}")
    # The log has the kinds that a running application can have; tests know more.
    assert SCHEMA["properties"]["kind"]["enum"] == list(DEFAULT_THRESHOLDS)
    for field, of in (("severity", findings.Severity), ("scope_kind", scope.ScopeKind)):
        assert SCHEMA["properties"][field]["enum"] == list(get_args(of))


def test_the_schema_names_exactly_the_fields_of_an_event():
    finding = findings.Finding("0" * 12, "n_plus_one", "info", "a", None, None, 2, 2, 0.0, 0.0, "s", "SELECT", "f")
    assert ["event", *fields_of(finding, findings.Summary(), {})] == FIELDS
    of_finding = {"id": "finding_id"}
    assert {of_finding.get(field, field) for field in finding.to_dict()} <= set(FIELDS)


@pytest.mark.django_db(transaction=True, databases=["default", "other"])
@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/authors/", 200),
        ("/authors-async/", 200),
        ("/stream/", 200),
        ("/other-database/", 200),
        ("/broken/", 500),
    ],
)
def test_events_of_requests_fit_the_schema(caplog, url, status):
    stock(8)
    stock(8, using="other")
    response = Client(raise_request_exception=False).get(url)
    if response.streaming:
        list(response.streaming_content)
    ours = events_of(record for record in caplog.records if record.name == LOGGER)
    assert len(ours) == 1
    Draft202012Validator(SCHEMA).validate(ours[0])
    assert ours[0]["status"] == status
    assert ours[0]["route"] == url.lstrip("/")
    assert ours[0]["view"] == f"tests.library.views.{url.strip('/').replace('-', '_')}"
    assert ours[0]["alias"] == ("other" if "other" in url else "default")
    assert ours[0]["vendor"] == connection.vendor
    json.dumps(ours)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["block", "task"])
def test_events_of_a_block_fit_the_schema_and_have_no_request(caplog, kind):
    stock(12)
    with watch("export", kind=kind, log=True):
        [book.author for book in Book.objects.all()]
        [Author.objects.create(name="x", email=str(index)) for index in range(12)]
        [Author.objects.filter(name="x").count() for _ in range(5)]
    ours = events_of(caplog.records)
    assert {event["kind"] for event in ours} == set(get_args(findings.Kind)) - {"duplicate_query"} or len(
        ours
    ) == 3
    for event in ours:
        Draft202012Validator(SCHEMA).validate(event)
        assert event["scope_kind"] == kind
        assert [event[name] for name in ("route", "view", "method", "status")] == [None] * 4


@pytest.mark.django_db
def test_a_wrong_event_does_not_fit_the_schema(client, caplog):
    stock(8)
    client.get("/authors/")
    (event,) = events_of(caplog.records)
    assert Draft202012Validator(SCHEMA).is_valid(event)
    for name, value in [("count", "8"), ("finding_id", "x"), ("culprit", {}), ("kind", "other"), ("route", 1)]:
        assert not Draft202012Validator(SCHEMA).is_valid({**event, name: value})
        assert not Draft202012Validator(SCHEMA).is_valid({key: event[key] for key in event if key != name})


# -- the finding's id ------------------------------------------------------------------------------------------

MODULE = """
from tests.library.models import Author, Book

def names():
    return [book.author.name for book in Book.objects.all()]

def emails():
    return [Author.objects.get(pk=book.author_id).email for book in Book.objects.all()]
"""


def ids_of(folder, source):
    """The ids of what the module `source` does, run as the file shop/reading.py of a project in `folder`."""
    (folder / "shop").mkdir(parents=True, exist_ok=True)
    (folder / "shop" / "reading.py").write_text(source)
    before = f"import sys; sys.path.insert(0, {str(folder)!r}); sys.dont_write_bytecode = True"
    after = f"""
    import atexit
    settings.BASE_DIR = {str(folder)!r}

    def read():
        from nplusone_guard import watch
        from shop.reading import emails, names

        for function in (names, emails):
            with watch() as report:
                function()
            print(report.findings[0].id, report.findings[0].culprit)

    from django.test import Client
    get = Client.get
    Client.get = lambda self, path: (read(), get(self, path))[1]
    """
    return run_project(before, after).stdout.splitlines()


def test_the_id_is_the_same_in_another_process_on_another_host_and_after_lines_have_moved(tmp_path):
    first = ids_of(tmp_path / "one", MODULE)
    assert [line.split()[1] for line in first] == ["shop/reading.py:5", "shop/reading.py:8"]
    assert first[0].split()[0] != first[1].split()[0]
    assert ids_of(tmp_path / "elsewhere" / "two", MODULE) == first
    moved = ids_of(tmp_path / "one", '"""Now with\na docstring."""\n' + MODULE.replace("def", "\n\ndef"))
    assert [line.split()[1] for line in moved] == ["shop/reading.py:9", "shop/reading.py:14"]
    assert [line.split()[0] for line in moved] == [line.split()[0] for line in first]


# -- docs/logging.md -------------------------------------------------------------------------------------------


def type_of(schema):
    if "oneOf" in schema:
        return " or ".join(type_of(one) for one in schema["oneOf"])
    if "$ref" in schema:
        return "[place](#a-place)"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    return " or ".join([schema["type"]] if isinstance(schema["type"], str) else schema["type"])


def table_of(schema):
    rows = [
        f"| `{name}` | {type_of(field)} | {field['description']} |" for name, field in schema["properties"].items()
    ]
    return "\n".join(["| field | type | meaning |", "|---|---|---|", *rows]) + "\n"


@pytest.mark.parametrize("schema", [SCHEMA, SCHEMA["$defs"]["place"]], ids=["event", "place"])
def test_the_tables_in_the_docs_are_the_schema(schema):
    assert table_of(schema) in DOCS, f"docs/logging.md wants this table:\n{table_of(schema)}"


def the_event_in_the_docs():
    return json.loads(re.search(r"```json\n(.*?)```", DOCS, re.DOTALL)[1])


def test_the_event_in_the_docs_fits_the_schema():
    event = the_event_in_the_docs()
    Draft202012Validator(SCHEMA).validate(event)
    assert [name for name in event if name in FIELDS] == [name for name in FIELDS if name in event]


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture
def log_file(tmp_path):
    """app.log: two findings in three events, among lines of others, some of them no JSON."""
    event = {**the_event_in_the_docs(), "count": 100, "wasted_ms": 100.0}
    other = {**event, "finding_id": "0" * 12, "label": "shop.Order.items", "count": 7, "wasted_ms": 7.5}
    other["route"] = other["culprit"] = None
    lines = [
        json.dumps({"event": "request_finished", "count": 3}),
        "Watching for file changes with StatReloader",
        *(json.dumps(one) for one in (event, other, event)),
    ]
    (tmp_path / "app.log").write_text("\n".join(lines) + "\n")
    return tmp_path


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_jq_commands_in_the_docs_work(log_file):
    commands = [block for block in blocks("sh") if "jq" in block]
    results = []
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command], cwd=log_file, capture_output=True, encoding="utf-8", timeout=20, check=False
        )
        assert done.stderr == "", command
        results.append((done.returncode, done.stdout.splitlines()))
    event = the_event_in_the_docs()
    worst, routes, alarm = results
    place = f"{event['culprit']['path']}:{event['culprit']['line']}"
    assert worst == (
        0,
        [
            f"{event['finding_id']}\t2\t200\t{event['label']}\t{place}\t{event['suggestion']}".replace("\\", ""),
            f"000000000000\t1\t7.5\tshop.Order.items\t-\t{event['suggestion']}",
        ],
    )
    assert routes == (0, [f"2\t200\t{event['route']}", "1\t7\t-"])
    assert alarm == (1, sorted([event["finding_id"], "000000000000"]))
    (log_file / "known.txt").write_text(f"{event['finding_id']}\n000000000000\n")
    done = subprocess.run(["sh", "-c", commands[2]], cwd=log_file, capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


def test_the_queries_of_other_tools_name_fields_that_there_are():
    flat = {*FIELDS, *(f"culprit_{name}" for name in SCHEMA["$defs"]["place"]["properties"])}
    for query in blocks("logql"):
        named = re.findall(r"(?:by \(|, |\| )(\w+)(?=[,)]| ?[=<>!])|unwrap (\w+)", query)
        words = {word for pair in named for word in pair if word}
        assert words, query
        assert words <= flat, query
    for query in blocks("text"):
        for word in re.findall(r"@([\w.]+)", query):
            assert word.partition(".")[0] in FIELDS, query


@pytest.mark.django_db
def test_the_sentry_hook_in_the_docs_groups_by_finding(client, caplog):
    namespace = {}
    source = the_block_from_the_docs("Sentry")
    exec(
        compile(source.replace("import sentry_sdk", "").partition("sentry_sdk.init(")[0], "docs", "exec"),
        namespace,
    )
    stock(8)
    client.get("/authors/")
    (record,) = caplog.records
    event = namespace["group_by_finding"]({"logentry": {"message": record.msg}}, {"log_record": record})
    assert event["fingerprint"] == [EVENT, record.finding_id]
    assert event["tags"]["nplusone.label"] == "library.Book.author"
    assert event["contexts"]["nplusone"]["suggestion"].startswith('select_related("author")')
    through_structlog = logging.makeLogRecord({"name": LOGGER, "msg": {"event": EVENT, **vars(record)}})
    assert (
        namespace["group_by_finding"]({}, {"log_record": through_structlog})["fingerprint"] == event["fingerprint"]
    )
    theirs = logging.makeLogRecord({"name": "theirs"})
    assert namespace["group_by_finding"]({}, {"log_record": theirs}) == {}
    assert namespace["group_by_finding"]({}, {}) == {}
