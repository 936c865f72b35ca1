"""`manage.py check` tells which rules and comments are about nothing, and what was meant."""

from __future__ import annotations

import textwrap
import types

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.core.checks import run_checks
from django.http import HttpResponse
from django.urls import include, path, re_path

from nplusone_guard.checks import check_ignores
from nplusone_guard.known_labels import KnownLabels
from nplusone_guard.project_files import project_files

FIRST = "NPLUSONE_GUARD['IGNORE'] ignores "


@pytest.fixture(autouse=True)
def write(tmp_path, settings):
    """Writes a file of the project, which has nothing but its apps otherwise."""
    settings.BASE_DIR = tmp_path

    def write(name, text=""):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))

    return write


def told():
    return [(message.id.rpartition(".")[2], message.msg, message.hint) for message in check_ignores()]


def told_about(settings, *rules):
    settings.NPLUSONE_GUARD = {"IGNORE": list(rules)}
    return told()


# -- labels ----------------------------------------------------------------------------------------------------

RIGHT = [
    "library.Book.author",
    "library.Book.title",
    "library.Book.tags",
    "library.Tag.books",
    "library.Author.profile",
    "library.Book.reviews",
    "library.Book.notes",
    "library.Note.subject",
    "library.Book.objects.get()",
    "library.Book.objects.filter()",
    "library.Book.objects.all()",
    "library.Book.objects.raw()",
    "library.Book.objects.bulk_create()",
    "library.Book.save()",
    "library.Book.refresh_from_db()",
    "library.Book.tags.add()",
    "library.Book.reviews.create()",
    "library.Book.notes.create()",
    "library.Book_tags.objects.filter()",
    "library.*",
    "library.Book.*.get()",
    "*.author",
    "*",
    "SELECT library_book",
    "SELECT a_view_that_no_model_knows",
    "SELECT *",
    "SQL",
]


@pytest.mark.parametrize("label", RIGHT)
def test_a_label_that_a_finding_can_have_is_right(label, settings):
    assert told_about(settings, label) == []


WRONG = [
    ("library.Bok.author", "the app 'library' has no model 'Bok'", "library.Book.author"),
    ("libary.Book.author", "there is no app 'libary'", "library.Book.author"),
    ("libary.Bok.autor", "there is no app 'libary'", "library.Book.author"),
    ("library.book.author", "the app 'library' has no model 'book'", "library.Book.author"),
    ("library.Book.autor", "library.Book has no 'autor'", "library.Book.author"),
    ("library.Book.author_id", "library.Book has no 'author_id'", "library.Book.author"),
    ("library.Book.review_set", "library.Book has no 'review_set'", "library.Book.reviews"),
    ("library.Book.objects.gett()", "library.Book has no 'objects.gett()'", "library.Book.objects.get()"),
    ("library.Book.objects.get", "library.Book has no 'objects.get'", "library.Book.objects.get()"),
    ("library.Book.object.get()", "library.Book has no 'object.get()'", "library.Book.objects.get()"),
    ("library.Book.sav()", "library.Book has no 'sav()'", "library.Book.save()"),
    ("library.Book.tag.add()", "library.Book has no 'tag.add()'", "library.Book.tags.add()"),
    ("library.Book", "a label is an app, a model and a relation, with dots", "library.Book.*"),
    ("Book.author", "a label is an app, a model and a relation, with dots", "library.Book.author"),
    ("book", "a label is an app, a model and a relation, with dots", ""),
    ("auth.User.groups", "the app 'auth' has no model 'User'", "accounts.User.groups"),
    ("warehouse.Cart.lines", "there is no app 'warehouse'", ""),
]


@pytest.mark.parametrize(("label", "why", "near"), WRONG)
def test_a_label_that_no_finding_can_have_is_an_error_with_the_nearest_one(label, why, near, settings):
    hint = f"Did you mean {near!r}?" if near else "Take it out if what it was about is gone."
    assert told_about(settings, {"label": label, "kind": "n_plus_one"}) == [
        ("E002", f"{FIRST}{label!r}: {why}.", hint)
    ]
    assert near == "" or told_about(settings, near) == []


