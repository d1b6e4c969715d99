"""The books: rows of the VAT register and of the book of revenue, their sums, closed months, reports.

Rows are written in the transaction that issues, corrects or voids a document and never change; what was
wrong is taken back by a row of its own (``reverses``). Sums per day follow in the same transaction, so that
a month of any size is added up from a few rows.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from stragan.books.states import Confirmation, Register, RowType
from stragan.companies.models import Company
from stragan.documents.models import Document
from stragan.kit.fields import MinorUnitsField
from stragan.kit.tenancy import CompanyManager

_TYPES = [(kind.value, kind.value) for kind in RowType]
_REGISTERS = [(register.value, register.value) for register in Register]


class Ledger(models.Model):
    """One row per company: locked by whoever posts, closes or reopens, so that these never interleave."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="+")

    objects: CompanyManager["Ledger"] = CompanyManager()

    def __str__(self) -> str:
        return f"ledger {self.company_id}"


class ClosedMonth(models.Model):
    """A month of one register was closed; reopening ends the row and stays to be seen."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    register = models.CharField(max_length=8, choices=_REGISTERS)
    period = models.CharField(max_length=7)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reopen_reason = models.CharField(max_length=300, blank=True)

    objects: CompanyManager["ClosedMonth"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "register", "period"],
                condition=Q(reopened_at__isnull=True),
                name="month_closed_once",
            ),
        ]
        indexes = [models.Index(fields=["company", "period", "id"], name="closed_month_period")]

    def __str__(self) -> str:
        return f"{self.register} {self.period}"


class CashReport(models.Model):
    """The monthly report of a cash register outside, typed in: gross, net and VAT per rate as it says."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.CharField(max_length=7)
    number = models.CharField(max_length=60)
    register_id = models.CharField(max_length=40)  # the cash register's own
    day = models.DateField()
    rates = models.JSONField()  # [{"code", "net", "vat", "gross"}], amounts as text
    net = MinorUnitsField()
    vat = MinorUnitsField()
    gross = MinorUnitsField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects: CompanyManager["CashReport"] = CompanyManager()

    class Meta:
        indexes = [models.Index(fields=["company", "period", "id"], name="cash_report_period")]

    def __str__(self) -> str:
        return self.number


