"""Sales documents: drafts that may change, issued documents that may not, series of numbers."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from stragan.companies.models import Company
from stragan.contractors.models import Contractor
from stragan.core.snapshot import DocumentKind
from stragan.kit.fields import MinorUnitsField
from stragan.kit.tenancy import CompanyManager
from stragan.orders.models import Order


class NumberSeries(models.Model):
    """The next number of one kind in one month. Taken in the issuing transaction only."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    pattern = models.CharField(max_length=60)
    period = models.CharField(max_length=7)  # 2026-11, 2026 or empty, by the pattern's restart
    next_sequence = models.BigIntegerField(default=1)

    objects: CompanyManager["NumberSeries"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "pattern", "period"], name="series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pattern} {self.period}"


class Draft(models.Model):
    """A document in the making: what a person changed against the order; it has no number.

    ``content`` is the edited ``documents.drafting.DraftContent`` as JSON, or empty while untouched.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in DocumentKind])
    content = models.JSONField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # why amounts differ from Allegro's
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: CompanyManager["Draft"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "kind"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"


class Document(models.Model):
    """An issued document. The database refuses to change or delete a row.

    ``snapshot`` holds the canonical bytes, ``sha256`` their hash; the other columns repeat what
    lists and filters need. ``original`` marks the one fiscal document an order may have.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="documents", db_index=False)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in DocumentKind])
    number = models.CharField(max_length=60)
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="+", db_index=False)
    sequence = models.BigIntegerField()
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="documents")
    original = models.BooleanField()
    contractor = models.ForeignKey(Contractor, null=True, on_delete=models.PROTECT, related_name="documents")
    issue_date = models.DateField()
    supply_date = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    net = MinorUnitsField()
    vat = MinorUnitsField()
    gross = MinorUnitsField()
    deposit = MinorUnitsField()
    to_pay = MinorUnitsField()
    buyer_name = models.CharField(max_length=512)
    buyer_nip = models.CharField(max_length=20, blank=True)
    ksef = models.CharField(max_length=12)
    snapshot = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    search_text = models.TextField(blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects: CompanyManager["Document"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="document_number_once"),
            models.UniqueConstraint(fields=["series", "sequence"], name="document_sequence_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(original=True), name="document_original_once"
            ),
        ]
        indexes = [models.Index(fields=["company", "-issue_date", "-id"], name="document_newest")]

    def __str__(self) -> str:
        return self.number


class DocumentFile(models.Model):
    """A file made from a document's snapshot; can be made again byte for byte."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=8)  # pdf
    path = models.CharField(max_length=200)  # inside the data folder
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "format"], name="document_file_once")]

    def __str__(self) -> str:
        return self.path


class IssueRun(models.Model):
    """Issuing many documents: a frozen set of orders, worked off by a job, stopped and resumed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in DocumentKind])
    issue_date = models.DateField()
    state = models.CharField(max_length=10)  # preview, waiting, running, stopping, stopped, done
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: CompanyManager["IssueRun"] = CompanyManager()

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"


class IssueItem(models.Model):
    """One order of a run and what became of it.

    While it is ready, ``params`` hold the buyer and the source of the buyer's data for the preview, and
    the sums are those it would have; afterwards ``params`` belong to ``code``.
    """

    run = models.ForeignKey(IssueRun, on_delete=models.CASCADE, related_name="items", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=10)  # ready, blocked, issued, refused
    code = models.CharField(max_length=60, blank=True)
    params = models.JSONField(default=dict)
    net = MinorUnitsField(null=True)
    vat = MinorUnitsField(null=True)
    gross = MinorUnitsField(null=True)
    document = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "order"], name="issue_item_once")]
        indexes = [models.Index(fields=["run", "state", "position"], name="issue_item_state")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.position}"
