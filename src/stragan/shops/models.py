"""Connected Allegro accounts: their tokens, their place in the journal, what must be fetched."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from stragan.companies.models import Company
from stragan.kit.fields import EncryptedTextField
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


class PendingForm(models.Model):
    """A checkout form the journal or a list named and that is still to be fetched.

    Written in the transaction that moves the cursor; deleted in the one that stores the order.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="pending_forms")
    form_id = models.CharField(max_length=60)
    event_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    error_code = models.CharField(max_length=80, blank=True)

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
        indexes = [models.Index(fields=["shop", "-id"], name="sync_run_latest")]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.state}"


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
    reconnects = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="+")
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
