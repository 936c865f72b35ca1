"""The store's context processors, each only for the pages that ask for it, so as to disturb no others."""

from __future__ import annotations

from .models import Customer

__all__ = ["menu"]


def menu(request):
    """The names of customers in the menu, in the order that a list of theirs has."""
    if request.path == "/menu/":
        keys = Customer.objects.values_list("pk", flat=True)  # origin context_processor
        return {"menu": [Customer.objects.get(pk=pk).name for pk in keys]}  # culprit context_processor
    if request.path == "/menu-in-bulk/":
        keys = Customer.objects.values_list("pk", flat=True)
        customers = Customer.objects.in_bulk(keys)
        return {"menu": [customer.name for customer in customers.values()]}
    return {}
