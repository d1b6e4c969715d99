"""The catalog as a table that the import takes back unchanged."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db.models import QuerySet

from stragan.companies.models import Company
from stragan.formats.sheets import Column, Kind
from stragan.products import queries
from stragan.products.models import Product
from stragan.products.sheet import join_list, reference_text

# Field → heading in Polish and English, kind, width. Stock is not among them: read back later, it would
# undo what was sold meanwhile.
_COLUMNS: Final[dict[str, tuple[str, str, Kind, int]]] = {
    "sku": ("SKU", "SKU", Kind.TEXT, 18),
    "name": ("Nazwa", "Name", Kind.TEXT, 48),
    "ean": ("EAN", "EAN", Kind.TEXT, 16),
    "unit": ("Jednostka", "Unit", Kind.TEXT, 10),
    "price": ("Cena brutto", "Gross price", Kind.AMOUNT, 12),
    "vat_code": ("Stawka VAT", "VAT rate", Kind.TEXT, 10),
    "gtu": ("GTU", "GTU", Kind.TEXT, 8),
    "ryczalt_rate": ("Ryczałt", "Flat rate", Kind.TEXT, 10),
    "names": ("Nazwy ofert", "Offer names", Kind.TEXT, 40),
    "components": ("Składniki", "Components", Kind.TEXT, 30),
}
_AT_ONCE: Final = 1_000


def columns(*, in_polish: bool) -> list[Column]:
    """The columns of the table."""
    return [
        Column(title=polish if in_polish else english, kind=kind, width=width)
        for polish, english, kind, width in _COLUMNS.values()
    ]


def rows(company: Company, found: QuerySet[Product]) -> Iterator[Sequence[Any]]:
    """Products as rows, in bounded memory."""
    chunk: list[Product] = []
    for product in found.iterator(chunk_size=_AT_ONCE):
        chunk.append(product)
        if len(chunk) == _AT_ONCE:
            yield from _rows(company, chunk)
            chunk = []
    yield from _rows(company, chunk)


def _rows(company: Company, products: Sequence[Product]) -> Iterable[Sequence[Any]]:
    data = queries.data_of(company, products)
    ids = {component.product_id for one in data.values() for component in one.components}
    keys = {product.pk: product.sku or product.name for product in queries.products_of(company, ids)}
    for product in products:
        one = data[product.pk]
        values = {name: getattr(one, name) for name in _COLUMNS if name not in {"names", "components"}}
        values["names"] = join_list(one.names)
        values["components"] = join_list(
            reference_text(keys[component.product_id], component.quantity) for component in one.components
        )
        yield [values[name] for name in _COLUMNS]
