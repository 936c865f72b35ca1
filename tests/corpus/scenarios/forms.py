"""Forms: choices are queries, and a formset has them once for each form."""

from __future__ import annotations

from django.forms import formset_factory, modelformset_factory

from ..scenario import clean, fixed, problem
from ..store import forms
from ..store.models import Customer, Item, Order, Product

ONCE = "choices | variable | cache | once"


@problem("store.Product.objects.all()", ONCE, kind="duplicate_query", why="each form asks for the same choices")
def formset_choices():
    formset = modelformset_factory(Item, form=forms.ItemForm, extra=0)(queryset=Item.objects.all())
    return formset.as_p()


@problem(
    "store.Product.objects.all()",
    ONCE,
    kind="duplicate_query",
    why="the same, with the fields Django makes itself",
)
def formset_choices_of_a_model_form():
    formset = modelformset_factory(Item, form=forms.ItemModelForm, extra=0)(queryset=Item.objects.all())
    return "".join(form.as_div() for form in formset)


@fixed(formset_choices, formset_choices_of_a_model_form)
def formset_choices_from_outside():
    products = [(product.pk, product.name) for product in Product.objects.all()]
    formset_class = modelformset_factory(Item, form=forms.SharedChoicesForm, extra=0)
    return formset_class(queryset=Item.objects.all(), form_kwargs={"products": products}).as_p()


@problem("store.Product.objects.get()", "in_bulk | __in=", why="each form that is sent looks its choice up")
def formset_input(store):
    formset = formset_factory(forms.LineForm)(sent("product", store.products))
    assert formset.is_valid()


def sent(name, values):
    """What a browser sends: a form for each of `values`."""
    data = {"form-TOTAL_FORMS": len(values), "form-INITIAL_FORMS": 0}
    for index, value in enumerate(values):
        data[f"form-{index}-{name}"] = value
        data[f"form-{index}-quantity"] = 1
    return data


@fixed(formset_input)
def formset_input_of_keys(store):
    formset = formset_factory(forms.KeyForm)(sent("product", store.products))
    assert formset.is_valid()
    return Product.objects.in_bulk([form.cleaned_data["product"] for form in formset])


@problem("store.Tag.objects.exists()", "__in=", why="clean_name() of each form asks the database")
def formset_clean(store):
    formset = formset_factory(forms.TagForm)(sent("name", store.emails))
    assert formset.is_valid()


@fixed(formset_clean)
def formset_clean_of_all(store):
    formset_class = formset_factory(forms.KeyForm, formset=forms.TagFormSet)
    formset_class.form = type("NameForm", (forms.TagForm,), {"clean_name": lambda self: self.cleaned_data["name"]})
    formset = formset_class(sent("name", store.emails))
    assert formset.is_valid()


@problem(
    "store.Order.coupon", 'select_related("coupon")', why="label_from_instance() reads a relation of each row"
)
def form_label_from_instance():
    return forms.ReturnForm().as_p()


@fixed(form_label_from_instance)
def form_label_from_joined_rows():
    return forms.ReturnFormJoined().as_p()


@problem("store.Order.customer", 'select_related("customer")', why="the label of a choice is its __str__")
def form_str():
    return forms.PickOrderForm().as_p()


@problem("store.Order.customer", 'select_related("customer")', why="the label of a checkbox is its __str__")
def form_str_of_checkboxes():
    return forms.PickOrdersForm().as_div()


@fixed(form_str, form_str_of_checkboxes)
def form_str_joined():
    return forms.PickOrdersFormJoined().as_p()


@problem(
    "store.Item.save()",
    "bulk_create",
    kind="write_in_loop",
    why="a formset saves form by form",
    also=("store.Product.objects.get()", "store.Product.objects.exists()"),
)
def formset_save(store):
    order = Order.objects.get(pk=store.orders[0])
    formset = modelformset_factory(Item, form=forms.ItemForm)(sent("product", store.products))
    assert formset.is_valid()
    for item in formset.save(commit=False):
        item.order = order
        item.save()  # culprit


@fixed(formset_save)
def formset_save_in_bulk(store):
    order = Order.objects.get(pk=store.orders[0])
    formset = formset_factory(forms.KeyForm)(sent("product", store.products))
    assert formset.is_valid()
    Item.objects.bulk_create(
        [Item(order=order, product_id=form.cleaned_data["product"], quantity=1) for form in formset]
    )


@clean(why="one form, with a query for each of its choices")
def form_of_many_choices(store):
    customer = Customer.objects.get(pk=store.customers[0])
    return forms.CustomerForm(instance=customer).as_p()
