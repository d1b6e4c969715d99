"""Connected Allegro accounts: their tokens, their place in the journal, what must be fetched."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from stragan.companies.models import Company
from stragan.kit.fields import EncryptedTextField, MinorUnitsField
from stragan.kit.tenancy import CompanyManager


class ShopState(models.TextChoices):
    """Whether orders can flow. ``RECONNECT`` asks the user to authorize again."""

    CONNECTED = "connected"
    RECONNECT = "reconnect"
    DISABLED = "disabled"
    REMOVED = "removed"


class BuyerDataSource(models.TextChoices):
    """Whose data become the buyer when no invoice was asked for (S17)."""

    DELIVERY = "delivery"
    ACCOUNT = "account"


class PushState(models.TextChoices):
    """Life of a stock that is sent to an offer."""

    WAITING = "waiting"
    SENDING = "sending"  # a command may have reached Allegro: its tasks say
    SENT = "sent"
    FAILED = "failed"


class Shop(models.Model):
    """One Allegro account of a company, known by an alias that only this system uses.

    ``cursor`` is the id of the latest journal event whose consequences are durably recorded.
    ``lease_*`` let one process at a time sync the shop; ``token_lease_until`` lets one refresh.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="shops")
    name = models.CharField(max_length=60)
    seller_id = models.CharField(max_length=40)
    allegro_login = models.CharField(max_length=120)
    marketplace = models.CharField(max_length=40, blank=True)
    api_url = models.CharField(max_length=200)
    auth_url = models.CharField(max_length=200)
    client_id = models.CharField(max_length=120)
    client_secret = EncryptedTextField(blank=True)
    state = models.CharField(max_length=12, choices=ShopState, default=ShopState.CONNECTED)
    state_reason = models.CharField(max_length=80, blank=True)
    buyer_source = models.CharField(max_length=10, choices=BuyerDataSource, default=BuyerDataSource.DELIVERY)
    since_date = models.DateField()
    access_token = EncryptedTextField(blank=True)
    refresh_token = EncryptedTextField(blank=True)
    token_obtained_at = models.DateTimeField(null=True)
    token_expires_at = models.DateTimeField(null=True)
    token_lease_until = models.DateTimeField(null=True)
    scopes = models.JSONField(default=list)
    cursor = models.CharField(max_length=60, blank=True)
    cursor_at = models.DateTimeField(null=True)
    latest_event_id = models.CharField(max_length=60, blank=True)
    latest_event_at = models.DateTimeField(null=True)
    windows_done_until = models.DateTimeField(null=True)  # first import: purchases up to here are in
    first_import_done_at = models.DateTimeField(null=True)
    updates_until = models.DateTimeField(null=True)  # latest updatedAt seen, by Allegro's own clock
    reconciled_at = models.DateTimeField(
        null=True
    )  # when the list was last asked for what the journal missed
    nightly_until = models.DateField(null=True)  # how far this night's look at open orders has come
    nightly_at = models.DateTimeField(null=True)  # when one came to its end
    synced_at = models.DateTimeField(null=True)
    manual_fetch_at = models.DateTimeField(null=True)
    next_sync_at = models.DateTimeField(null=True)
    failures_in_row = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=80, blank=True)
    error_params = models.JSONField(default=dict)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects: CompanyManager["Shop"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"], condition=~Q(state="removed"), name="shop_name_once"
            ),
            models.UniqueConstraint(fields=["company", "seller_id"], name="shop_seller_once"),
            models.CheckConstraint(condition=Q(state__in=ShopState.values), name="shop_state_known"),
            models.CheckConstraint(
                condition=Q(buyer_source__in=BuyerDataSource.values), name="shop_buyer_source_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AllegroQuota(models.Model):
    """What all processes of one application have asked of Allegro in the minute that runs. Real time."""

    client_id = models.CharField(max_length=120, unique=True)
    minute = models.DateTimeField()
    used = models.PositiveIntegerField()
    blocked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.client_id} {self.used}"


class PendingForm(models.Model):
    """A checkout form the journal or a list named and that is still to be fetched.

    Written in the transaction that moves the cursor; deleted in the one that stores the order.
    ``first_gone_at`` is when Allegro first said that it has no such form; nothing but seeing it undoes that.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="pending_forms")
    form_id = models.CharField(max_length=60)
    event_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    error_code = models.CharField(max_length=80, blank=True)
    first_gone_at = models.DateTimeField(null=True)  # by the clock that all machines share

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "form_id"], name="pending_form_once")]
        indexes = [models.Index(fields=["shop", "due_at", "id"], name="pending_form_due")]

    def __str__(self) -> str:
        return self.form_id


class QuarantinedForm(models.Model):
    """A payload that could not be read, kept as it came, with the reason; it blocks nobody."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="quarantined_forms")
    form_id = models.CharField(max_length=60)
    payload = models.BinaryField()  # zlib
    content_sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    trace_id = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    objects: CompanyManager["QuarantinedForm"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "form_id"], name="quarantined_form_once")]

    def __str__(self) -> str:
        return self.form_id


