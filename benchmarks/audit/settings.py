"""The demo site as staging would run it: what is asked is recorded."""

from __future__ import annotations

import os

from demo_site.settings import *  # noqa: F403

NPLUSONE_GUARD = {"RECORD_WORKLOAD": os.environ["AUDIT_WORKLOAD"], "DEPTH": "deep"}
