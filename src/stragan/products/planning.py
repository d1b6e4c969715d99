"""What a table of products would do to the catalog: row by row, before anything is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from stragan.companies.models import Company
from stragan.core.ean import normalize_ean
from stragan.products import queries
from stragan.products.matching import exact_name
from stragan.products.models import BundleComponent, Product
from stragan.products.reading import Component, FieldError, ProductData, ProductText, read_product
from stragan.products.sheet import Reference, Sheet, SheetRow

FIELDS: Final = ("name", "sku", "ean", "unit", "price", "vat_code", "gtu", "ryczalt_rate", "names")


class RowState(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A component: a product there is already, or the row that will make it."""

    quantity: Decimal
    product_id: int | None = None
    row: int | None = None


@dataclass(slots=True, kw_only=True)
class Planned:
    """One row of the file, checked. ``parts`` is None where the file says nothing of components."""

    row: int
    data: ProductData
    product: Product | None = None
    before: ProductData | None = None
    parts: tuple[Part, ...] | None = None
    opening: Decimal | None = None
    errors: list[FieldError] = field(default_factory=list)

    @property
    def is_bundle(self) -> bool:
        """Whether the product is a bundle afterwards."""
        if self.parts is not None:
            return bool(self.parts)
        return bool(self.before and self.before.components)

    @property
    def changes(self) -> tuple[str, ...]:
        """Fields that the row changes; of a new product those that it fills."""
        old = self.before or ProductData(name="")
        fields = [name for name in FIELDS if getattr(old, name) != getattr(self.data, name)]
        if "names" in fields and set(old.names) == set(self.data.names):
            fields.remove("names")
        if self.parts is not None:
            parts = {(part.product_id, part.quantity) for part in self.parts}
            if parts != {(component.product_id, component.quantity) for component in old.components}:
                fields.append("components")
        return tuple(fields)

    @property
    def state(self) -> RowState:
        """What becomes of the row."""
        if self.errors:
            return RowState.REFUSED
        if self.product is None:
            return RowState.NEW
        return RowState.CHANGED if self.changes else RowState.UNCHANGED


@dataclass(slots=True, kw_only=True)
class _Known:
    """The part of the catalog that a file may be about."""

    by_sku: dict[str, Product]
    by_ean: dict[str, list[Product]]
    by_name: dict[str, list[Product]]
    data: Mapping[int, ProductData]


def plan(company: Company, sheet: Sheet) -> list[Planned]:
    """Check every row against the catalog; a bounded number of statements. Writes nothing.

    A row is about the product with its SKU; one without SKU, or with an SKU that nobody has yet, about
    the product without SKU that has its EAN, else its exact name. Else it is new. What is not certain,
    or stands in the file twice, is refused.
    """
    known = _read_catalog(company, sheet)
    claimed: dict[int, int] = {}
    new_keys: dict[tuple[str, str], int] = {}
    rows = [_planned(row, known, claimed=claimed, new_keys=new_keys) for row in sheet.rows]
    if any(field == "components" for _, field in sheet.columns):
        _plan_components(company, sheet, rows, known)
    _refuse_bundles(company, rows)
    return rows


def _planned(
    row: SheetRow, known: _Known, *, claimed: dict[int, int], new_keys: dict[tuple[str, str], int]
) -> Planned:
    errors: list[FieldError] = []
    product = _product_of(row, known, claimed=claimed, errors=errors)
    before = known.data[product.pk] if product else None
    data, wrong = read_product(row.text(_text_of(before)))
    if before is not None:
        data = replace(data, components=before.components)
    errors += wrong
    if product is not None:
        first = claimed.setdefault(product.pk, row.number)
        if first != row.number:
            errors.append(FieldError(field="name", code="product_row_twice", params={"row": first}))
    elif not errors:
        key = ("sku", data.sku) if data.sku else ("ean", data.ean) if data.ean else ("name", data.name)
        first = new_keys.setdefault(key, row.number)
        if first != row.number:
            errors.append(FieldError(field=key[0], code="product_row_twice", params={"row": first}))
    planned = Planned(row=row.number, data=data, product=product, before=before, errors=errors)
    planned.opening = row.opening(errors)
    return planned


def _product_of(
    row: SheetRow, known: _Known, *, claimed: Mapping[int, int], errors: list[FieldError]
) -> Product | None:
    sku = " ".join(row.cells.get("sku", "").split())
    ean = normalize_ean(row.cells.get("ean", "").strip())
    name = exact_name(row.cells.get("name", ""))
    if sku in known.by_sku:
        return known.by_sku[sku]
    for column, found in (("ean", known.by_ean.get(ean, [])), ("name", known.by_name.get(name, []))):
        # With an SKU of its own the row gives it to a product that has none, or makes a new one.
        fitting = [one for one in found if not sku or (not one.sku and one.pk not in claimed)]
        if column == "name" and ean:
            fitting = [one for one in fitting if one.ean in {"", ean}]
        same = [one for one in fitting if (one.sku, one.ean) == (sku, ean)]
        fitting = same if len(same) == 1 else fitting
        if len(fitting) > 1:
            params = {"count": len(fitting)}
            errors.append(FieldError(field=column, code="product_row_ambiguous", params=params))
            return None
        if fitting:
            return fitting[0]
    return None


