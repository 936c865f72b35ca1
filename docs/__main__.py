"""`make docs`: writes what of the documentation comes from the code, or from a run of the demo site's tests."""

from __future__ import annotations

import os

import django

from .options import options_page
from .pages import PAGES, with_samples
from .samples import FOLDER, write_samples

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo_site.settings")
    django.setup()
    write_samples()
    (FOLDER.parent / "options.md").write_text(options_page(), encoding="utf-8")
    for page in PAGES:
        page.write_text(with_samples(page.read_text(encoding="utf-8")), encoding="utf-8")
