from django import forms

from tests.library.models import Book, Review


class ReviewForm(forms.ModelForm):  # a form
    class Meta:
        model = Review
        fields = [
            "stars",
            "book",  # form field in Meta
        ]


class ChoiceForm(forms.Form):
    review = forms.ModelChoiceField(Review.objects.all())  # declared form field


class TagsForm(forms.ModelForm):
    class Meta:
        model = Book
        fields = ["title", "tags"]  # initial tags
