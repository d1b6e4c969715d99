"""The catalog: products, the names their offers bear, what bundles are made of, remembered offers."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stragan.companies.models import Company
from stragan.kit.fields import MinorUnitsField, QuantityField
from stragan.kit.tenancy import CompanyManager


class Product(models.Model):
    """Something the company sells. ``price`` is gross in PLN; ``vat_code`` one of ``core.vat`` or empty.

    ``is_bundle`` says that stock is moved for its components, never for itself. An archived product is
    matched no more and stays on documents and stock cards.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300)  # folded, for sorting and for the exact match of names
    sku = models.CharField(max_length=120, blank=True)
    ean = models.CharField(max_length=14, blank=True)
    unit = models.CharField(max_length=20, default="szt.")
    price = MinorUnitsField(null=True)
    vat_code = models.CharField(max_length=12, blank=True)
    gtu = models.CharField(max_length=2, blank=True)  # 01 to 13
    ryczalt_rate = models.CharField(max_length=4, blank=True)  # percent; empty: the company's
    is_bundle = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    archive_reason = models.CharField(max_length=300, blank=True)
    search_text = models.TextField(blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: CompanyManager["Product"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "sku"], condition=~Q(sku=""), name="product_sku_once"),
            models.CheckConstraint(condition=~Q(name=""), name="product_name_given"),
        ]
        indexes = [
            models.Index(fields=["company", "name_key", "id"], name="product_name"),
            # Not "only where there is one": SQLite sees no empty text in a parameter that is still to come.
            # With the archiving at the end, so that archived ones are passed over without reading rows.
            *(
                models.Index(fields=["company", column, "name_key", "id", "archived_at"], name=name)
                for column, name in (
                    ("ean", "product_ean_name"),
                    ("sku", "product_sku_name"),
                    ("vat_code", "product_vat_name"),
                )
            ),
            *(
                models.Index(
                    fields=["company", "name_key", "id", "archived_at"], condition=condition, name=name
                )
                for condition, name in (
                    (Q(archived_at__isnull=True), "product_live"),
                    (Q(is_bundle=True), "product_bundle"),
                    (Q(archived_at__isnull=False), "product_archived"),
                )
            ),
            models.Index(fields=["company", "-id", "archived_at"], name="product_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductName(models.Model):
    """Another name under which the product is offered. Two products may share one: then people are asked."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=300)

    objects: CompanyManager["ProductName"] = CompanyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "name"], name="product_name_once")]
        indexes = [models.Index(fields=["company", "name"], name="product_other_name")]

    def __str__(self) -> str:
        return self.name


class BundleComponent(models.Model):
    """One bundle holds this many of a product."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    bundle = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="components")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()

    objects: CompanyManager["BundleComponent"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "product"], name="bundle_component_once"),
            models.CheckConstraint(condition=Q(quantity__gt=Decimal(0)), name="bundle_quantity_positive"),
            models.CheckConstraint(condition=~Q(bundle=F("product")), name="bundle_not_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.bundle_id} {self.product_id}"


class OfferLink(models.Model):
    """A person's word, or the first certain match: this offer sells that product."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    seller_id = models.CharField(max_length=40)
    offer_id = models.CharField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="offer_links")
    by_hand = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    objects: CompanyManager["OfferLink"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "seller_id", "offer_id"], name="offer_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.product_id}"


class SoldOffer(models.Model):
    """An offer seen in orders, with what its latest purchase said of it.

    ``product`` is what new purchases of it get; None asks people. ``is_held`` says that a person took a
    product away from it: then it is matched no more by itself. ``is_spread`` is False until the lines of
    open orders carry the same product. ``price`` is gross in PLN, None for other currencies.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    seller_id = models.CharField(max_length=40)
    offer_id = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300)
    sku = models.CharField(max_length=120, blank=True)
    price = MinorUnitsField(null=True)
    vat_rate = models.CharField(max_length=12, blank=True)  # as Allegro said it: "23.00", or empty
    sold_at = models.DateTimeField()
    purchases = models.PositiveIntegerField()
    product = models.ForeignKey(
        Product, null=True, on_delete=models.SET_NULL, related_name="sold_offers", db_index=False
    )
    is_held = models.BooleanField(default=False)
    is_spread = models.BooleanField(default=True)

    objects: CompanyManager["SoldOffer"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "seller_id", "offer_id"], name="sold_offer_once"),
        ]
        indexes = [
            models.Index(
                # With what a search looks at, so that it reads no rows that do not match.
                fields=["company", "-sold_at", "-id", "name_key", "sku", "seller_id"],
                condition=Q(product__isnull=True),
                name="sold_offer_unmatched",
            ),
            models.Index(
                fields=["company", "-purchases", "-id", "name_key", "sku", "seller_id"],
                condition=Q(product__isnull=True),
                name="sold_offer_most",
            ),
            models.Index(fields=["company", "id"], condition=Q(is_spread=False), name="sold_offer_unspread"),
            # Only those that have one: else SQLite would look here for those that have none.
            models.Index(fields=["product"], condition=Q(product__isnull=False), name="sold_offer_product"),
        ]

    def __str__(self) -> str:
        return self.name
