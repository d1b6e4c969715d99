"""Writers that a shop has switched on, and what they send to its orders on Allegro."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from stragan.companies.models import Company
from stragan.documents.models import Document
from stragan.kit.tenancy import CompanyManager
from stragan.orders.models import Order
from stragan.outbox.states import OVER, UNFINISHED, Kind, SendingState
from stragan.shops.models import Shop

_KINDS = [(kind.value, kind.value) for kind in Kind]


class Writer(models.Model):
    """One kind of things that may be sent to one shop. Without a row it was never switched on.

    ``unasked``: invoices are sent also where the buyer asked for none. ``on_issue`` and ``on_parcel``: the
    fulfilment status an order gets on Allegro after that deed, empty for none.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="writers", db_index=False)
    kind = models.CharField(max_length=8, choices=_KINDS)
    is_on = models.BooleanField(default=False)
    unasked = models.BooleanField(default=False)
    on_issue = models.CharField(max_length=20, blank=True)
    on_parcel = models.CharField(max_length=20, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    objects: CompanyManager["Writer"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "kind"], name="writer_once"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in Kind]), name="writer_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.kind}"


class Carrier(models.Model):
    """A carrier as Allegro's dictionary tells it, the same for all companies."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Parcel(models.Model):
    """One parcel of an order: its carrier by Allegro's id (``OTHER`` with a name) and its number."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parcels", db_index=False)
    carrier = models.CharField(max_length=40)
    carrier_name = models.CharField(max_length=30, blank=True)
    waybill = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    objects: CompanyManager["Parcel"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "waybill"], name="parcel_once")]

    def __str__(self) -> str:
        return self.waybill


class Sending(models.Model):
    """One thing to be sent to an order on Allegro, and what became of it.

    Written in the transaction that causes it. ``remote_id`` is the id Allegro gave the record, stored before
    anything more is sent to it. ``attempts`` rises with each look at the row: who holds another number
    holds it no longer. Instants are real time.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="sendings", db_index=False)
    kind = models.CharField(max_length=8, choices=_KINDS)
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in SendingState])
    document = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="sendings", db_index=False
    )
    parcel = models.ForeignKey(
        Parcel, null=True, on_delete=models.CASCADE, related_name="sendings", db_index=False
    )
    target = models.CharField(max_length=20, blank=True)  # the status an order is to get
    is_automatic = models.BooleanField(default=False)  # a deed asked for it, no person
    remote_id = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    reason_code = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # Allegro's own words
    trace_id = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects: CompanyManager["Sending"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(kind=Kind.INVOICE.value), name="sending_document_once"
            ),
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(kind=Kind.PARCEL.value), name="sending_parcel_once"
            ),
            # Allegro takes the things of one order one after another.
            models.UniqueConstraint(
                fields=["order", "kind"], condition=Q(state=SendingState.SENDING.value), name="sending_alone"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in SendingState]), name="sending_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.INVOICE.value, document__isnull=False, parcel__isnull=True)
                | Q(kind=Kind.PARCEL.value, document__isnull=True, parcel__isnull=False)
                | (Q(kind=Kind.STATUS.value, document__isnull=True, parcel__isnull=True) & ~Q(target="")),
                name="sending_has_its_thing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in UNFINISHED], done_at__isnull=True)
                | Q(state__in=[s.value for s in OVER], done_at__isnull=False),
                name="sending_done_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "kind", "state", "-id"], name="sending_state"),
            models.Index(fields=["order", "-id"], name="sending_order"),
            models.Index(
                fields=["shop", "due_at", "id"],
                condition=Q(state__in=[s.value for s in UNFINISHED]),
                name="sending_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id} {self.state}"
