"""The stock ledger: notes and their moves, which are only ever added, and what follows from them."""

import uuid
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stragan.companies.models import Company
from stragan.kit.fields import AverageCostField, MinorUnitsField, QuantityField
from stragan.kit.tenancy import CompanyManager
from stragan.orders.models import Order
from stragan.products.models import Product
from stragan.warehouse.states import EndCode, NoteKind

_KINDS: Final = [(kind.value, kind.value) for kind in NoteKind]
_ZERO: Final = Decimal(0)


class NoteSeries(models.Model):
    """The next number of one kind of notes in one month. Taken in the transaction that moves stock."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=4, choices=_KINDS)
    period = models.CharField(max_length=7)  # 2026-11
    next_sequence = models.BigIntegerField(default=1)

    objects: CompanyManager["NoteSeries"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "period"], name="note_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class StockNote(models.Model):
    """One paper of the warehouse. The database refuses to change or delete a row.

    A note that follows from a sales document names it by id and number: this room knows no documents.
    A mistake is undone by a note of the same kind that ``reverses`` it, once.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=4, choices=_KINDS)
    number = models.CharField(max_length=40)
    series = models.ForeignKey(NoteSeries, on_delete=models.PROTECT, related_name="+", db_index=False)
    sequence = models.BigIntegerField()
    date = models.DateField()
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    document_id = models.BigIntegerField(null=True)
    document_number = models.CharField(max_length=60, blank=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    supplier = models.CharField(max_length=200, blank=True)
    supplier_number = models.CharField(max_length=60, blank=True)  # of the paper that came with the goods
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects: CompanyManager["StockNote"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="note_number_once"),
            models.UniqueConstraint(fields=["series", "sequence"], name="note_sequence_once"),
        ]
        indexes = [
            models.Index(fields=["company", "-date", "-id"], name="note_newest"),
            models.Index(fields=["company", "kind", "-date", "-id"], name="note_kind"),
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="note_order"),
            models.Index(
                fields=["document_id"], condition=Q(document_id__isnull=False), name="note_document"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class StockMove(models.Model):
    """One product moved by a note: the ledger itself. The database refuses to change or delete a row.

    ``quantity`` is negative for goods that leave; ``balance`` is what was on hand after it. ``unit_cost``
    (PLN) is the purchase cost of goods that come, where it is known, and the average cost of goods that
    leave. ``line_id`` names the line of the order or document.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.ForeignKey(StockNote, on_delete=models.PROTECT, related_name="moves")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = QuantityField()
    balance = QuantityField()
    unit_cost = MinorUnitsField(null=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    line_id = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    objects: CompanyManager["StockMove"] = CompanyManager()

    class Meta:
        indexes = [models.Index(fields=["product", "-id"], name="move_card")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.quantity}"


class StockLevel(models.Model):
    """What there is of a product now: sums of its moves and live reservations, kept in their transaction.

    Every product has its row, with what the stock list sorts and hides by: ``warehouse.following`` copies
    it whenever the catalog changes. A bundle never lies on a shelf, and an archived product is listed as
    long as something of it is left. ``average`` is the average purchase cost of one unit in PLN, in
    1/10,000; None where no cost is known.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="level")
    on_hand = QuantityField(default=_ZERO)
    reserved = QuantityField(default=_ZERO)
    average = AverageCostField(null=True)
    name_key = models.CharField(max_length=300, blank=True, default="", db_default="")
    is_bundle = models.BooleanField(default=False, db_default=False)
    is_archived = models.BooleanField(default=False, db_default=False)
    # These follow from the others, as the constraints say. Not generated: SQLite covers no query by those.
    available = QuantityField(default=_ZERO, db_default=_ZERO)
    is_listed = models.BooleanField(default=True, db_default=True)

    objects: CompanyManager["StockLevel"] = CompanyManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(available=F("on_hand") - F("reserved")), name="level_available_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(is_listed=True, is_bundle=False) & (Q(is_archived=False) | ~Q(on_hand=_ZERO))
                | Q(is_listed=False) & (Q(is_bundle=True) | Q(is_archived=True, on_hand=_ZERO)),
                name="level_listed_as_it_is",
            ),
        ]
        # Every sort and tab of the stock list reads one of these, and counts by it alone.
        indexes = [
            models.Index(fields=["company", "is_listed", "name_key", "product"], name="level_name"),
            *(
                models.Index(fields=["company", "is_listed", figure, "name_key", "product"], name=name)
                for figure, name in (
                    ("on_hand", "level_on_hand"),
                    ("reserved", "level_held"),
                    ("available", "level_available"),
                )
            ),
            *(
                models.Index(
                    fields=["company", "name_key", "product", "is_listed", figure],
                    condition=condition,
                    name=name,
                )
                for figure, condition, name in (
                    ("on_hand", Q(on_hand__lt=_ZERO), "level_below_zero"),
                    ("reserved", Q(reserved__gt=_ZERO), "level_reserved"),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.on_hand}"

    def settle(self) -> None:
        """Work out what follows from the other columns."""
        self.available = self.on_hand - self.reserved
        self.is_listed = not self.is_bundle and not (self.is_archived and self.on_hand == 0)


class Reservation(models.Model):
    """Goods promised to an order that has no document yet; live while ``ended_at`` is empty."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+", db_index=False)
    line_id = models.CharField(max_length=60)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    quantity = QuantityField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_code = models.CharField(max_length=12, blank=True, choices=[(c.value, c.value) for c in EndCode])

    objects: CompanyManager["Reservation"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "line_id", "product"],
                condition=Q(ended_at__isnull=True),
                name="reservation_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "id"], condition=Q(ended_at__isnull=True), name="reservation_product"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.product_id} {self.quantity}"


class LineIssue(models.Model):
    """Goods of an order's line that are out now: one row, whatever document took them and however often.

    Goods that come back lower ``quantity``; when all are back the row is gone, and they may leave again.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", db_index=False)
    line_id = models.CharField(max_length=60)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = QuantityField()
    document_id = models.BigIntegerField()

    objects: CompanyManager["LineIssue"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_id", "product"], name="line_issued_once"),
            models.CheckConstraint(condition=Q(quantity__gt=_ZERO), name="line_issue_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.line_id} {self.quantity}"
