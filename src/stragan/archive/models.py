"""The archive: answers of Allegro that changed something here, and the runs that purge contact data."""

from django.db import models
from django.db.models import Q

from stragan.archive.states import Kind
from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyManager
from stragan.shops.models import Shop


class ArchivedAnswer(models.Model):
    """One answer with its request; never a header of the request, and so no token.

    Answers that were taken in together share ``batch`` and ``at``, the instant they were taken in with; ids
    ascend in that order. ``sha256`` is of the answer as it came. ``content`` (zlib) is what is kept of it:
    of pages only what changed something, and of forms not the bytes, which stand in the order's revisions
    (see ``actions.Content``); ``kept_sha256`` is of ``content`` before it was compressed. After ``purged_at``
    the content is without contact data, and both hashes are those of what there was.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    method = models.CharField(max_length=7)
    path = models.CharField(max_length=1000)  # with its query
    sent = models.BinaryField()  # zlib; the JSON that went with it, or nothing
    sent_sha256 = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField()
    trace_id = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    kept_sha256 = models.CharField(max_length=64)
    purged_at = models.DateTimeField(null=True)

    objects: CompanyManager["ArchivedAnswer"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "batch", "position"], name="archived_answer_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="archived_answer_kind_known"),
        ]
        indexes = [
            models.Index(fields=["company", "id"], name="archived_answer_company"),
            models.Index(
                fields=["company", "at"], name="archived_answer_age", condition=Q(purged_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class PurgeRun(models.Model):
    """One run that took contact data of before ``before`` away; counts grow with each part it commits."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    before = models.DateTimeField()
    months = models.PositiveSmallIntegerField()
    orders = models.PositiveIntegerField(default=0)
    revisions = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)  # forms that were put aside
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects: CompanyManager["PurgeRun"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(finished_at__isnull=True), name="purge_run_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="purge_run_newest")]

    def __str__(self) -> str:
        return f"{self.before} {self.orders}"
