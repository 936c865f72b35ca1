"""`python -m tests`: the test suite, once on each database that answers.

A database that does not answer is skipped with what to do about it; with CI set, that is a failure.
`--databases sqlite,postgresql` chooses some of them. With `--once` SQLite has only the tests that would do the
same everywhere, and leaves the others to the servers that were chosen. Other arguments are passed on to pytest.
It runs on all processors.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import socket
import subprocess
import sys

SERVERS = {
    "sqlite": None,
    "postgresql": (
        "psycopg",
        os.environ.get("PGHOST", "127.0.0.1"),
        int(os.environ.get("PGPORT", "5432")),
        (
            "set PGHOST, PGPORT, PGUSER and PGPASSWORD, "
            "or run: docker run -d -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres"
        ),
    ),
    "mariadb": (
        "MySQLdb",
        os.environ.get("MYSQL_HOST", "127.0.0.1"),
        int(os.environ.get("MYSQL_TCP_PORT", "3306")),
        (
            "set MYSQL_HOST, MYSQL_TCP_PORT, MYSQL_USER and MYSQL_PWD, "
            "or run: docker run -d -p 3306:3306 -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 mariadb"
        ),
    ),
}


WITHOUT_DATABASE = (
    "tests/plugin",  # each of its projects has an SQLite database of its own
    "tests/test_benchmarks.py",
    "tests/test_docs.py",  # runs the tests of the demo site, on SQLite
    "tests/test_fingerprint.py",
    "tests/test_fingerprint_properties.py",
    "tests/test_fingerprint_spelling.py",
    "tests/test_load_benchmark.py",
    "tests/test_looplines.py",
    "tests/test_parameters.py",
    "tests/test_settings.py",
)
"""Tests that would do the same again on another database; they run with SQLite."""


def missing(name: str) -> str:
    """Why the tests cannot run on the database `name`; `""` if they can."""
    server = SERVERS[name]
    if server is None:
        return ""
    driver, host, port, hint = server
    if importlib.util.find_spec(driver) is None:
        return f"the driver {driver} is not installed: pip install 'nplusone-guard[{name}]'"
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError as error:
        return f"no server at {host}:{port} ({error}); {hint}"
    return ""


def main(arguments: list[str]) -> int:
    """Run the suite everywhere; the number of databases it failed on."""
    parser = argparse.ArgumentParser(prog="python -m tests", allow_abbrev=False)
    parser.add_argument("--databases", default=",".join(SERVERS), help="some of them, such as sqlite,postgresql")
    parser.add_argument(
        "--once", action="store_true", help="on SQLite only what needs no database, the rest on servers"
    )
    options, arguments = parser.parse_known_args(arguments)
    unknown = set(options.databases.split(",")) - set(SERVERS)
    if unknown:
        parser.error(f"--databases takes some of {', '.join(SERVERS)}, not {', '.join(sorted(unknown))}")
    failed = 0
    skipped = []
    for name, server in SERVERS.items():
        if name not in options.databases.split(","):
            continue
        reason = missing(name)
        print(f"\n== Tests on {name} {'skipped: ' + reason if reason else ''}", flush=True)
        if reason:
            skipped.append(f"{name}: {reason}")
            continue
        environment = {**os.environ, "NPLUSONE_TEST_DB": name}
        elsewhere = options.databases.split(",") != ["sqlite"]
        chosen = list(WITHOUT_DATABASE) if options.once and elsewhere else []
        if server is not None:
            chosen = [f"--ignore={path}" for path in WITHOUT_DATABASE]
        command = [sys.executable, "-m", "pytest", "-n", "auto", *chosen, *arguments]
        failed += subprocess.run(command, env=environment, check=False).returncode != 0
    for reason in skipped:
        print(f"SKIPPED {reason}")
    if skipped and os.environ.get("CI"):
        print("Nothing may be skipped in CI.")
        failed += len(skipped)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
