"""Orders as the seller works on them, their lines, and every revision as Allegro sent it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from stragan.companies.models import Company
from stragan.kit.fields import MinorUnitsField
from stragan.kit.tenancy import CompanyManager
from stragan.orders.problem_index import problem_indexes
from stragan.orders.states import (
    KIND_COLUMNS,
    CheckDifference,
    CheckState,
    OrderStatus,
    PaymentState,
    Queue,
)
from stragan.products.models import Product
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
    problem = models.CharField(max_length=40, blank=True)  # the first of `problems`, for the list
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
    deleted_at = models.DateTimeField(null=True)  # softly, by a person; stays in the reconciliation
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    delete_reason = models.CharField(max_length=300, blank=True)
    # Which documents it has now, kept by ``document_marks`` for the filter.
    has_document = models.BooleanField(default=False, db_default=False)
    has_invoice = models.BooleanField(default=False, db_default=False)
    has_receipt = models.BooleanField(default=False, db_default=False)
    has_pro_forma = models.BooleanField(default=False, db_default=False)
    has_offer = models.BooleanField(default=False, db_default=False)
    has_other_income = models.BooleanField(default=False, db_default=False)
    has_correction = models.BooleanField(default=False, db_default=False)
    country = models.CharField(max_length=2, blank=True, default="", db_default="")  # where it is sent
    note = models.CharField(max_length=2000, blank=True, default="", db_default="")  # the seller's own
    search_text = models.TextField(blank=True)
    # Since then neither its columns nor its revisions hold contact data.
    contact_purged_at = models.DateTimeField(null=True)

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
            # With the deletion at its end, so that deleted orders are passed over without reading rows.
            models.Index(fields=["company", "-created_at", "-id", "deleted_at"], name="order_newest"),
            # Currency and total at its end: START adds up what waits for documents without reading rows.
            models.Index(
                fields=["company", "queue", "-created_at", "-id", "currency", "total"],
                name="order_queue",
            ),
            models.Index(
                fields=["company", "status", "-created_at", "-id", "deleted_at"], name="order_status"
            ),
            _list_index("order_deleted", only=Q(deleted_at__isnull=False)),
            # Purchase and total at its end: a wide range of them is passed over without reading rows.
            models.Index(
                fields=["company", "-created_at", "-id", "bought_at", "total"],
                name="order_visible",
                condition=_VISIBLE,
            ),
            _list_index("order_shop", "shop", only=_VISIBLE),
            _list_index("order_payment", "payment_state", only=_VISIBLE),
            _list_index("order_invoice", "wants_invoice", only=_VISIBLE),
            _list_index("order_documented", "has_document", only=_VISIBLE),
            *(
                _list_index(f"order_{column}", only=_VISIBLE & Q((column, True)))
                for column in KIND_COLUMNS.values()
            ),
            _list_index("order_delivery", "delivery_method", only=_VISIBLE),
            _list_index("order_marketplace", "marketplace", only=_VISIBLE),
            _list_index("order_currency", "currency", only=_VISIBLE),
            *problem_indexes(),
            _list_index("order_changed", only=Q(changed_after_issue=True, deleted_at__isnull=True)),
            models.Index(fields=["company", "-bought_at", "-id"], name="order_bought", condition=_VISIBLE),
            models.Index(fields=["company", "-total", "-id"], name="order_total", condition=_VISIBLE),
            # Not "only where there is one": SQLite sees no empty text in a parameter that is still to come.
            models.Index(fields=["company", "buyer_nip"], name="order_nip"),
            models.Index(
                fields=["company", "bought_at", "created_at"],
                name="order_with_contact",
                condition=Q(contact_purged_at__isnull=True),
            ),
            models.Index(
                fields=["superseded_by"], name="order_successor", condition=Q(superseded_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class OrderLine(models.Model):
    """One purchase act. ``line_id`` survives merging: it is how a successor is recognized.

    ``product`` is what the offer was matched to, None while unmatched or ambiguous.
    """

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
    product = models.ForeignKey(
        Product, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    objects: CompanyManager["OrderLine"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "seller_id", "line_id"], name="order_line_once"),
        ]
        indexes = [
            models.Index(fields=["company", "seller_id", "offer_id", "order"], name="order_line_offer"),
            models.Index(
                # With its id: whether an order has the product in two lines is read from the index alone.
                fields=["product", "order", "id"],
                condition=Q(product__isnull=False),
                name="order_line_product",
            ),
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


class OrderPayment(models.Model):
    """A payment that an order named at any time: its own, of a surcharge. Ties payment operations to orders.

    Kept when the content names it no more, and with an order that was merged into another.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments", db_index=False)
    payment_id = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment_id", "order"], name="order_payment_once"),
        ]

    def __str__(self) -> str:
        return self.payment_id


