"""A small library: one relation of every sort."""

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models


class Publisher(models.Model):
    name = models.CharField(max_length=100)


class Author(models.Model):
    name = models.CharField(max_length=100)
    email = models.CharField(max_length=100, unique=True)
    bio = models.TextField(default="")


class Profile(models.Model):
    author = models.OneToOneField(Author, models.CASCADE, related_name="profile")
    website = models.CharField(max_length=100)


class Tag(models.Model):
    name = models.CharField(max_length=100)


class Note(models.Model):
    text = models.CharField(max_length=100)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveIntegerField()
    subject = GenericForeignKey()


class Book(models.Model):
    title = models.CharField(max_length=100)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    publisher = models.ForeignKey(Publisher, models.CASCADE, null=True)
    tags = models.ManyToManyField(Tag, related_name="books")
    notes = GenericRelation(Note)

    class Meta:
        ordering = ["pk"]

    @property
    def author_name(self):
        return self.author.name  # a property


class Review(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="reviews")
    stars = models.IntegerField()

    def __str__(self):
        return f"{self.book.title}: {self.stars}"  # a __str__

    def clean(self):
        if Review.objects.filter(book=self.book_id, stars=self.stars).exists():  # a clean
            raise ValidationError("twice")
