"""Each request is a scope, however it is answered; what it found is in the headers when the policy allows."""

from __future__ import annotations

import asyncio
import logging
import threading

import http_sfv
import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import AsyncClient, Client, RequestFactory

from nplusone_guard import NPlusOneError, watch
from nplusone_guard.middleware import NPlusOneMiddleware
from nplusone_guard.outputs.headers import MOST_BYTES
from nplusone_guard.scope import active_scope

from .conftest import line_of, run
from .library.models import Author, Book
from .library.rows import stock

VIEWS = "tests/library/views.py"


def found(reports):
    return [
        (finding.label, finding.culprit.line, finding.count) for report in reports for finding in report.findings
    ]


def about_the_library(report):
    """Statements without those that a driver sends about itself on a new connection."""
    return sum(shape.count for shape in report.shapes if "library_" in shape.sql)


@pytest.mark.django_db
def test_a_healthy_request_has_no_finding(client, reports):
    stock(8)
    client.get("/titles/")
    client.get("/authors-fixed/")
    assert [report.statements for report in reports] == [1, 1]
    assert found(reports) == []


@pytest.mark.django_db
def test_an_n_plus_one_is_found_with_its_relation_line_and_exact_count(client, reports):
    stock(40)
    client.get("/authors/")
    assert found(reports) == [("library.Book.author", line_of(VIEWS, "N+1"), 40)]
    assert reports[0].statements == 41


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "label", "marker"),
    [
        ("/authors-in-sync-thread/", "library.Book.author", "N+1 helper"),
        ("/authors-in-any-thread/", "library.Book.author", "N+1 helper"),
        ("/authors-in-pool/", "library.Author.objects.get()", "N+1 pool"),
        ("/authors-async/", "library.Author.objects.get()", "N+1 async"),
        ("/authors-gathered/", "library.Author.objects.get()", "N+1 gather"),
    ],
)
@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_threads_and_coroutines_of_a_view_are_watched(reports, path, label, marker, server):
    stock(8)
    if server == "wsgi":
        assert Client().get(path).status_code == 200
    else:
        assert run(AsyncClient().get(path)).status_code == 200
    assert found(reports) == [(label, line_of(VIEWS, marker), 8)]


@pytest.mark.django_db(transaction=True)
def test_awaits_on_different_lines_are_not_a_loop(reports):
    pks = [book.author_id for book in stock(5)]
    query = dict(zip("abcde", pks, strict=True))
    assert run(AsyncClient().get("/two-lookups-async/", query)).status_code == 200
    assert [about_the_library(report) for report in reports] == [5]
    assert found(reports) == []


@pytest.mark.django_db(transaction=True)
def test_the_scope_of_a_streaming_response_closes_when_the_stream_does(reports):
    stock(8)
    response = Client().get("/stream/")
    assert reports == []
    assert len(list(response.streaming_content)) == 8
    assert found(reports) == [("library.Book.author", line_of(VIEWS, "N+1 stream"), 8)]
    response.close()
    assert len(reports) == 1


@pytest.mark.django_db(transaction=True)
def test_a_stream_that_nobody_reads_closes_with_its_response(reports):
    Client().get("/stream/").close()
    assert [report.statements for report in reports] == [0]


@pytest.mark.django_db(transaction=True)
def test_an_asynchronous_stream_is_watched_to_its_end(reports):
    stock(8)

    async def read():
        response = await AsyncClient().get("/stream-async/")
        return [part async for part in response.streaming_content]

    assert len(run(read())) == 8
    label = "library.Author.objects.get()"
    assert found(reports) == [(label, line_of(VIEWS, "N+1 stream async"), 8)]


@pytest.mark.django_db
def test_a_file_response_keeps_its_file(reports):
    from .library.views import file

    response = NPlusOneMiddleware(file)(RequestFactory().get("/"))
    try:
        assert response.file_to_stream is not None
        assert len(reports) == 1
    finally:
        response.close()


@pytest.mark.django_db
def test_an_exception_in_the_view_is_the_applications_and_its_findings_are_kept(client, reports):
    stock(8)
    with pytest.raises(RuntimeError, match="the view is broken"):
        client.get("/broken/")
    client.raise_request_exception = False
    assert client.get("/broken/").status_code == 500
    assert [count for _, _, count in found(reports)] == [8, 8]


@pytest.mark.django_db(transaction=True)
def test_a_connection_closed_in_mid_request_is_watched_on(client, reports):
    stock(8)
    client.get("/reconnecting/")
    assert [count for _, _, count in found(reports)] == [8]


@pytest.mark.django_db(databases=["default", "other"])
def test_the_second_database_is_watched(client, reports):
    stock(8, using="other")
    client.get("/other-database/")
    assert [finding.alias for finding in reports[0].findings] == ["other"]


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_do_not_mix(reports):
    stock(8)
    barrier = threading.Barrier(2, timeout=10)

    def get(path):
        barrier.wait()
        try:
            for _ in range(5):
                Client().get(path)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=get, args=(path,)) for path in ("/authors/", "/authors-fixed/")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    by_path = {
        path: {
            (about_the_library(report), len(report.findings)) for report in reports if report.scope_name == path
        }
        for path in ("/authors/", "/authors-fixed/")
    }
    assert by_path == {"/authors/": {(9, 1)}, "/authors-fixed/": {(1, 0)}}


