"""Many products at once, as an import brings them: all of them or none."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from stragan.companies.models import Company
from stragan.core.errors import Conflict
from stragan.kit.audit import Actor, record
from stragan.products.actions.catalog import COLUMNS, deed, fill
from stragan.products.models import BundleComponent, Product, ProductName
from stragan.products.planning import Planned, RowState, components_of
from stragan.products.signals import tell

_AT_ONCE: Final = 500


class CatalogChanged(Conflict):
    """Somebody changed the catalog while the file was being read in."""

    code = "catalog_changed"


def save_many(
    *, company: Company, rows: Sequence[Planned], by: int | None, now: datetime, actor: Actor = Actor.USER
) -> dict[int, int]:
    """Write the new and changed rows of a plan; gives product ids by row, of unchanged ones too.

    Part of the caller's transaction. Refused rows are left out.

    :raises CatalogChanged: another product took a SKU meanwhile.
    """
    made = {one.row: one.product.pk for one in rows if one.product and not one.errors}
    fresh = [one for one in rows if one.state is RowState.NEW]
    changed = [one for one in rows if one.state is RowState.CHANGED]
    products = [_filled(Product(company=company, created_at=now), one, now=now) for one in fresh]
    try:
        with transaction.atomic():
            Product.objects.for_company(company).bulk_create(products, batch_size=_AT_ONCE)
            made |= {one.row: product.pk for one, product in zip(fresh, products, strict=True)}
            touched = [_filled(one.product, one, now=now) for one in changed if one.product]
            Product.objects.for_company(company).bulk_update(
                touched,
                [*COLUMNS, "name_key", "is_bundle", "search_text", "changed_at"],
                batch_size=_AT_ONCE,
            )
            tell(company.pk, [product.pk for product in (*products, *touched)])
    except IntegrityError as error:
        raise CatalogChanged from error
    _write_names(company, [*fresh, *(one for one in changed if "names" in one.changes)], made)
    _write_components(company, [*fresh, *(one for one in changed if "components" in one.changes)], made)
    record(
        [
            *(deed("product.created", product, by=by, actor=actor, fields=COLUMNS) for product in products),
            *(
                deed("product.changed", one.product, by=by, actor=actor, fields=one.changes)
                for one in changed
                if one.product
            ),
        ],
        at=now,
    )
    return made


def _filled(product: Product, one: Planned, *, now: datetime) -> Product:
    fill(product, replace(one.data, components=()), now=now)
    product.is_bundle = one.is_bundle
    return product


def _write_names(company: Company, rows: Iterable[Planned], made: dict[int, int]) -> None:
    found = [(made[one.row], one.data.names) for one in rows]
    for start in range(0, len(found), _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        names = ProductName.objects.for_company(company)
        names.filter(product_id__in=[pk for pk, _ in part]).delete()
        names.bulk_create(
            ProductName(company=company, product_id=pk, name=name) for pk, names_ in part for name in names_
        )


def _write_components(company: Company, rows: Iterable[Planned], made: dict[int, int]) -> None:
    found = [(made[one.row], components_of(one, made)) for one in rows if one.parts is not None]
    for start in range(0, len(found), _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        parts = BundleComponent.objects.for_company(company)
        parts.filter(bundle_id__in=[pk for pk, _ in part]).delete()
        parts.bulk_create(
            BundleComponent(
                company=company,
                bundle_id=pk,
                product_id=component.product_id,
                quantity=component.quantity,
            )
            for pk, components in part
            for component in components
        )
