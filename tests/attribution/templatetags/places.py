from django import template

register = template.Library()


@register.simple_tag
def name_of(book):
    return book.author.name  # a tag


@register.filter
def publisher_name(book):
    return book.publisher.name  # a filter


@register.inclusion_tag("places/row.html")
def row(book):
    return {"book": book}
