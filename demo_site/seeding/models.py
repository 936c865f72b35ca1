"""Which tables has `seed` filled already, and with what?"""

from django.db import models


class SeededTable(models.Model):
    """Written in the same transaction as the table's rows, so that a stopped run goes on where it was."""

    table = models.CharField(max_length=100, unique=True)
    size = models.CharField(max_length=10)
    seed = models.BigIntegerField()
    row_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.table}: {self.row_count} rows ({self.size}, seed {self.seed})"