@pytest.mark.django_db(transaction=True)
def test_two_asynchronous_requests_at_once_do_not_mix(reports):
    stock(8)

    async def both():
        await asyncio.gather(AsyncClient().get("/authors-async/"), AsyncClient().get("/authors-fixed/"))

    run(both())
    seen = [(report.scope_name, about_the_library(report), len(report.findings)) for report in reports]
    assert sorted(seen) == [
        ("/authors-async/", 9, 1),
        ("/authors-fixed/", 1, 0),
    ]


# -- settings --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "guard", [{"ENABLED": False}, {"SAMPLE_RATE": 0.0}, {"EXCLUDE_PATHS": [r"^/auth"]}], ids=str
)
def test_a_request_can_be_left_out(client, settings, reports, guard):
    settings.NPLUSONE_GUARD = guard
    assert client.get("/authors/").status_code == 200
    assert reports == []


@pytest.mark.django_db
def test_ignored_by_decorator_or_by_route(client, settings, reports):
    stock(8)
    client.get("/authors-ignored/")
    settings.NPLUSONE_GUARD = {"IGNORE": [{"route": "authors/"}]}
    client.get("/authors/")
    assert found(reports) == []


@pytest.mark.django_db
def test_the_middleware_may_stand_there_twice(client, settings, reports):
    settings.MIDDLEWARE = ["nplusone_guard.middleware.NPlusOneMiddleware"] * 2
    client.get("/titles/")
    assert len(reports) == 1


@pytest.mark.django_db
def test_raise_stops_the_request_at_the_line(client, settings):
    settings.NPLUSONE_GUARD = {"RAISE": True}
    stock(8)
    with pytest.raises(NPlusOneError) as raised:
        client.get("/authors/")
    frames = [(entry.path.name, entry.lineno + 1) for entry in raised.traceback]
    assert ("views.py", line_of(VIEWS, "N+1")) in frames


# -- headers ---------------------------------------------------------------------------------------------------


OURS = ("X-NPlusOne", "X-NPlusOne-Findings", "Server-Timing")


@pytest.mark.django_db
def test_headers_are_structured_fields(client, settings):
    settings.NPLUSONE_GUARD = {"HEADERS": True}
    stock(8)
    response = client.get("/authors/")
    summary = http_sfv.Dictionary()
    summary.parse(response["X-NPlusOne"].encode())
    assert summary["findings"].value == 1
    assert summary["queries"].value == 9
    assert summary["db-ms"].value >= 0
    findings = http_sfv.List()
    findings.parse(response["X-NPlusOne-Findings"].encode())
    assert len(findings[0].value) == 12
    parameters = dict(findings[0].params)
    assert str(parameters["kind"]) == "n_plus_one"
    assert parameters["label"] == "library.Book.author"
    assert parameters["count"] == 8
    assert response["Server-Timing"].startswith('db;desc="9 queries";dur=')
    assert 'nplusone;desc="1 finding";dur=' in response["Server-Timing"]
    assert "SELECT" not in str(response.headers)


@pytest.mark.django_db
def test_a_clean_response_says_so(client, settings):
    settings.NPLUSONE_GUARD = {"HEADERS": True}
    response = client.get("/titles/")
    assert response["X-NPlusOne"].startswith("findings=0, queries=1, db-ms=")
    assert "X-NPlusOne-Findings" not in response.headers


@pytest.mark.django_db(transaction=True)
def test_shapes_are_counted_only_when_somebody_listens(client, monkeypatch, request):
    counted = []
    monkeypatch.setattr("nplusone_guard.detection.shape_counts", lambda scope: counted.append(scope) or ())
    client.get("/titles/")
    Client().get("/stream/").close()
    assert counted == []
    request.getfixturevalue("reports")
    client.get("/titles/")
    assert len(counted) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("policy", "debug", "shown"),
    [
        ("debug", True, True),
        ("debug", False, False),
        (True, False, True),
        (False, True, False),
        ("tests.test_middleware.only_staff", False, False),
        (lambda request: request.path == "/titles/", False, True),
    ],
    ids=["debug", "not debug", "always", "never", "dotted path", "callable"],
)
def test_headers_follow_the_policy(client, settings, policy, debug, shown):
    settings.DEBUG = debug
    settings.NPLUSONE_GUARD = {"HEADERS": policy}
    response = client.get("/titles/")
    assert [name in response.headers for name in OURS] == [shown, False, shown]


def only_staff(request):
    return request.user.is_staff


