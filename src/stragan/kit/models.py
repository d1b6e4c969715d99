"""Tables every room may use: the job queue and the audit trail."""

from django.db import models
from django.db.models import Q

from stragan.kit.fields import EncryptedTextField
from stragan.kit.tenancy import CompanyManager


class JobState(models.TextChoices):
    """Life of a job. ``FAILED`` is what people see under *Wymaga uwagi*."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(models.Model):
    """Something that must happen: written in the transaction that causes it, done by a worker.

    A worker takes a due row by setting a lease; a lease that ran out means its worker is dead, and
    the row is taken up again. Every job is safe to repeat. ``key`` is unique among unfinished jobs.
    """

    company_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    priority = models.SmallIntegerField(default=5)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=8)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    error_code = models.CharField(max_length=80, blank=True)
    error_params = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=["waiting", "running"]), name="job_key_unfinished"
            ),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
        ]
        indexes = [
            # In the order workers take rows, so that finding the next one reads one.
            models.Index(
                fields=["priority", "due_at", "id"],
                condition=Q(state__in=["waiting", "running"]),
                name="job_due",
            ),
            models.Index(fields=["company_id", "-id"], condition=Q(state="failed"), name="job_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"


class AuditEvent(models.Model):
    """Who did what, when and why. Append-only: the database refuses to change or delete a row."""

    company_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=20, default="user")  # user, system, command
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)  # e.g. order, document, shop
    subject_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)

    objects: CompanyManager["AuditEvent"] = CompanyManager()

    class Meta:
        indexes = [models.Index(fields=["company_id", "subject", "subject_id", "id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class AuditSeal(models.Model):
    """One link of the chain over the trail: the hash of the link before it and of one event. Append-only."""

    event_id = models.BigIntegerField(unique=True)
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.event_id} {self.sha256}"


class SigningKey(models.Model):
    """A key pair of the installation (Ed25519, base64). ``slot`` 1 is in use; retired ones have none."""

    slot = models.SmallIntegerField(null=True, unique=True)
    public_key = models.CharField(max_length=60, unique=True)
    private_key = EncryptedTextField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.public_key