class OrderMoney(models.Model):
    """What an order brought and cost, kept beside it so that lists read it by its id. See ``orders.money``.

    ``due`` asks for it to be worked out anew. Amounts of fees are positive here: ``charged`` less
    ``returned`` is the commission. ``profit`` is None while it cannot be known; ``basis`` says which amounts
    it compares. Final from ``settles_at`` on; None while ``gap`` keeps it open whatever time passes.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="money")
    due = models.BooleanField(default=True, db_default=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    received = MinorUnitsField(null=True)
    refunded = MinorUnitsField(null=True)
    charged = MinorUnitsField(null=True)
    returned = MinorUnitsField(null=True)
    subsidy = MinorUnitsField(null=True)
    cost = MinorUnitsField(null=True)
    profit = MinorUnitsField(null=True)
    basis = models.CharField(max_length=6, blank=True, default="", db_default="")
    gap = models.CharField(max_length=20, blank=True, default="", db_default="")
    settles_at = models.DateTimeField(null=True)

    objects: CompanyManager["OrderMoney"] = CompanyManager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "order"], condition=Q(due=True), name="order_money_due"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.profit}"


class ReconcileRun(models.Model):
    """Allegro's orders of a period held against ours: when, by whom, and whether they agree.

    Days are Warsaw days of purchase, both included. ``shop`` is None where all shops are asked.
    ``complete`` is None until it is done. ``attempt`` tells a run taken up again from its dead beginning.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in CheckState])
    stage = models.CharField(max_length=60, blank=True)  # name of the shop being asked
    attempt = models.PositiveSmallIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    to_do = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)  # of Allegro, in the period
    totals = models.JSONField(default=dict)  # currency → what buyers pay for them, as decimal text
    gaps = models.PositiveIntegerField(default=0)  # differences without an explanation
    # By shop id, then list, journal, payments, refunds: whether each was compared, else why not, its counts.
    sources = models.JSONField(default=dict)
    is_daily = models.BooleanField(default=False)  # of a statement: not listed among people's checks
    complete = models.BooleanField(null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()  # real time
    finished_at = models.DateTimeField(null=True)

    objects: CompanyManager["ReconcileRun"] = CompanyManager()

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="reconcile_run_newest")]

    def __str__(self) -> str:
        return f"{self.since} {self.until} {self.state}"


class ReconcileFinding(models.Model):
    """One difference between Allegro's orders and ours, with its cause where that is known.

    ``is_current`` until a later run looked at the same shop and day of purchase. ``revision`` is that of the
    order when it was found: a finding about an older content says nothing any more.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    run = models.ForeignKey(ReconcileRun, on_delete=models.CASCADE, related_name="findings")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    order = models.ForeignKey(Order, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    revision = models.PositiveIntegerField(null=True)
    allegro_id = models.CharField(max_length=60, blank=True)
    bought_at = models.DateTimeField(null=True)
    difference = models.CharField(max_length=20, choices=[(d.value, d.value) for d in CheckDifference])
    cause = models.CharField(max_length=20, blank=True)
    facts = models.JSONField(default=dict)  # numbers, codes and amounts its sentences need
    ours = models.CharField(max_length=40, blank=True)  # an amount or a status, as text
    allegro = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    explained = models.BooleanField(default=False)
    is_current = models.BooleanField(default=True)

    objects: CompanyManager["ReconcileFinding"] = CompanyManager()

    class Meta:
        indexes = [
            models.Index(
                fields=["order"],
                name="reconcile_finding_order",
                condition=Q(is_current=True, explained=False),
            ),
            models.Index(
                fields=["company", "shop", "bought_at"],
                name="reconcile_finding_now",
                condition=Q(is_current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.difference} {self.allegro_id}"


class Statement(models.Model):
    """Whether a shop's day was complete by all of Allegro's sources and our orders, signed. Append-only.

    ``content`` is the canonical JSON (zlib) that ``sha256`` and ``signature`` were made of. The newest row of
    a shop and day counts; earlier ones stay.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()  # of purchase, in Warsaw
    run = models.ForeignKey(ReconcileRun, on_delete=models.PROTECT, related_name="+", db_index=False)
    complete = models.BooleanField()
    orders = models.PositiveIntegerField()  # of Allegro
    totals = models.JSONField(default=dict)  # currency → what buyers pay for them, as decimal text
    gaps = models.PositiveIntegerField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    signature = models.CharField(max_length=120)  # Ed25519, base64
    public_key = models.CharField(max_length=60)  # base64
    made_at = models.DateTimeField()  # real time

    objects: CompanyManager["Statement"] = CompanyManager()

    class Meta:
        indexes = [models.Index(fields=["company", "day", "shop", "-id"], name="statement_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.complete}"


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


class ListChoice(models.Model):
    """How one person likes the list of one company: columns in their order, the view it opens with."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)  # empty: the default set
    opening_view = models.ForeignKey("SavedView", null=True, on_delete=models.SET_NULL, related_name="+")

    objects: CompanyManager["ListChoice"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="list_choice_once")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.user_id}"


class SavedView(models.Model):
    """A named way to look at the list: filters with their sort as an address, and columns."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    columns = models.JSONField(default=list)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects: CompanyManager["SavedView"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "owner", "name"], name="saved_view_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_named"),
        ]

    def __str__(self) -> str:
        return self.name
