"""The store's forms."""

from __future__ import annotations

from django import forms

from .models import Customer, Item, Offer, Order, Product, Tag


class ItemForm(forms.ModelForm):
    product = forms.ModelChoiceField(Product.objects.all())  # culprit formset_choices

    class Meta:
        model = Item
        fields = ["product", "quantity"]


class LineForm(forms.Form):
    product = forms.ModelChoiceField(Product.objects.all())  # culprit formset_input


class ItemModelForm(forms.ModelForm):
    """Its fields are Django's own for the model's."""

    class Meta:
        model = Item
        fields = ["product", "quantity"]  # culprit formset_choices_of_a_model_form


class SharedChoicesForm(ItemForm):
    """The choices come from outside, once for all the forms."""

    def __init__(self, *args, products, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = products


class KeyForm(forms.Form):
    """Takes keys as they are; who uses the formset looks them all up at once."""

    product = forms.IntegerField()


class OrderChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, order):
        return f"{order.number} ({order.coupon.code})"  # culprit form_label_from_instance


class ReturnForm(forms.Form):
    order = OrderChoiceField(Order.objects.all())  # origin form_label_from_instance


class ReturnFormJoined(forms.Form):
    order = OrderChoiceField(Order.objects.select_related("coupon"))


class PickOrderForm(forms.Form):
    order = forms.ModelChoiceField(Order.objects.all())  # origin culprit form_str


class PickOrdersForm(forms.Form):
    orders = forms.ModelMultipleChoiceField(  # origin culprit form_str_of_checkboxes
        Order.objects.all(),  # origin form_str_of_checkboxes
        widget=forms.CheckboxSelectMultiple,
    )


class PickOrdersFormJoined(forms.Form):
    order = forms.ModelChoiceField(Order.objects.select_related("customer"))
    orders = forms.ModelMultipleChoiceField(
        Order.objects.select_related("customer"), widget=forms.CheckboxSelectMultiple
    )


class TagForm(forms.Form):
    name = forms.CharField()

    def clean_name(self):
        name = self.cleaned_data["name"]
        if Tag.objects.filter(name=name).exists():  # culprit formset_clean
            raise forms.ValidationError("taken")
        return name


class TagFormSet(forms.BaseFormSet):
    """Asks for all the names at once."""

    def clean(self):
        names = [form.cleaned_data["name"] for form in self.forms]
        if Tag.objects.filter(name__in=names).exists():
            raise forms.ValidationError("taken")


class CustomerForm(forms.ModelForm):
    """One form with five choices: each field asks once."""

    order = forms.ModelChoiceField(Order.objects.select_related("customer"), required=False)
    offer = forms.ModelChoiceField(Offer.objects.all(), required=False)
    product = forms.ModelChoiceField(Product.objects.all(), required=False)

    class Meta:
        model = Customer
        fields = ["name", "region", "referrer"]
