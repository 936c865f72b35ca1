"""The pytest plugin of nplusone-guard; `pytest_nplusone.plugin` is where pytest begins."""
