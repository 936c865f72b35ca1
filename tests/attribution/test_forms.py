"""The culprit is the form field, on the line that declares it."""

from __future__ import annotations

from django import forms
from django.template.loader import render_to_string

from tests.library.models import Author, Book, Review

from .conftest import at, marked
from .forms import ChoiceForm, ReviewForm, TagsForm

SOURCE = "tests/attribution/forms.py"
FOLDER = "tests/attribution/templates/places"


def test_a_str_of_a_choice_is_the_culprit_and_its_field_what_shows_it(finding_of):
    finding = finding_of(
        lambda: render_to_string("places/form.html", {"form": ChoiceForm()}), "library.Review.book"
    )
    assert at(finding.culprit) == marked("tests/library/models.py", "a __str__")
    assert at(finding.via) == marked(SOURCE, "declared form field")
    assert finding.via.name == "ChoiceForm.review"


def test_a_field_of_a_formset_is_the_culprit_of_its_choices(finding_of):
    formset = forms.modelformset_factory(Review, form=ReviewForm, extra=0)

    def run():
        render_to_string("places/formset.html", {"formset": formset()})

    finding = finding_of(run, "library.Book.objects.all()")
    assert at(finding.culprit) == marked(SOURCE, "form field in Meta")
    assert finding.culprit.name == "ReviewForm.book"
    assert finding.culprit.loop == "{% for form in formset %}, " + f"{FOLDER}/formset.html:2"


def test_a_field_of_a_formset_is_the_culprit_of_its_initial_values(finding_of):
    formset = forms.modelformset_factory(Book, form=TagsForm, extra=0)
    finding = finding_of(lambda: formset().forms, "library.Book.tags")
    assert at(finding.culprit) == marked(SOURCE, "initial tags")
    assert finding.culprit.name == "TagsForm.tags"


def test_a_field_of_a_formset_is_the_culprit_of_looking_up_its_input(finding_of):
    formset = forms.formset_factory(ChoiceForm)
    pk = Review.objects.first().pk
    posted = {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "0", **{f"form-{i}-review": pk for i in range(6)}}

    def run():
        assert formset(posted).is_valid()

    finding = finding_of(run, "library.Review.objects.get()")
    assert at(finding.culprit) == marked(SOURCE, "declared form field")


def test_a_form_is_what_has_its_instance_checked(finding_of):
    formset = forms.modelformset_factory(Review, form=ReviewForm)
    posted = {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "0"}
    for index, book in enumerate(Book.objects.all()[:6]):
        posted |= {f"form-{index}-book": book.pk, f"form-{index}-stars": "1"}

    def run():
        assert formset(posted, queryset=Review.objects.none()).is_valid()

    finding = finding_of(run, "library.Review.objects.exists()")
    assert at(finding.culprit) == marked("tests/library/models.py", "a clean")
    assert at(finding.via) == marked(SOURCE, "a form")
    assert finding.via.name == "ReviewForm"


def test_a_form_that_no_source_declares_is_told_by_the_tag_that_shows_it(finding_of):
    formset = forms.modelformset_factory(Book, fields=["author"], extra=0)

    def run():
        books = [{"book": form["author"]} for form in formset(queryset=Book.objects.all())]
        render_to_string("places/formset.html", {"formset": books})

    finding = finding_of(run, "library.Author.objects.all()")
    assert at(finding.culprit) == marked(f"{FOLDER}/formset.html", "formset")
    assert Author.objects.count() == 8