@pytest.mark.parametrize(
    ("pattern", "near"),
    [
        ("library.Bok.*", "library.Book.*"),
        ("libary.*", "library.*"),
        ("library.Book.publishr*", "library.Book.publisher"),
        ("lib*.Bok.*", ""),
        ("*.authors", ""),
    ],
)
def test_a_wildcard_that_no_label_matches_is_stale(pattern, near, settings):
    ((number, message, hint),) = told_about(settings, pattern)
    assert number == "W002"
    assert message.startswith(f"{FIRST}{pattern!r}, which no label matches: ")
    assert hint == (f"Did you mean {near!r}?" if near else "Take it out if what it was about is gone.")


def test_a_relation_that_is_inherited_has_its_label_at_the_parent():
    from django.apps import apps

    for model in apps.get_models():
        for parent in model._meta.parents:
            name = next(field.name for field in parent._meta.local_fields if field.name != "id")
            missing = KnownLabels().missing(f"{model._meta.label}.{name}")
            assert missing.near == f"{parent._meta.label}.{name}"


# -- paths and routes ------------------------------------------------------------------------------------------


def test_a_path_that_no_file_has_is_stale(settings, write):
    write("shop/views.py")
    write(".venv/shop/gone.py")
    write("env/pyvenv.cfg")
    write("env/lib/gone.py")
    write("node_modules/gone.py")
    for right in ("shop/views.py", "shop/*", "*/gone.py", "/somewhere/else/*.py"):
        assert told_about(settings, {"path": right}) == []
    for gone in (".venv/shop/gone.py", "env/lib/gone.py", "node_modules/gone.py", "shop/vievs.py"):
        ((number, message, hint),) = told_about(settings, {"path": gone})
        assert number == "W002"
        assert message == f"NPLUSONE_GUARD['IGNORE'] has a rule for the path {gone!r}, and no file matches."
    assert hint == "Did you mean 'shop/views.py'?"


def test_where_not_all_files_were_seen_no_path_is_stale(settings, write, monkeypatch):
    from nplusone_guard import project_files as module

    write("shop/views.py")
    monkeypatch.setattr(module, "_MOST_FOLDERS", 1)
    assert not project_files().complete
    assert told_about(settings, {"path": "shop/gone.py"}) == []


def view(request):
    return HttpResponse()


inner = [path("list/<int:pk>/", view), re_path(r"^detail/$", view)]
urls = types.ModuleType("tests.ignoring.urls_of_a_test")
urls.urlpatterns = [
    path("shop/", include(inner)),
    re_path(r"^old/", include(inner)),
    *i18n_patterns(path("about/", view)),
]


def test_a_route_that_no_url_has_is_stale(settings, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, urls.__name__, urls)
    settings.ROOT_URLCONF = urls.__name__
    for right in ("shop/list/<int:pk>/", "shop/*", "shop/detail/$", "^old/list/<int:pk>/", "de/about/"):
        assert told_about(settings, {"route": right}) == [], right
    ((number, message, hint),) = told_about(settings, {"route": "shop/list/<int:id>/"})
    assert number == "W002"
    assert message.startswith(
        "NPLUSONE_GUARD['IGNORE'] has a rule for the route 'shop/list/<int:id>/', and no URL"
    )
    assert hint == "Did you mean 'shop/list/<int:pk>/'?"


def test_the_routes_are_spelt_as_a_request_has_them(settings, monkeypatch):
    from django.urls import resolve
    from django.utils.translation import override

    monkeypatch.setitem(__import__("sys").modules, urls.__name__, urls)
    settings.ROOT_URLCONF = urls.__name__
    with override("de"):
        for url in ("/shop/list/1/", "/shop/detail/", "/old/list/1/", "/old/detail/", "/de/about/"):
            assert told_about(settings, {"route": resolve(url).route}) == []


def test_without_urls_no_route_is_stale(settings):
    del settings.ROOT_URLCONF
    assert told_about(settings, {"route": "shop/"}) == []


