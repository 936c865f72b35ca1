"""What PostgreSQL has counted is a workload: in a cluster of its own, as it is loaded at the start."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections

from nplusone_guard.analysis.workload import workload_of
from nplusone_guard.fingerprint import fingerprint
from tests.library.models import Author

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL counts statements")


def as_postgres(*command):
    """PostgreSQL refuses to be run by root."""
    switch = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
    subprocess.run([*switch, *command], check=True, capture_output=True, timeout=60, cwd="/")


@pytest.fixture(scope="module")
def cluster(django_db_blocker):
    """An empty cluster with pg_stat_statements, as the database alias `counted`."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = shutil.which("initdb") or (str(binaries[-1]) if binaries else "")
    if not initdb:
        pytest.skip("there is no initdb to make a cluster with (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="nplusone_cluster_"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    control, settings = str(Path(initdb).with_name("pg_ctl")), {**connection.settings_dict, "NAME": "postgres"}
    settings.update(HOST="127.0.0.1", PORT=str(port), USER="postgres", PASSWORD="")
    started = f"-p {port} -k {folder} -c shared_preload_libraries=pg_stat_statements -c fsync=off"
    try:
        as_postgres(initdb, "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "--no-sync")
        as_postgres(control, "-D", f"{folder}/data", "-o", started, "-l", f"{folder}/log", "-w", "start")
        connections.settings["counted"] = settings
        with django_db_blocker.unblock():
            yield connections["counted"]
            connections["counted"].close()
    finally:
        connections.settings.pop("counted", None)
        with contextlib.suppress(AttributeError):
            del connections["counted"]
        with contextlib.suppress(subprocess.CalledProcessError):
            as_postgres(control, "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def test_what_was_counted_has_the_ids_that_the_guard_gives(cluster):
    before = workload_of(cluster)
    assert before.source == "models"
    assert "with the extension pg_stat_statements" in before.remark
    with cluster.cursor() as cursor:
        cursor.execute("CREATE EXTENSION pg_stat_statements")
    with cluster.schema_editor() as editor:
        editor.create_model(Author)
        editor.create_model(Session)
    querysets = (
        Author.objects.filter(name="x", pk__in=[1, 2, 3]).order_by("-name")[:20],
        Author.objects.filter(email__startswith="a").exclude(bio=""),
        Session.objects.filter(expire_date__lt=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
    )
    expected = set()
    for queryset in querysets:
        list(queryset.using("counted"))
        list(queryset.using("counted"))
        expected.add(fingerprint(queryset.query.get_compiler(connection=cluster).as_sql()[0], "postgresql").id)
    workload = workload_of(cluster)
    assert workload.source == "pg_stat_statements"
    assert "since 20" in workload.remark
    counted = {one.shape_id: one for one in workload.statements}
    assert expected <= counted.keys(), "\n".join(one.sql for one in workload.statements if "FROM" in one.sql)
    assert {counted[one].calls for one in expected} == {2}
    assert all(counted[one].total_ms > 0 and counted[one].alias == "counted" for one in expected)
    assert not any("2026" in one.sql or "CREATE" in one.sql for one in workload.statements)


def test_statements_of_others_are_not_read_and_counted(cluster):
    with cluster.cursor() as cursor:
        cursor.execute("CREATE ROLE poor LOGIN; SET ROLE poor")
        try:
            workload = workload_of(cluster)
        finally:
            cursor.execute("RESET ROLE")
    assert "of other users cannot be read without the role pg_read_all_stats" in workload.remark