class _Row(models.Model):
    """What rows of both books have. ``period`` is where it stands, ``due_period`` where it belonged.

    The two differ only where that month was closed already; then ``due_period`` is not empty. ``turn``
    counts up when a document is posted again after its first row was taken back.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    document = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    report = models.ForeignKey(
        CashReport, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reverses = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="reversals", db_index=False
    )
    turn = models.PositiveSmallIntegerField(default=1)
    type = models.CharField(max_length=3, choices=_TYPES, blank=True)
    daily = models.BooleanField()  # shown as one row a day, from the daily record of sales
    number = models.CharField(max_length=60)
    issue_date = models.DateField()
    day = models.DateField()  # VAT date (art. 19a) or revenue date (PIT Act art. 14(1c))
    period = models.CharField(max_length=7)
    due_period = models.CharField(max_length=7, blank=True)
    country = models.CharField(max_length=2, blank=True)
    tax_id = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=512, blank=True)
    posted_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.period} {self.number}"


class VatRow(_Row):
    """One row of the VAT sales register (VAT Act art. 109(3)): amounts in PLN per field of JPK_V7(3)."""

    sale_date = models.DateField(null=True)  # only where it differs from the issue date
    gtu = models.CharField(max_length=40, blank=True)  # 01 to 13, comma between
    procedures = models.CharField(max_length=60, blank=True)
    k_10 = MinorUnitsField()
    k_11 = MinorUnitsField()
    k_13 = MinorUnitsField()
    k_15 = MinorUnitsField()
    k_16 = MinorUnitsField()
    k_17 = MinorUnitsField()
    k_18 = MinorUnitsField()
    k_19 = MinorUnitsField()
    k_20 = MinorUnitsField()
    k_21 = MinorUnitsField()
    k_22 = MinorUnitsField()
    net = MinorUnitsField()
    vat = MinorUnitsField()
    gross = MinorUnitsField()

    objects: CompanyManager["VatRow"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "turn"],
                condition=Q(reverses__isnull=True, document__isnull=False),
                name="vat_row_once",
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="vat_row_reversed_once"
            ),
        ]
        indexes = [
            # The document behind the order of the register: a search finds its rows in the index.
            models.Index(
                fields=["company", "period", "daily", "day", "id", "document"], name="vat_row_period"
            ),
            models.Index(fields=["report"], condition=Q(report__isnull=False), name="vat_row_report"),
            # The first and the last document of a month: a search looks no further.
            models.Index(fields=["company", "period", "document"], name="vat_row_document"),
        ]


class RevenueRow(_Row):
    """One row of the book of revenue: KPiR column 9, or the flat-rate register with one row per rate.

    ``amount`` is net for a VAT payer and the whole amount for an exempt seller, in PLN. ``name`` and
    ``address`` are given only where there is no tax id and an invoice was issued (KPiR columns 6 and 7).
    """

    book = models.CharField(max_length=8, choices=_REGISTERS)
    rate = models.CharField(max_length=4, blank=True)  # percent of the flat tax; empty in KPiR
    address = models.CharField(max_length=600, blank=True)
    description = models.CharField(max_length=100)  # a code of ``web.books.words``
    amount = MinorUnitsField()

    objects: CompanyManager["RevenueRow"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "book", "rate", "turn"],
                condition=Q(reverses__isnull=True, document__isnull=False),
                name="revenue_row_once",
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="revenue_row_reversed_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "book", "period", "daily", "day", "id", "document"],
                name="revenue_row_period",
            ),
            models.Index(fields=["report"], condition=Q(report__isnull=False), name="revenue_row_report"),
            models.Index(fields=["company", "book", "period", "document"], name="revenue_row_document"),
        ]


class VatSum(models.Model):
    """Sums of a day's VAT rows of one type in a month. ``rows`` counts all, ``count`` what still stands."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.CharField(max_length=7)
    day = models.DateField()
    type = models.CharField(max_length=3, choices=_TYPES, blank=True)
    rows = models.BigIntegerField()
    count = models.BigIntegerField()
    k_10 = MinorUnitsField()
    k_11 = MinorUnitsField()
    k_13 = MinorUnitsField()
    k_15 = MinorUnitsField()
    k_16 = MinorUnitsField()
    k_17 = MinorUnitsField()
    k_18 = MinorUnitsField()
    k_19 = MinorUnitsField()
    k_20 = MinorUnitsField()
    k_21 = MinorUnitsField()
    k_22 = MinorUnitsField()
    net = MinorUnitsField()
    vat = MinorUnitsField()
    gross = MinorUnitsField()

    objects: CompanyManager["VatSum"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "period", "day", "type"], name="vat_sum_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.day} {self.type}"


class RevenueSum(models.Model):
    """Sums of the revenue rows of one day, type and rate in a month, as ``VatSum``."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    book = models.CharField(max_length=8, choices=_REGISTERS)
    period = models.CharField(max_length=7)
    day = models.DateField()
    type = models.CharField(max_length=3, choices=_TYPES, blank=True)
    rate = models.CharField(max_length=4, blank=True)
    rows = models.BigIntegerField()
    count = models.BigIntegerField()
    amount = MinorUnitsField()

    objects: CompanyManager["RevenueSum"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "book", "period", "day", "type", "rate"], name="revenue_sum_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.period} {self.day} {self.type}"


class CorrectionReceipt(models.Model):
    """The day the receipt of a correction in minus was confirmed, and how; a document's latest row counts.

    ``how`` is empty where the day was noted before that was asked.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    how = models.CharField(
        max_length=16, blank=True, default="", choices=[(one.value, one.value) for one in Confirmation]
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects: CompanyManager["CorrectionReceipt"] = CompanyManager()

    def __str__(self) -> str:
        return f"{self.document_id} {self.day}"


class AwaitedReceipt(models.Model):
    """A posted correction in minus whose tax waits for confirmed receipt; gone once its VAT row stands."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()

    objects: CompanyManager["AwaitedReceipt"] = CompanyManager()

    def __str__(self) -> str:
        return f"awaited {self.document_id}"


class PastPosting(models.Model):
    """Posting the past ("Zaksięguj przeszłość"): a job walks documents by id, posts what lacks rows."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    book = models.CharField(max_length=8, choices=_REGISTERS)
    state = models.CharField(max_length=8)  # waiting, done
    last_document = models.BigIntegerField(default=0)
    until_document = models.BigIntegerField()
    seen = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    posted = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    finished_at = models.DateTimeField(null=True)

    objects: CompanyManager["PastPosting"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(finished_at__isnull=True), name="past_posting_once"
            ),
        ]

    def __str__(self) -> str:
        return f"past {self.company_id}"
