"""Products as rows of a table: columns by Polish and English headings, cells with several values. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from stragan.core.errors import Refused
from stragan.core.folding import fold
from stragan.kit.fields import plain_quantity
from stragan.products.reading import FieldError, ProductText, read_quantity

# Field → headings, folded. The first is the one that exports write in Polish.
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "sku": ("sku", "symbol", "kod", "kod produktu", "sygnatura", "external id", "code"),
    "name": ("nazwa", "name", "nazwa produktu", "produkt", "product", "product name", "title"),
    "ean": ("ean", "gtin", "kod ean", "kod kreskowy", "barcode"),
    "unit": ("jednostka", "unit", "jm", "j.m.", "miara"),
    "price": ("cena", "price", "cena brutto", "gross price"),
    "vat_code": ("vat", "stawka vat", "vat code", "vat rate"),
    "gtu": ("gtu", "kod gtu"),
    "ryczalt_rate": ("ryczalt", "stawka ryczaltu", "flat rate"),
    "names": ("nazwy ofert", "names", "offer names", "nazwy"),
    "components": ("skladniki", "components", "zestaw", "bundle"),
    "opening": ("stan", "on_hand", "on hand", "quantity", "ilosc", "stan magazynowy", "stock"),
}
SEPARATOR: Final = "|"
TIMES: Final = "×"
_ESCAPED: Final = re.compile(r"\\(.)|(\|)")
_WITH_QUANTITY: Final = re.compile(r"(.+?)\s*[×*]\s*([\d\s.,]+)", re.DOTALL)


class SheetHeadingsUnknown(Refused):
    """No column tells which product a row is about: neither SKU, EAN nor name."""

    code = "sheet_headings_unknown"


class SheetHeadingTwice(Refused):
    """Two columns have the same meaning."""

    code = "sheet_heading_twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """So many of a product, named by SKU or name."""

    key: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row, not yet checked. ``number`` is its line in the file, the headings being 1."""

    number: int
    cells: dict[str, str]

    def text(self, base: ProductText) -> ProductText:
        """The product as this row wants it; what the file has no column for stays as in *base*.

        An empty SKU takes no SKU away: the row was found by something else.
        """
        cells = self.cells
        return ProductText(
            name=cells.get("name", base.name),
            sku=cells.get("sku") or base.sku,
            ean=cells.get("ean", base.ean),
            unit=cells.get("unit", base.unit),
            price=cells.get("price", base.price),
            vat_code=cells.get("vat_code", base.vat_code),
            gtu=cells.get("gtu", base.gtu),
            ryczalt_rate=cells.get("ryczalt_rate", base.ryczalt_rate),
            names=split_list(cells["names"]) if "names" in cells else base.names,
        )

    def references(self, errors: list[FieldError]) -> list[Reference]:
        """The components of the row; nothing where it has none."""
        found = []
        for part in split_list(self.cells.get("components", "")):
            match = _WITH_QUANTITY.fullmatch(part)
            key, amount = (match[1], match[2]) if match else (part, "1")
            quantity = read_quantity(amount, "components", errors)
            if quantity is not None:
                found.append(Reference(key=" ".join(key.split()), quantity=quantity))
        return found

    def opening(self, errors: list[FieldError]) -> Decimal | None:
        """The quantity in stock that the row states, None where it states none."""
        return read_quantity(self.cells.get("opening", ""), "opening", errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table with its columns understood; ``ignored`` are headings that mean nothing here."""

    rows: tuple[SheetRow, ...]
    columns: tuple[tuple[str, str], ...]  # (heading as written, field)
    ignored: tuple[str, ...]


def read_sheet(table: Sequence[Sequence[str]]) -> Sheet:
    """Understand a table whose first row are headings; empty rows are passed over and counted.

    :raises SheetHeadingsUnknown: no column names products.
    :raises SheetHeadingTwice: two columns mean the same.
    """
    first = next((place for place, row in enumerate(table) if any(row)), len(table))
    heads = table[first] if first < len(table) else ()
    fields = [_field_of(head) for head in heads]
    known = [field for field in fields if field]
    if not {"sku", "name", "ean"} & set(known):
        raise SheetHeadingsUnknown(headings=", ".join(head for head in heads if head)[:200])
    for field in known:
        if known.count(field) > 1:
            raise SheetHeadingTwice(heading=next(h for h, f in zip(heads, fields, strict=True) if f == field))
    rows = [
        SheetRow(
            number=number,
            cells={
                field: row[place] if place < len(row) else "" for place, field in enumerate(fields) if field
            },
        )
        for number, row in enumerate(table[first + 1 :], start=first + 2)
        if any(row)
    ]
    pairs = list(zip(heads, fields, strict=True))
    return Sheet(
        rows=tuple(rows),
        columns=tuple((head, field) for head, field in pairs if field),
        ignored=tuple(head for head, field in pairs if head and not field),
    )


def split_list(text: str) -> list[str]:
    """Cut a cell at its bars; a bar that belongs to a value has a backslash before it."""
    parts: list[list[str]] = [[]]
    place = 0
    for match in _ESCAPED.finditer(text):
        parts[-1].append(text[place : match.start()])
        if match[2]:
            parts.append([])
        else:
            parts[-1].append(match[1])
        place = match.end()
    parts[-1].append(text[place:])
    return [value for part in parts if (value := "".join(part).strip())]


def join_list(values: Iterable[str]) -> str:
    """Put values into one cell; ``split_list`` gives them back."""
    return SEPARATOR.join(
        value.replace("\\", "\\\\").replace(SEPARATOR, f"\\{SEPARATOR}") for value in values
    )


def reference_text(key: str, quantity: Decimal) -> str:
    """Write one component: ``SKU×2``."""
    return f"{key}{TIMES}{plain_quantity(quantity):f}"


def _field_of(heading: str) -> str:
    folded = fold(heading)
    return next((field for field, names in HEADINGS.items() if folded in names), "")
