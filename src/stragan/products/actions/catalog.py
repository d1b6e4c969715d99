"""Products are created, changed, archived and restored; none is ever deleted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.core.folding import fold
from stragan.kit.audit import Actor, Deed, record
from stragan.products import queries
from stragan.products.matching import name_key
from stragan.products.models import BundleComponent, Product, ProductName
from stragan.products.reading import FieldError, ProductData
from stragan.products.signals import tell

LONGEST_REASON: Final = 300
COLUMNS: Final = ("name", "sku", "ean", "unit", "price", "vat_code", "gtu", "ryczalt_rate")


class ProductInvalid(Refused):
    """Something about the product cannot be; ``errors`` say what, by field."""

    code = "product_invalid"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(fields=", ".join(dict.fromkeys(error.field for error in errors)))


class ProductNotFound(Refused):
    """The product is not the company's."""

    code = "product_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A product as it was saved; ``fields`` are names of what changed, all of a new one's."""

    product: Product
    fields: tuple[str, ...]


def create_product(
    *, company: Company, data: ProductData, by: int | None, now: datetime, actor: Actor = Actor.USER
) -> Saved:
    """Add a product to the catalog.

    :raises ProductInvalid: another has its SKU, or its components cannot be.
    """
    with transaction.atomic():
        require_valid(company, data, product=None)
        product = Product(company=company, created_at=now)
        fill(product, data, now=now)
        _save(product)
        write_parts(product, data)
        tell(company.pk, [product.pk])
        record([deed("product.created", product, by=by, actor=actor, fields=COLUMNS)], at=now)
    return Saved(product=product, fields=COLUMNS)


def edit_product(
    *,
    company: Company,
    product_id: int,
    data: ProductData,
    by: int | None,
    now: datetime,
    actor: Actor = Actor.USER,
) -> Saved:
    """Change a product; what is the same already is not written.

    :raises ProductNotFound: the product is not the company's.
    :raises ProductInvalid: another has its SKU, or its components cannot be.
    """
    with transaction.atomic():
        # Not against those who only name it: goods of it may leave meanwhile.
        rows = Product.objects.for_company(company).select_for_update(no_key=True).filter(pk=product_id)
        product = rows.first()
        if product is None:
            raise ProductNotFound
        require_valid(company, data, product=product)
        fields = changed_fields(data, before=queries.data_of(company, [product])[product.pk])
        if not fields:
            return Saved(product=product, fields=())
        fill(product, data, now=now)
        _save(product)
        write_parts(product, data)
        tell(company.pk, [product.pk])
        record([deed("product.changed", product, by=by, actor=actor, fields=fields)], at=now)
    return Saved(product=product, fields=fields)


def archive_products(
    *, company: Company, product_ids: Collection[int], reason: str, by: int | None, now: datetime
) -> int:
    """Take products out of matching and lists; documents and stock cards keep them. Says how many."""
    facts = {"reason_given": bool(reason.strip())}
    return _set_archived(
        company, product_ids, verb="product.archived", by=by, now=now, reason=reason, facts=facts
    )


def restore_products(*, company: Company, product_ids: Collection[int], by: int | None, now: datetime) -> int:
    """Take archived products into use again. Says how many."""
    return _set_archived(company, product_ids, verb="product.restored", by=by, now=now)


