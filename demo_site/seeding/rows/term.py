"""When does everything happen? In one term, at the same minutes for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

# Fixed, or the same seed would give other rows tomorrow.
TERM_START = datetime(2025, 9, 1, 8, tzinfo=UTC)
TERM = timedelta(days=110)
WEEK_STARTS = [TERM_START.date() + timedelta(weeks=week) for week in range(TERM.days // 7)]
_MINUTES = int(TERM / timedelta(minutes=1))


def moment(random: Random) -> datetime:
    """Some minute of the term."""
    return TERM_START + timedelta(minutes=random.randrange(_MINUTES))