# -- the project's files ---------------------------------------------------------------------------------------


def test_comments_are_looked_for_in_modules_and_templates(settings, write, tmp_path):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "pages"]}]
    write(
        "shop/views.py",
        """
        book.author  # nplusone: ignore[library.Book.author] fine
        book.author  # nplusone: ignore[library.Bok.author]
        book.author  # nplusone: ignore[library.Bok.*]
        book.author  # nplusone: ignor[library.Book.author]
        # nplusone: ignore
        """,
    )
    write("pages/books.html", "{{ book.author }}\n{# nplusone: ignore[library.Book.author #}{{ book.author }}\n")
    write("env/pyvenv.cfg")
    write("env/views.py", "x = 1  # nplusone: ignor")
    write("pages/.hidden.html", "{# nplusone: ignor #}")
    no_model = "the app 'library' has no model 'Bok'"
    assert told() == [
        (
            "E002",
            f"shop/views.py:3 ignores 'library.Bok.author': {no_model}.",
            "Did you mean 'library.Book.author'?",
        ),
        (
            "W002",
            f"shop/views.py:4 ignores {'library.Bok.*'!r}, which no label matches: {no_model}.",
            "Did you mean 'library.Book.*'?",
        ),
        (
            "W003",
            "shop/views.py:5: the comment ignores nothing, as it says 'ignor' (did you mean 'ignore'?).",
            'Write "nplusone: ignore[app.Model.relation] reason" in a comment.',
        ),
        (
            "W002",
            "shop/views.py:6: the comment ignores nothing, as no code stands below it.",
            "Take it out if what it was about is gone.",
        ),
        (
            "W003",
            "pages/books.html:2: the comment ignores nothing, as its bracket is not closed.",
            'Write "nplusone: ignore[app.Model.relation] reason" in a comment.',
        ),
    ]


def test_calls_and_markers_are_read_too(write):
    write(
        "shop/views.py",
        """
        import nplusone_guard as guard
        import pytest
        from nplusone_guard import ignore as meant

        with meant("library.Book.author", "library.Book.autor"), guard.ignore("library.Bok.author"):
            other.ignore("library.Nothing.at_all")

        @pytest.mark.nplusone(ignore=["library.Book.author", {"label": "library.Book.titel"}, {"kind": "x"}])
        def test_books(): ...
        """,
    )
    assert [(number, message.partition(":")[2].split(":")[0]) for number, message, _ in told()] == [
        ("E002", "6 ignores 'library.Book.autor'"),
        ("E002", "6 ignores 'library.Bok.author'"),
        ("E002", "9 ignores 'library.Book.titel'"),
    ]


def test_a_label_of_an_app_that_other_settings_install_is_left_alone(write):
    write("tests/loops.py", "x = 1  # nplusone: ignore[garage.Car.owner, garage.*, libary.Book.author]\n")
    assert told() == [
        (
            "W002",
            "tests/loops.py:1 ignores 'libary.Book.author': there is no app 'libary'.",
            "Did you mean 'library.Book.author'?",
        )
    ]


def test_in_an_installed_app_it_is_an_error(write, tmp_path, monkeypatch):
    from django.apps import apps

    write("library/loops.py", "x = 1  # nplusone: ignore[garage.Car.owner]\n")
    monkeypatch.setattr(apps.get_app_config("library"), "path", str(tmp_path / "library"))
    assert [number for number, _, _ in told()] == ["E002"]


def test_a_module_that_is_no_python_is_passed_over(write):
    write("shop/broken.py", "from nplusone_guard import ignore\nignore(\n# nplusone: ignore[\n")
    assert [number for number, _, _ in told()] == ["W003"]


@pytest.mark.django_db
def test_the_checks_ask_the_database_nothing(settings, django_assert_num_queries):
    settings.NPLUSONE_GUARD = {"IGNORE": ["library.*", {"path": "x.py"}, {"route": "y/"}]}
    with django_assert_num_queries(0):
        messages = run_checks()
    assert {message.id for message in messages} == {"nplusone_guard.W002"}