def _set_archived(
    company: Company,
    product_ids: Collection[int],
    *,
    verb: str,
    by: int | None,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> int:
    is_archiving = verb == "product.archived"
    with transaction.atomic():
        rows = Product.objects.for_company(company).filter(archived_at__isnull=is_archiving)
        ids: list[int] = []
        for chunk in queries.chunks(sorted(set(product_ids))):
            locked = rows.select_for_update(no_key=True).filter(pk__in=chunk).order_by("id")
            found = list(locked.values_list("id", flat=True))
            Product.objects.for_company(company).filter(pk__in=found).update(
                archived_at=now if is_archiving else None,
                archive_reason=reason.strip()[:LONGEST_REASON],
                changed_at=now,
            )
            ids += found
        tell(company.pk, ids)
        record(
            (
                Deed(
                    verb=verb,
                    subject="product",
                    subject_id=pk,
                    company_id=company.pk,
                    user_id=by,
                    facts=facts or {},
                )
                for pk in ids
            ),
            at=now,
        )
    return len(ids)


def require_valid(company: Company, data: ProductData, *, product: Product | None) -> None:
    """Check what only the rest of the catalog can tell.

    :raises ProductInvalid: another product has the SKU, or the components cannot be.
    """
    own = product.pk if product else None
    errors: list[FieldError] = []
    if data.sku:
        twins = Product.objects.for_company(company).filter(sku=data.sku)
        twin = next((row for row in twins.order_by("id") if row.pk != own), None)
        if twin is not None:
            errors.append(sku_taken(data.sku, twin.name))
    errors += component_errors(company, data, own=own)
    if errors:
        raise ProductInvalid(errors)


def component_errors(company: Company, data: ProductData, *, own: int | None) -> list[FieldError]:
    """Say why the components cannot be: unknown, archived, bundles themselves, or the bundle itself."""
    if not data.components:
        return []
    ids = [component.product_id for component in data.components]
    usable = Q(archived_at__isnull=True)
    if own:
        # What was archived since may stay in a bundle.
        kept = BundleComponent.objects.for_company(company).filter(bundle_id=own)
        usable |= Q(pk__in=kept.values("product_id"))
    known = {row.pk: row for row in Product.objects.for_company(company).filter(usable, pk__in=ids)}
    errors = []
    if len(set(ids)) < len(ids):
        errors.append(FieldError(field="components", code="product_component_twice"))
    for component in data.components:
        row = known.get(component.product_id)
        if row is None:
            errors.append(FieldError(field="components", code="product_component_unknown"))
        elif component.product_id == own:
            errors.append(FieldError(field="components", code="product_component_itself"))
        elif row.is_bundle:
            errors.append(
                FieldError(field="components", code="product_component_bundle", params={"name": row.name})
            )
        elif component.quantity <= 0:
            errors.append(
                FieldError(field="components", code="product_component_quantity", params={"name": row.name})
            )
    holder = (
        BundleComponent.objects.for_company(company).select_related("bundle").filter(product_id=own).first()
        if own
        else None
    )
    if holder is not None:
        params = {"name": holder.bundle.name}
        errors.append(FieldError(field="components", code="product_is_component", params=params))
    return errors


def changed_fields(data: ProductData, *, before: ProductData) -> tuple[str, ...]:
    """Names of the fields in which two products differ."""
    fields = [name for name in COLUMNS if getattr(data, name) != getattr(before, name)]
    if set(data.names) != set(before.names):
        fields.append("names")
    if set(data.components) != set(before.components):
        fields.append("components")
    return tuple(fields)


def sku_taken(sku: str, name: str) -> FieldError:
    """Say that another product has the SKU."""
    return FieldError(field="sku", code="product_sku_taken", params={"sku": sku, "name": name})


def search_text(data: ProductData) -> str:
    """What a product is found by."""
    return fold(" ".join((data.name, data.sku, data.ean, *data.names)))


def write_parts(product: Product, data: ProductData) -> None:
    """Write other names and components, in place of those there were."""
    ProductName.objects.for_company(product.company_id).filter(product=product).delete()
    ProductName.objects.for_company(product.company_id).bulk_create(
        ProductName(company_id=product.company_id, product=product, name=name) for name in data.names
    )
    BundleComponent.objects.for_company(product.company_id).filter(bundle=product).delete()
    BundleComponent.objects.for_company(product.company_id).bulk_create(
        BundleComponent(
            company_id=product.company_id,
            bundle=product,
            product_id=component.product_id,
            quantity=component.quantity,
        )
        for component in data.components
    )


def deed(verb: str, product: Product, *, by: int | None, actor: Actor, fields: Sequence[str]) -> Deed:
    """One line of the trail about a product."""
    return Deed(
        verb=verb,
        subject="product",
        subject_id=product.pk,
        company_id=product.company_id,
        user_id=by,
        actor=actor,
        facts={"fields": list(fields)},
    )


def fill(product: Product, data: ProductData, *, now: datetime) -> None:
    """Put what *data* says into the columns of a product."""
    for column in COLUMNS:
        setattr(product, column, getattr(data, column))
    product.name_key = name_key(data.name)
    product.is_bundle = bool(data.components)
    product.search_text = search_text(data)
    product.changed_at = now


def _save(product: Product) -> None:
    """Save; who was faster with the same SKU wins, and the other is told so."""
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        twin = Product.objects.for_company(product.company_id).filter(sku=product.sku).first()
        if twin is None or not product.sku:
            raise
        raise ProductInvalid([sku_taken(product.sku, twin.name)]) from error
