"""Serializers that query in every way a serializer can without a line of code."""

from rest_framework import serializers

from tests.library.models import Author, Book, Profile, Publisher, Review, Tag


class ProfileSerializer(serializers.ModelSerializer):
    class Meta:
        model = Profile
        fields = ["website"]


class AuthorSerializer(serializers.ModelSerializer):
    profile = ProfileSerializer()  # nested in nested

    class Meta:
        model = Author
        fields = ["name", "profile"]


class PlainAuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["name"]


class NestedSerializer(serializers.ModelSerializer):
    author = PlainAuthorSerializer()  # plain source

    class Meta:
        model = Book
        fields = ["title", "author"]


class TwiceNestedSerializer(serializers.ModelSerializer):
    author = AuthorSerializer()  # plain nested

    class Meta:
        model = Book
        fields = ["title", "author"]


class DottedSerializer(serializers.ModelSerializer):
    written_by = serializers.CharField(source="author.name")  # dotted source

    class Meta:
        model = Book
        fields = ["title", "written_by"]


class InheritingSerializer(DottedSerializer):
    class Meta(DottedSerializer.Meta):
        pass


class RenamedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = [
            "title",
            "tags",  # only in Meta
        ]


class AllSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = "__all__"  # all fields


class DepthSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        depth = 1
        fields = (
            "title",
            "publisher",  # made by depth
        )


class PropertySerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = [
            "author_name",  # a field that is a property
        ]


class MethodSerializer(serializers.ModelSerializer):
    publisher_name = serializers.SerializerMethodField()  # a method field

    class Meta:
        model = Book
        fields = ["publisher_name"]

    def get_publisher_name(self, book):
        return book.publisher.name  # its method


class LoopingSerializer(serializers.ModelSerializer):
    authors = serializers.SerializerMethodField()

    class Meta:
        model = Publisher
        fields = ["authors"]

    def get_authors(self, publisher):
        found = []
        for book in publisher.book_set.all():  # a loop in a method
            found.append(book.author.name)  # in a loop in a method
        return found


class PassingSerializer(serializers.ModelSerializer):
    written_by = serializers.CharField(source="author.name")  # behind a method that passes on

    class Meta:
        model = Book
        fields = ["written_by"]

    def to_representation(self, instance):
        return super().to_representation(instance)


class ReviewsSerializer(serializers.ModelSerializer):
    class Meta:
        model = Review
        fields = ["stars"]


class ManySerializer(serializers.ModelSerializer):
    reviews = ReviewsSerializer(many=True)  # nested many

    class Meta:
        model = Book
        fields = ["reviews"]


class ReviewedBookSerializer(serializers.ModelSerializer):
    publisher = serializers.CharField(source="publisher.name")  # in nested many

    class Meta:
        model = Book
        fields = ["publisher"]


class ReadersSerializer(serializers.ModelSerializer):
    books = ReviewedBookSerializer(many=True)

    class Meta:
        model = Author
        fields = ["books"]


class KeysSerializer(serializers.ModelSerializer):
    reviews = serializers.PrimaryKeyRelatedField(many=True, read_only=True)  # keys

    class Meta:
        model = Book
        fields = ["reviews"]


class KeySerializer(serializers.ModelSerializer):
    profile = serializers.PrimaryKeyRelatedField(read_only=True)  # one key

    class Meta:
        model = Author
        fields = ["profile"]


class SlugSerializer(serializers.ModelSerializer):
    author = serializers.SlugRelatedField("name", queryset=Author.objects.all())  # slug

    class Meta:
        model = Book
        fields = ["author"]


class StringSerializer(serializers.ModelSerializer):
    publisher = serializers.StringRelatedField()  # string

    class Meta:
        model = Book
        fields = ["publisher"]


class StringsSerializer(serializers.ModelSerializer):
    reviews = serializers.StringRelatedField(many=True)  # strings

    class Meta:
        model = Book
        fields = ["reviews"]


class LinkSerializer(serializers.ModelSerializer):
    author = serializers.HyperlinkedRelatedField("author", lookup_field="email", read_only=True)  # link

    class Meta:
        model = Book
        fields = ["author"]


class OwnSerializer(serializers.ModelSerializer):
    author = serializers.StringRelatedField()  # read by a method

    class Meta:
        model = Book
        fields = ["author"]

    def to_representation(self, instance):
        return {field.field_name: field.get_attribute(instance) for field in self._readable_fields}


class ChoiceSerializer(serializers.Serializer):
    review = serializers.PrimaryKeyRelatedField(queryset=Review.objects.all())  # choices


class WritingSerializer(serializers.Serializer):
    tag = serializers.PrimaryKeyRelatedField(queryset=Tag.objects.all())  # looked up while reading input


def made_serializer():
    """A serializer that no source declares."""
    meta = type("Meta", (), {"model": Book, "fields": ["title", "author"]})
    return type(
        "MadeSerializer", (serializers.ModelSerializer,), {"Meta": meta, "author": PlainAuthorSerializer()}
    )
