"""What is found in the views of a test module's `cases`."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from nplusone_guard.analysis import analyze_n_plus_one_opportunities


@pytest.fixture(scope="module")
def found(request):
    engine = settings.TEMPLATES[0]
    templates = [{**engine, "DIRS": [Path(__file__).parent / "templates"]}]
    with override_settings(TEMPLATES=templates):
        return analyze_n_plus_one_opportunities(urlconf=request.module.cases.__name__)
