"""What did parents pay?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ...payments.models import Payment
from ..sizes import PAYMENTS_PER_STUDENT
from .term import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plan import Plan


_STATUSES = [*[Payment.Status.PAID.value] * 8, *Payment.Status.values]


def payments(plan: Plan) -> Iterator[Payment]:
    random = plan.random("payments")
    for number in range(1, 1 + PAYMENTS_PER_STUDENT * len(plan.students)):
        student = plan.students[(number - 1) // PAYMENTS_PER_STUDENT]
        yield Payment(
            id=number,
            user_id=plan.parent_of[student],
            amount=Decimal(random.randint(20, 200)) + Decimal("0.90"),
            status=random.choice(_STATUSES),
            created_at=moment(random),
        )
