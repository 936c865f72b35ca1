"""Writes to customers, as a nightly command does."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from ...models import Order


class Command(BaseCommand):
    help = "Writes to customers."

    def add_arguments(self, parser):
        parser.add_argument("--joined", action="store_true")

    def handle(self, *args, joined, **options):
        orders = Order.objects.filter(status="new")  # origin command_with_a_loop
        if joined:
            orders = orders.select_related("customer")
        for order in orders.iterator():  # origin command_with_a_loop
            self.stdout.write(f"{order.number}: {self.greeting(order)}")

    def greeting(self, order):
        return f"Dear {order.customer.name}"  # culprit command_with_a_loop
