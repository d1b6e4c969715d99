"""A note in the making: lines gathered by SKU, EAN or name, one Enter at a time; it works without scripts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Self
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.http import QueryDict

from stragan.companies.models import Company
from stragan.kit.fields import plain_quantity
from stragan.kit.search import containing
from stragan.products.models import Product
from stragan.warehouse.queries import on_hand
from stragan.warehouse.states import NoteKind

MOST_LINES: Final = 500
CANDIDATES: Final = 8
_SCANNED: Final = re.compile(r"\d{8,14}")
_ID: Final = re.compile(r"[0-9]{1,18}")
_SPACES: Final = re.compile(r"\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One product with what was typed for it. ``shown`` is what the system had when it was put here."""

    product: Product
    quantity: str = ""
    cost: str = ""
    shown: Decimal = Decimal(0)
    now: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal | None:
        """The quantity as a number; None where it cannot be read."""
        return number_of(self.quantity)

    @property
    def unit_cost(self) -> Decimal | None:
        """The cost in PLN as a number; None where there is none or it cannot be read."""
        return number_of(self.cost) if self.cost else None

    @property
    def shown_text(self) -> str:
        """``shown`` as it travels with the form, the same in every language."""
        return f"{self.shown:f}"

    @property
    def difference(self) -> Decimal | None:
        """What was counted less what is on hand now."""
        return None if self.amount is None else plain_quantity(self.amount - self.now)

    @property
    def is_outdated(self) -> bool:
        """Whether stock moved since it was shown."""
        return self.shown != self.now


@dataclass(slots=True, kw_only=True)
class Entry:
    """The whole form. ``focus`` is the row to type in next, None for the field of codes."""

    kind: NoteKind
    key: UUID
    day: str
    reason: str = ""
    supplier: str = ""
    supplier_number: str = ""
    code: str = ""
    lines: list[EntryLine] = field(default_factory=list)
    candidates: Sequence[Product] = ()
    focus: int | None = None
    unknown: str = ""

    @classmethod
    def empty(cls, kind: NoteKind, *, today: date) -> Self:
        """A note nobody has written in yet."""
        return cls(kind=kind, key=uuid4(), day=today.isoformat())

    @classmethod
    def read(cls, data: QueryDict, *, kind: NoteKind, company: Company) -> Self:
        """Read what was posted; lines of products that are gone are left out."""
        entry = cls(
            kind=kind,
            key=_key(data.get("key", "")),
            day=data.get("day", ""),
            reason=data.get("reason", ""),
            supplier=data.get("supplier", ""),
            supplier_number=data.get("supplier_number", ""),
            code=data.get("code", "").strip(),
        )
        ids = [int(text) for text in data.getlist("product") if text.isascii() and text.isdigit()][
            :MOST_LINES
        ]
        rows = Product.objects.for_company(company).filter(is_bundle=False)
        products = rows.in_bulk(ids)
        present = on_hand(company, products)
        dropped = data.get("drop", "")
        for pk in dict.fromkeys(ids):
            if pk in products and str(pk) != dropped:
                entry.lines.append(
                    EntryLine(
                        product=products[pk],
                        quantity=data.get(f"quantity-{pk}", "").strip()[:40],
                        cost=data.get(f"cost-{pk}", "").strip()[:40],
                        shown=number_of(data.get(f"shown-{pk}", "")) or Decimal(0),
                        now=present[pk],
                    )
                )
        return entry

    def take_code(self, company: Company, *, picked: str = "") -> None:
        """Put the product of the code, or the one that was picked, on the note; ask where several fit."""
        self._take_scanned(company)
        rows = Product.objects.for_company(company).filter(is_bundle=False, archived_at__isnull=True)
        if _ID.fullmatch(picked):
            found = list(rows.filter(pk=int(picked)))
        elif self.code:
            found = _products_of(self.code, rows.order_by("name_key", "id"))
        else:
            return
        if len(found) == 1:
            self._put(found[0], company)
            self.code = ""
        elif found:
            self.candidates = found
        else:
            self.unknown = self.code

    def _take_scanned(self, company: Company) -> None:
        """Where a scanner wrote a code into a quantity, that is one piece; the code is the next product."""
        if self.code:
            return
        rows = Product.objects.for_company(company).filter(is_bundle=False, archived_at__isnull=True)
        for place, line in enumerate(self.lines):
            if _SCANNED.fullmatch(line.quantity) and rows.filter(ean=line.quantity).exists():
                self.code = line.quantity
                self.lines[place] = replace(line, quantity="1")
                return

    def _put(self, product: Product, company: Company) -> None:
        for place, line in enumerate(self.lines):
            if line.product.pk == product.pk:
                # The same code once more is one piece more.
                more = plain_quantity((line.amount or Decimal(0)) + 1)
                self.lines[place] = replace(line, quantity=f"{more:f}".replace(".", ","))
                self.focus = place
                return
        now = on_hand(company, [product.pk])[product.pk]
        self.lines.append(EntryLine(product=product, shown=now, now=now))
        self.focus = len(self.lines) - 1


def number_of(text: str) -> Decimal | None:
    """Read a number as people write it, with a comma or a point; None where it is none."""
    try:
        number = Decimal(_SPACES.sub("", text).replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _products_of(code: str, rows: QuerySet[Product]) -> list[Product]:
    """Products with this SKU, else with this EAN, else some whose words fit."""
    for column in ("sku", "ean"):
        found = list(rows.filter(**{column: code})[:CANDIDATES])
        if found:
            return found
    return list(containing(rows, code)[:CANDIDATES])


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
