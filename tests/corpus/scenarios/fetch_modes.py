"""Django 6.1 loads what is missing for all the rows at once, where it is told to."""

from __future__ import annotations

import django
from django.db import models

from ..scenario import clean, fixed, problem
from ..store.models import Customer, Item, Order

OLD = "" if django.VERSION >= (6, 1) else "FETCH_PEERS is new in Django 6.1"


@clean(why="FETCH_PEERS loads the relation for all rows when it is first asked for", skip=OLD)
def fetch_peers():
    orders = Order.objects.fetch_mode(models.FETCH_PEERS)
    return [order.customer.name for order in orders]


@clean(why="FETCH_PEERS along a chain, one statement a level", skip=OLD)
def fetch_peers_chain():
    items = Item.objects.fetch_mode(models.FETCH_PEERS)
    return [item.order.customer.region.name for item in items]


@clean(why="FETCH_PEERS loads deferred fields for all rows, too", skip=OLD)
def fetch_peers_deferred():
    return [len(customer.bio) for customer in Customer.objects.defer("bio").fetch_mode(models.FETCH_PEERS)]


@problem("store.Order.items", 'prefetch_related("items")', why="FETCH_PEERS does nothing for managers", skip=OLD)
def fetch_peers_and_a_manager():
    orders = Order.objects.fetch_mode(models.FETCH_PEERS)  # origin
    return [len(order.items.all()) for order in orders]  # origin culprit


@fixed(fetch_peers_and_a_manager, skip=OLD)
def fetch_peers_and_a_prefetch():
    orders = Order.objects.fetch_mode(models.FETCH_PEERS).prefetch_related("items")
    return [len(order.items.all()) for order in orders]
