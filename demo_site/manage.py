#!/usr/bin/env python
"""The demo site's command line: `python demo_site/manage.py migrate`, `seed`, `demo`, `runserver`."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    # Python puts this script's folder first, where `settings` and `chat` would be top-level names; the site
    # is the package `demo_site`, one folder up.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo_site.settings")
    execute_from_command_line(sys.argv)