class SyncRun(models.Model):
    """One run of fetching a shop, by hand, in the background or by command, with its result."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="runs")
    trigger = models.CharField(max_length=12)  # manual, background, command
    state = models.CharField(max_length=10, default="waiting")  # waiting, running, done, failed
    stage = models.CharField(max_length=20, blank=True)  # journal, windows, forms
    requests = models.PositiveIntegerField(default=0)
    to_do = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    superseded = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=80, blank=True)
    error_params = models.JSONField(default=dict)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: CompanyManager["SyncRun"] = CompanyManager()

    class Meta:
        indexes = [
            models.Index(fields=["shop", "-id"], name="sync_run_latest"),
            models.Index(fields=["shop", "started_at"], name="sync_run_day"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.state}"


class Offer(models.Model):
    """One offer of a shop as Allegro's list told it last; kept when it ends and when Allegro forgets it.

    ``product_id`` is what purchases of it get now, kept by ``flows.offer_products`` (this room knows no
    products). ``sold`` counts pieces bought in the 30 days before the latest refresh. ``seen_level`` is the
    stock of the product, in 1/10,000, that was last looked at for sending; None before that.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="offers", db_index=False)
    offer_id = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300)  # folded, for sorting
    sku = models.CharField(max_length=120, blank=True)
    price = MinorUnitsField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    available = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=20)  # Allegro's word
    is_active = models.BooleanField(default=True)
    in_allegro_stock = models.BooleanField(default=False)  # One Fulfillment: not our goods to count
    category_id = models.CharField(max_length=40, blank=True)
    marketplace = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    product_id = models.BigIntegerField(null=True)
    sold = models.PositiveIntegerField(default=0)
    seen_level = models.BigIntegerField(null=True)
    refreshed_at = models.DateTimeField()
    search_text = models.TextField(blank=True)

    objects: CompanyManager["Offer"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "offer_id"], name="offer_once")]
        indexes = [
            # With what is left at the end: offers with more are passed over without reading rows.
            models.Index(fields=["company", "is_active", "-sold", "-id", "available"], name="offer_sold"),
            models.Index(
                fields=["company", "shop", "is_active", "-sold", "-id", "available"], name="offer_shop"
            ),
            models.Index(fields=["company", "is_active", "name_key", "id", "available"], name="offer_name"),
            models.Index(fields=["company", "is_active", "price", "id", "available"], name="offer_price"),
            models.Index(fields=["company", "is_active", "available", "id"], name="offer_available"),
            # By the product as a column: a partial index is passed over for one that holds all offers.
            models.Index(
                fields=["company", "is_active", "product_id", "-sold", "-id", "available"],
                name="offer_unmatched",
            ),
            models.Index(
                fields=["company", "shop", "is_active", "product_id", "-sold", "-id", "available"],
                name="offer_unmatched_shop",
            ),
            models.Index(
                fields=["company", "product_id"],
                condition=Q(product_id__isnull=False),
                name="offer_product",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfferRefresh(models.Model):
    """How the refreshing of a shop's offers stands: one row per shop."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="offer_refresh")
    read = models.PositiveIntegerField(default=0)
    to_do = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)  # of the latest that came to its end
    next_at = models.DateTimeField()
    error_code = models.CharField(max_length=80, blank=True)
    error_params = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.shop_id}"


class OfferPush(models.Model):
    """The intent to set an offer's stock on Allegro, and what became of it.

    ``command_id`` is ours, stored before Allegro is called: after a lost answer it says whether the command
    arrived. ``quantity`` is worked out anew when it is sent; ``was`` is what Allegro had as far as known.
    ``sent_at`` is when that began, by the clock that all machines share, as ``due_at`` is of what was taken
    before. ``attempts`` rises with each look: it tells the present holder of the row from an earlier one.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="pushes")
    state = models.CharField(max_length=8, choices=PushState, default=PushState.WAITING)
    quantity = models.PositiveIntegerField(null=True)
    was = models.PositiveIntegerField(null=True)
    command_id = models.CharField(max_length=36, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    reason_code = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # Allegro's own words for people
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects: CompanyManager["OfferPush"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer"], condition=Q(state="waiting"), name="offer_push_waits_once"
            ),
            models.UniqueConstraint(
                fields=["offer"], condition=Q(state="sending"), name="offer_push_sends_once"
            ),
            models.CheckConstraint(condition=Q(state__in=PushState.values), name="offer_push_state_known"),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="offer_push_state"),
            models.Index(
                fields=["shop", "due_at", "id"],
                condition=Q(state__in=["waiting", "sending"]),
                name="offer_push_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.quantity} {self.state}"


class PaymentOperation(models.Model):
    """One move in a wallet of the account, as Allegro listed it. Append-only: rows are never changed.

    Allegro gives it no id. ``key`` is the SHA-256 of all that tells it apart, see ``shops.payments``. A move
    that passed from one wallet to the other is listed in both, so it has two rows.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    wallet = models.CharField(max_length=12)  # AVAILABLE, WAITING
    operator = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=60)  # Allegro's type: CONTRIBUTION, REFUND_CHARGE, PAYOUT, …
    group = models.CharField(max_length=20, blank=True)
    occurred_at = models.DateTimeField()
    amount = MinorUnitsField()  # signed
    currency = models.CharField(max_length=3)
    payment_id = models.CharField(max_length=60, blank=True)
    payout_id = models.CharField(max_length=60, blank=True)
    marketplace = models.CharField(max_length=40, blank=True)
    balance = MinorUnitsField(null=True)  # of the wallet after it, as it was told when first listed
    read_at = models.DateTimeField()

    objects: CompanyManager["PaymentOperation"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="payment_operation_once")]
        indexes = [
            models.Index(fields=["shop", "payment_id"], name="payment_operation_payment"),
            models.Index(fields=["shop", "occurred_at"], name="payment_operation_time"),
            # By the kind as a column: SQLite sees no certain kind in a parameter.
            models.Index(fields=["shop", "kind", "occurred_at"], name="payment_operation_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class PaymentsRead(models.Model):
    """How far a shop's payment operations were read: everything from ``since`` to ``until`` is here."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="payments_read")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # when the latest run came to its end
    next_at = models.DateTimeField()
    error_code = models.CharField(max_length=80, blank=True)
    error_params = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.shop_id}"


class BillingEntry(models.Model):
    """One fee or credit as Allegro booked it. Append-only: entries are never changed.

    ``amount`` is gross and signed: negative is a cost. ``tax_percent`` is the VAT in it in 1/100 of a
    percent, 0 where Allegro says there is none, None where it says nothing. ``form_id`` is the order as
    Allegro named it, which may have been merged away; empty for costs of the account as a whole.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry_id = models.CharField(max_length=60)
    type_id = models.CharField(max_length=20)
    marketplace = models.CharField(max_length=40, blank=True)
    occurred_at = models.DateTimeField()
    amount = MinorUnitsField()
    currency = models.CharField(max_length=3)
    tax_percent = models.PositiveIntegerField(null=True)
    form_id = models.CharField(max_length=60, blank=True)
    offer_id = models.CharField(max_length=40, blank=True)
    read_at = models.DateTimeField()

    objects: CompanyManager["BillingEntry"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "entry_id"], name="billing_entry_once")]
        indexes = [
            models.Index(fields=["shop", "form_id"], name="billing_entry_form"),
            models.Index(fields=["shop", "occurred_at"], name="billing_entry_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type_id} {self.amount} {self.currency}"


class BillingType(models.Model):
    """What Allegro calls a kind of fee, as it told last; for all companies."""

    type_id = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    group_id = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.type_id} {self.name}"


class BillingRead(models.Model):
    """How far a shop's billing entries were read: everything from ``since`` to ``until`` is here.

    That holds for each of ``marketplaces``, which Allegro bills apart.
    """

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="billing_read")
    marketplaces = models.JSONField(default=list)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    looked_back_at = models.DateTimeField(null=True)  # when some days were last read once more
    read_at = models.DateTimeField(null=True)  # when the latest run came to its end
    next_at = models.DateTimeField()
    error_code = models.CharField(max_length=80, blank=True)
    error_params = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.shop_id}"


class JournalMark(models.Model):
    """Where in Allegro's journal a Warsaw day begins: every event of that day follows ``event_id``.

    Empty where the day begins with the oldest event. Lets a check of a day pass over those before it.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    event_id = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "day"], name="journal_mark_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.event_id}"


class Authorization(models.Model):
    """A started connection to Allegro: bound to one browser session and company, used once."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)  # code, device
    state_sha256 = models.CharField(max_length=64, unique=True)
    session_sha256 = models.CharField(max_length=64, blank=True)
    secret = EncryptedTextField(blank=True)  # PKCE verifier or device code
    user_code = models.CharField(max_length=40, blank=True)
    verification_url = models.CharField(max_length=300, blank=True)
    interval_s = models.PositiveSmallIntegerField(default=5)
    next_poll_at = models.DateTimeField(null=True)
    shop_name = models.CharField(max_length=60)
    shop = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="+")  # once connected
    buyer_source = models.CharField(max_length=10, choices=BuyerDataSource)
    since_date = models.DateField()
    client_id = models.CharField(max_length=120, blank=True)
    client_secret = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=80, blank=True)

    objects: CompanyManager["Authorization"] = CompanyManager()

    def __str__(self) -> str:
        return f"{self.kind} {self.shop_name}"
