"""A tracker that many tenants share: every statement names its tenant, and nothing is really deleted."""

from django.db import models


class Tenant(models.Model):
    slug = models.SlugField(unique=True)


class Member(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    handle = models.CharField(max_length=50)

    class Meta:
        unique_together = [("tenant", "handle")]


class Issue(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    assignee = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True)
    state = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    body = models.TextField()
    attachment = models.BinaryField(default=b"")
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="tracker_issue_number")]
