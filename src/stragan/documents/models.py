"""Sales documents: drafts that may change, issued documents that may not, series, links to orders."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from stragan.companies.models import Company
from stragan.contractors.models import Contractor
from stragan.core.snapshot import DocumentKind
from stragan.documents.states import ChangeState, LinkOrigin
from stragan.kit.fields import MinorUnitsField
from stragan.kit.tenancy import CompanyManager
from stragan.orders.models import Order
from stragan.shops.models import Shop

_KINDS: Final = [(kind.value, kind.value) for kind in DocumentKind]


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


class SeriesPattern(models.Model):
    """How a company numbers one kind of documents, where it differs from ``states.PATTERNS``."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=_KINDS)
    pattern = models.CharField(max_length=60)
    changed_at = models.DateTimeField()

    objects: CompanyManager["SeriesPattern"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind"], name="series_pattern_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pattern}"


class Draft(models.Model):
    """A document in the making: what a person changed against the order; it has no number.

    Without an order it is written by hand. ``content`` is the edited ``documents.content.DraftContent`` as
    JSON, or empty while untouched.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, null=True, on_delete=models.CASCADE, related_name="drafts")
    source = models.ForeignKey(  # the pro forma or offer it converts
        "Document", null=True, on_delete=models.CASCADE, related_name="+"
    )
    contractor = models.ForeignKey(  # chosen by a person who writes it by hand
        Contractor, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=16, choices=_KINDS)
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
        indexes = [
            models.Index(
                fields=["company", "-saved_at", "-id"],
                condition=Q(order__isnull=True),
                name="draft_by_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"


class Document(models.Model):
    """An issued document. The database refuses to change or delete a row.

    ``snapshot`` holds the canonical bytes, ``sha256`` their hash; the other columns repeat what
    lists and filters need. ``order`` is the one it was issued for; ``OrderDocument`` says which documents an
    order has now. ``original`` says that its kind is fiscal; ``corrects`` is the first document of a chain.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="documents", db_index=False)
    kind = models.CharField(max_length=16, choices=_KINDS)
    number = models.CharField(max_length=60)
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="+", db_index=False)
    sequence = models.BigIntegerField()
    order = models.ForeignKey(
        Order, null=True, on_delete=models.PROTECT, related_name="documents", db_index=False
    )
    shop = models.ForeignKey(  # of the order it was issued for
        Shop, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    original = models.BooleanField()
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrections", db_index=False
    )
    converted_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="conversions", db_index=False
    )
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
        ]
        indexes = [
            # The order of the list; what is behind it lets sums be taken from the index alone.
            models.Index(
                fields=[
                    "company",
                    "-issue_date",
                    "-id",
                    "kind",
                    "currency",
                    "original",
                    "net",
                    "vat",
                    "gross",
                    "to_pay",
                ],
                name="document_newest",
            ),
            models.Index(fields=["company", "kind", "-issue_date", "-id"], name="document_kind"),
            models.Index(fields=["company", "ksef", "-issue_date", "-id"], name="document_ksef"),
            # Only where there is one: SQLite takes it for "few" that an order is missing.
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="document_order"),
            models.Index(
                fields=["company", "shop", "-issue_date", "-id"],
                condition=Q(shop__isnull=False),
                name="document_shop",
            ),
            models.Index(fields=["company", "-to_pay", "-id"], name="document_amount"),
            models.Index(fields=["company", "buyer_nip"], name="document_nip"),
            models.Index(
                fields=["company", "-issue_date", "-id"],
                condition=Q(order__isnull=True),
                name="document_by_hand",
            ),
            models.Index(fields=["corrects"], condition=Q(corrects__isnull=False), name="document_corrects"),
            models.Index(
                fields=["converted_from"],
                condition=Q(converted_from__isnull=False),
                name="document_converted_from",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderDocument(models.Model):
    """A document belongs to an order, until it is voided, corrected to zero or unlinked.

    ``original`` marks the one fiscal document an order may have at a time; the database sees to it.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="document_links", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="order_links")
    original = models.BooleanField()
    origin = models.CharField(max_length=8, choices=[(o.value, o.value) for o in LinkOrigin])
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    end_code = models.CharField(max_length=12, blank=True)  # voided, corrected, unlinked
    end_reason = models.CharField(max_length=300, blank=True)

    objects: CompanyManager["OrderDocument"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(original=True, ended_at__isnull=True),
                name="order_original_once",
            ),
            models.UniqueConstraint(
                fields=["order", "document"], condition=Q(ended_at__isnull=True), name="order_document_once"
            ),
        ]
        indexes = [models.Index(fields=["order", "id"], name="order_document_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.document_id}"


class DocumentVoid(models.Model):
    """A document that never left the house was voided: it keeps its number and counts for nothing."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="void")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=300)

    objects: CompanyManager["DocumentVoid"] = CompanyManager()

    def __str__(self) -> str:
        return f"void {self.document_id}"


class OrderChange(models.Model):
    """What changed about an order since its document was issued; one row per order that ever changed.

    ``items`` are the changes found last, ``deed`` the weightiest; personal data are left out of them.
    Order and documents agreed, or were held to agree by a person, at ``base_revision`` and at the documents
    of ``base_papers`` (document → its latest correction then, ids). ``found_at`` is since when it waits.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="change")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in ChangeState])
    deed = models.CharField(max_length=8)
    items = models.JSONField(default=list)
    base_revision = models.PositiveIntegerField()
    base_papers = models.JSONField(default=dict)
    base_merged = models.BooleanField(default=False)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    settled_how = models.CharField(max_length=12, blank=True)
    settle_reason = models.CharField(max_length=300, blank=True)

    objects: CompanyManager["OrderChange"] = CompanyManager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "state", "-found_at", "-id"], name="order_change_state"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"


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


class PrintedLogo(models.Model):
    """A company's picture as it stands on issued documents: found by its hash, never changed."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    image = models.BinaryField()

    objects: CompanyManager["PrintedLogo"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "sha256"], name="printed_logo_once")]

    def __str__(self) -> str:
        return self.sha256


class IssueRun(models.Model):
    """Issuing many documents: a frozen set of orders, worked off by a job, stopped and resumed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=_KINDS)
    issue_date = models.DateField()
    state = models.CharField(max_length=10)  # preview, waiting, running, stopping, stopped, done
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    foreseen = models.JSONField(default=dict)  # what all ready ones together would move and post
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
