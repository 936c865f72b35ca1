"""Does the demo site's admin open for every model, without a statement per row?"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from demo_site.accounts.models import User
from demo_site.seeding import demo_user

from .named_indexes import NAMED_INDEXES

pytestmark = [pytest.mark.urls("demo_site.urls"), pytest.mark.usefixtures("seeded")]

MODELS = [model for app in NAMED_INDEXES for model in apps.get_app_config(app).get_models()]
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)


@pytest.fixture
def administrator(client):
    client.force_login(User.objects.get(email=demo_user.EMAIL))
    return client


def test_every_model_is_in_the_admin():
    assert [model for model in MODELS if not admin.site.is_registered(model)] == []


@every_model
def test_a_list_has_no_statement_per_row(administrator, reports, model):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    response = administrator.get(address, {"q": "example"})
    assert response.status_code == 200
    response = administrator.get(address)
    assert len(response.context["cl"].result_list) == min(100, model._default_manager.count())
    assert reports[-1].findings == ()


@every_model
def test_a_row_can_be_opened_and_another_added(administrator, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert administrator.get(reverse(f"{name}_add")).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        assert administrator.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200


def test_somebody_is_added_by_their_address(administrator):
    password = "a long one for the test"
    response = administrator.post(
        reverse("admin:accounts_user_add"),
        {
            "email": "new@example.org",
            "role": "tutor",
            "usable_password": "true",
            "password1": password,
            "password2": password,
        },
    )
    assert response.status_code == 302, response.context["errors"]
    assert User.objects.get(email="new@example.org").check_password(password)