def test_headers_stay_below_their_limit_and_keep_what_is_there(settings):
    from nplusone_guard.findings import Finding, Summary
    from nplusone_guard.outputs.headers import add_headers

    finding = Finding(
        id="0" * 12,
        kind="n_plus_one",
        severity="error",
        label='bücher."Book"\\author',
        culprit=None,
        origin=None,
        count=7,
        distinct_parameters=7,
        db_time_ms=1e9,
        wasted_ms=1e9,
        shape_id="0",
        sql="SELECT secret",
        suggestion="",
    )
    response = HttpResponse(headers={"Server-Timing": "app;dur=5", "X-NPlusOne": "theirs"})
    add_headers(response, Summary(findings=(finding,) * 500, statements=10**9, db_time_ms=1e12))
    assert response["X-NPlusOne"] == "theirs"
    assert response["Server-Timing"].startswith("app;dur=5, db;desc=")
    assert sum(len(name) + len(response[name]) + 4 for name in OURS) <= MOST_BYTES + len("app;dur=5, ")
    findings = http_sfv.List()
    findings.parse(response["X-NPlusOne-Findings"].encode())
    assert findings[0].params["label"] == 'b?cher."Book"\\author'


# -- no harm ---------------------------------------------------------------------------------------------------


@pytest.mark.guard_breaks
@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        "nplusone_guard.capture.fingerprint",
        "nplusone_guard.capture.path_of",
        "nplusone_guard.looking.read_sighting",
        "nplusone_guard.detection.detect",
        "nplusone_guard.middleware.open_scope",
        "nplusone_guard.middleware.log_findings",
        "nplusone_guard.middleware.add_headers",
        "nplusone_guard.middleware.close_scope",
    ],
)
def test_an_exception_of_ours_never_reaches_a_request(client, settings, caplog, monkeypatch, broken):
    settings.NPLUSONE_GUARD = {"HEADERS": True}
    stock(8)
    expected = client.get("/authors/").content

    def fail(*args, **kwargs):
        raise ZeroDivisionError("a secret parameter")

    monkeypatch.setattr(broken, fail)
    monkeypatch.setattr("nplusone_guard.failsafe._once", threading.Lock())
    for _ in range(2):
        response = client.get("/authors/")
        assert (response.status_code, response.content) == (200, expected)
    (record,) = [one for one in caplog.records if "internal_error" in one.getMessage()]
    assert "ZeroDivisionError" in record.getMessage()
    assert "test_middleware.py" in record.getMessage()
    assert "secret" not in record.getMessage()


@pytest.mark.guard_breaks
@pytest.mark.django_db
def test_not_even_a_handler_that_raises_while_we_report_our_own_error(client, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("nplusone_guard.capture.fingerprint", fail)
    monkeypatch.setattr(logging.getLogger("nplusone_guard"), "error", fail)
    assert client.get("/titles/").status_code == 200


@pytest.mark.django_db
def test_what_a_block_inside_the_request_finds_is_logged_once(caplog):
    stock(8)

    def view(request):
        with watch(log=True):
            for book in Book.objects.all():
                str(book.author)
        return HttpResponse()

    NPlusOneMiddleware(view)(RequestFactory().get("/"))
    events = [record for record in caplog.records if record.getMessage().startswith("nplusone.detected")]
    assert [(record.scope_kind, record.count) for record in events] == [("request", 8)]


@pytest.mark.django_db
def test_the_guard_asks_the_database_nothing(client, django_assert_num_queries, settings):
    settings.NPLUSONE_GUARD = {"HEADERS": True}
    stock(8)
    with django_assert_num_queries(9):
        client.get("/authors/")


@pytest.mark.django_db
def test_a_middleware_of_the_application_is_not_the_culprit_of_what_it_wraps(reports):
    """Rendering after the view leaves `get_response(...)` lines as the only project code on the stack."""
    from django.template import engines
    from django.template.response import TemplateResponse

    stock(8)
    template = engines["django"].from_string("{% for book in books %}{{ book.author.name }}{% endfor %}")

    def view(request):
        response = TemplateResponse(request, template, {"books": Book.objects.all()})
        return response.render()

    def theirs(get_response):
        def middleware(request):
            return get_response(request)

        return middleware

    NPlusOneMiddleware(theirs(view))(RequestFactory().get("/"))
    (finding,) = reports[0].findings
    assert finding.label == "library.Book.author"
    assert finding.culprit.source == "return response.render()"


@pytest.mark.django_db
def test_sessions_and_users_are_never_findings(client, reports, django_user_model):
    user = django_user_model.objects.create_user("ada", password="x")
    client.force_login(user)
    for _ in range(6):
        client.get("/login-page/")
    assert found(reports) == []
    assert Author.objects.count() == 0


@pytest.mark.parametrize(
    ("depth", "debug", "deep"),
    [("debug", True, True), ("debug", False, False), ("light", True, False), ("deep", False, True)],
)
def test_how_closely_a_request_is_looked_at(rf, settings, depth, debug, deep):
    settings.DEBUG = debug
    settings.NPLUSONE_GUARD = {"DEPTH": depth}
    seen = []

    def view(request):
        seen.append(active_scope().watchfulness.deep)
        return HttpResponse()

    NPlusOneMiddleware(view)(rf.get("/"))
    assert seen == [deep]
