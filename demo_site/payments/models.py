"""Who has paid what?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Payment(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending"
        PAID = "paid"
        FAILED = "failed"
        REFUNDED = "refunded"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="payments")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["status"], name="payment_status_idx"),
            models.Index(fields=["-created_at"], name="payment_created_at_idx"),
            models.Index(fields=["status", "-created_at"], name="payment_status_date_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} from user {self.user_id}"
