"""Orders as the seller works on them, their lines, and every revision as Allegro sent it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from stragan.companies.models import Company
from stragan.kit.fields import MinorUnitsField
from stragan.kit.tenancy import CompanyManager
from stragan.orders.states import OrderStatus, PaymentState, Queue
from stragan.shops.models import Shop

_VISIBLE = Q(visible=True)


def _list_index(name: str, *columns: str, only: Q | None = None) -> models.Index:
    return models.Index(fields=["company", *columns, "-created_at", "-id"], name=name, condition=only)


class Order(models.Model):
    """One checkout form for ever: unique by company, seller and form id, also after a shop is removed.

    Columns hold what lists, filters and searches need; the whole order is read from its latest
    revision. ``number`` counts within the company. ``created_at`` is *Data utworzenia*: when the
    order was downloaded. ``queue`` and ``visible`` are kept by ``orders.actions`` on each change.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="orders", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="orders", db_index=False)
    seller_id = models.CharField(max_length=40)
    allegro_id = models.CharField(max_length=60)
    number = models.BigIntegerField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    bought_at = models.DateTimeField(null=True)
    allegro_status = models.CharField(max_length=40)
    fulfillment_status = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10, choices=[(s.value, s.value) for s in OrderStatus])
    status_by_hand = models.BooleanField(default=False)
    queue = models.CharField(max_length=16, choices=[(q.value, q.value) for q in Queue])
    visible = models.BooleanField(default=True)
    payment_state = models.CharField(max_length=10, choices=[(p.value, p.value) for p in PaymentState])
    paid_at = models.DateTimeField(null=True)
    wants_invoice = models.BooleanField(default=False)
    has_original = models.BooleanField(default=False)
    changed_after_issue = models.BooleanField(default=False)
    problem = models.CharField(max_length=40, blank=True)  # the first of `problems`, for the filter
    problems = models.JSONField(default=list)
    currency = models.CharField(max_length=3)
    total = MinorUnitsField()
    delivery_cost = MinorUnitsField()
    services_total = MinorUnitsField()
    deposit = MinorUnitsField()
    received = MinorUnitsField()
    buyer_id = models.CharField(max_length=40, blank=True)
    buyer_login = models.CharField(max_length=120, blank=True)
    buyer_name = models.CharField(max_length=300, blank=True)
    buyer_nip = models.CharField(max_length=20, blank=True)
    delivery_method = models.CharField(max_length=200, blank=True)
    marketplace = models.CharField(max_length=40, blank=True)
    offer_id = models.CharField(max_length=40, blank=True)  # of the first line
    offer_name = models.CharField(max_length=300, blank=True)
    line_count = models.PositiveSmallIntegerField(default=0)
    has_message = models.BooleanField(default=False)
    content_sha256 = models.CharField(max_length=64)
    revision_count = models.PositiveIntegerField(default=1)
    superseded_by = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="supersedes", db_index=False
    )
    gone_at = models.DateTimeField(null=True)  # Allegro answers 404 and no successor is known
    search_text = models.TextField(blank=True)

    objects: CompanyManager["Order"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "seller_id", "allegro_id"], name="order_form_once"),
            models.UniqueConstraint(fields=["company", "number"], name="order_number_once"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in OrderStatus]), name="order_status_known"
            ),
        ]
        # Every tab and every single filter of the list reads one of these from its newest end.
        indexes = [
            _list_index("order_newest"),
            _list_index("order_queue", "queue"),
            _list_index("order_status", "status"),
            # Purchase and total at its end: a wide range of them is passed over without reading rows.
            models.Index(
                fields=["company", "-created_at", "-id", "bought_at", "total"],
                name="order_visible",
                condition=_VISIBLE,
            ),
            _list_index("order_shop", "shop", only=_VISIBLE),
            _list_index("order_payment", "payment_state", only=_VISIBLE),
            _list_index("order_invoice", "wants_invoice", only=_VISIBLE),
            _list_index("order_documented", "has_original", only=_VISIBLE),
            _list_index("order_delivery", "delivery_method", only=_VISIBLE),
            _list_index("order_marketplace", "marketplace", only=_VISIBLE),
            _list_index("order_currency", "currency", only=_VISIBLE),
            _list_index("order_problem", "problem", only=_VISIBLE),
            _list_index("order_changed", only=Q(changed_after_issue=True)),
            models.Index(fields=["company", "-bought_at", "-id"], name="order_bought", condition=_VISIBLE),
            models.Index(fields=["company", "-total", "-id"], name="order_total", condition=_VISIBLE),
            # Not "only where there is one": SQLite sees no empty text in a parameter that is still to come.
            models.Index(fields=["company", "buyer_nip"], name="order_nip"),
            models.Index(
                fields=["superseded_by"], name="order_successor", condition=Q(superseded_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class OrderLine(models.Model):
    """One purchase act. ``line_id`` survives merging: it is how a successor is recognized."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    seller_id = models.CharField(max_length=40)
    line_id = models.CharField(max_length=60)
    offer_id = models.CharField(max_length=40)
    offer_name = models.CharField(max_length=300)
    sku = models.CharField(max_length=120, blank=True)
    quantity = models.PositiveIntegerField()
    price = MinorUnitsField()
    vat_rate = models.CharField(max_length=12, blank=True)  # as Allegro said it: "23.00", or empty

    objects: CompanyManager["OrderLine"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "seller_id", "line_id"], name="order_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_name} × {self.quantity}"


class OrderRevision(models.Model):
    """What Allegro sent, as it came, compressed; one row per content that differed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    sequence = models.PositiveIntegerField()
    payload = models.BinaryField()  # zlib
    content_sha256 = models.CharField(max_length=64)
    trace_id = models.CharField(max_length=80, blank=True)
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "sequence"], name="order_revision_once")]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.sequence}"


class OrderEvent(models.Model):
    """What happened to an order here: the timeline, with who and why; never changed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["order", "id"], name="order_event_order")]

    def __str__(self) -> str:
        return self.verb