def _read_catalog(company: Company, sheet: Sheet) -> _Known:
    skus = {" ".join(row.cells.get("sku", "").split()) for row in sheet.rows} - {""}
    eans = {normalize_ean(row.cells.get("ean", "").strip()) for row in sheet.rows} - {""}
    names = {exact_name(row.cells.get("name", "")) for row in sheet.rows} - {""}
    keys = {reference.key for row in sheet.rows for reference in row.references([])}
    found = queries.products_by(company, skus=skus | keys, eans=eans, names=names | keys)
    by_ean: dict[str, list[Product]] = defaultdict(list)
    by_name: dict[str, list[Product]] = defaultdict(list)
    for product in found:
        if product.archived_at is None:
            by_name[product.name].append(product)
            if product.ean:
                by_ean[product.ean].append(product)
    return _Known(
        by_sku={product.sku: product for product in found if product.sku},
        by_ean=by_ean,
        by_name=by_name,
        data=queries.data_of(company, found),
    )


def _plan_components(company: Company, sheet: Sheet, rows: Sequence[Planned], known: _Known) -> None:
    """Find what bundles are made of: products there are, or other rows of the file."""
    new = {
        key: one.row
        for one in rows
        if one.product is None and not one.errors
        for key in (one.data.sku or one.data.name,)
    }
    ids = {component.product_id for one in rows if one.before for component in one.before.components}
    archived = {product.pk: product for product in queries.products_of(company, ids)}
    for one, row in zip(rows, sheet.rows, strict=True):
        parts = []
        for reference in row.references(one.errors):
            part = _part(reference, known, new, kept=one.before, archived=archived)
            if part is None:
                params = {"key": reference.key[:80]}
                one.errors.append(
                    FieldError(field="components", code="product_reference_unknown", params=params)
                )
            elif part.quantity <= 0:
                params = {"name": reference.key[:80]}
                one.errors.append(
                    FieldError(field="components", code="product_component_quantity", params=params)
                )
            elif part.row == one.row or (one.product and part.product_id == one.product.pk):
                one.errors.append(FieldError(field="components", code="product_component_itself"))
            else:
                parts.append(part)
        if len({(part.product_id, part.row) for part in parts}) < len(parts):
            one.errors.append(FieldError(field="components", code="product_component_twice"))
        one.parts = tuple(parts)


def _part(
    reference: Reference,
    known: _Known,
    new: Mapping[str, int],
    *,
    kept: ProductData | None,
    archived: Mapping[int, Product],
) -> Part | None:
    product = known.by_sku.get(reference.key)
    named = known.by_name.get(reference.key, [])
    if product is None and len(named) == 1:
        product = named[0]
    if product is not None and product.archived_at is None:
        return Part(product_id=product.pk, quantity=reference.quantity)
    if reference.key in new:
        return Part(row=new[reference.key], quantity=reference.quantity)
    # A component that was archived since stays where it is.
    for component in kept.components if kept else ():
        old = archived.get(component.product_id)
        if old is not None and reference.key in {old.sku, old.name}:
            return Part(product_id=old.pk, quantity=reference.quantity)
    return None


def _refuse_bundles(company: Company, rows: Sequence[Planned]) -> None:
    """Refuse bundles of bundles, and rows whose components are refused themselves."""
    by_row = {one.row: one for one in rows}
    by_id = {one.product.pk: one for one in rows if one.product}
    ids = {part.product_id for one in rows for part in one.parts or () if part.product_id}
    known = {product.pk: product for product in queries.products_of(company, ids)}
    becoming = [one.product.pk for one in rows if one.product and one.is_bundle and not one.errors]
    holders = BundleComponent.objects.for_company(company).filter(product_id__in=becoming)
    held = {
        part: name
        for part, bundle, name in holders.order_by("id").values_list(
            "product_id", "bundle_id", "bundle__name"
        )
        if bundle not in by_id or by_id[bundle].parts is None
    }
    for one in rows:
        if one.is_bundle and one.opening is not None:
            one.errors.append(FieldError(field="opening", code="product_bundle_stock"))
        for part in one.parts or ():
            target = by_row.get(part.row or 0) or by_id.get(part.product_id or 0)
            product = known.get(part.product_id or 0)
            name = target.data.name if target else product.name if product else ""
            if target.is_bundle if target else bool(product and product.is_bundle):
                code = "product_component_bundle"
            elif part.row is not None and target is not None and target.errors:
                code = "product_reference_refused"
            else:
                continue
            one.errors.append(FieldError(field="components", code=code, params={"name": name}))
        if one.product and one.is_bundle and one.product.pk in held:
            params = {"name": held[one.product.pk]}
            one.errors.append(FieldError(field="components", code="product_is_component", params=params))


def _text_of(data: ProductData | None) -> ProductText:
    if data is None:
        return ProductText()
    return ProductText(
        name=data.name,
        sku=data.sku,
        ean=data.ean,
        unit=data.unit,
        price="" if data.price is None else f"{data.price:.2f}",
        vat_code=data.vat_code,
        gtu=data.gtu,
        ryczalt_rate=data.ryczalt_rate,
        names=data.names,
    )


def components_of(one: Planned, made: Mapping[int, int]) -> tuple[Component, ...]:
    """The components of a row once the rows it refers to were *made* (row → product id)."""
    return tuple(
        Component(
            product_id=part.product_id if part.product_id is not None else made[part.row or 0],
            quantity=part.quantity,
        )
        for part in one.parts or ()
    )
