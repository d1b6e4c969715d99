"""Products from a file: first what would become of each row, then all of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.core.errors import Refused
from stragan.flows import match_products
from stragan.formats.sheets import UnreadableSheet, read_table
from stragan.kit.audit import Actor
from stragan.products import actions
from stragan.products.planning import Planned, RowState, plan
from stragan.products.sheet import Sheet, read_sheet
from stragan.warehouse.actions import set_opening_stock

MOST_ROWS: Final = 20_000
OPENING_REASON: Final = "Import produktów"


class SheetTooLarge(Refused):
    """More bytes or rows than are taken at once."""

    code = "sheet_too_large"


class SheetNotATable(Refused):
    """Neither XLSX nor CSV."""

    code = "sheet_not_a_table"


class SheetNoText(Refused):
    """The bytes are text in no encoding that is known."""

    code = "sheet_no_text"


_UNREADABLE: Final[dict[str, type[Refused]]] = {
    "too_large": SheetTooLarge,
    "not_a_table": SheetNotATable,
    "encoding": SheetNoText,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would become of each row of a file."""

    sheet: Sheet
    rows: tuple[Planned, ...]

    def of(self, state: RowState) -> list[Planned]:
        """The rows of one fate."""
        return [row for row in self.rows if row.state is state]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of the rows; ``product_ids`` by row, without the refused ones."""

    preview: Preview
    product_ids: dict[int, int]


def read_file(data: bytes) -> Sheet:
    """Read an XLSX or CSV file of products.

    :raises SheetTooLarge: it has too many bytes or rows.
    :raises SheetNotATable: it is no table.
    :raises SheetNoText: its encoding is not known.
    :raises SheetHeadingsUnknown: no column names products.
    :raises SheetHeadingTwice: two columns mean the same.
    """
    try:
        table = read_table(data, with_empty=True)
    except UnreadableSheet as error:
        raise _UNREADABLE[error.reason] from error
    sheet = read_sheet(table)
    if len(sheet.rows) > MOST_ROWS:
        raise SheetTooLarge
    return sheet


def preview(*, company: Company, sheet: Sheet) -> Preview:
    """Say what would become of each row. Writes nothing."""
    return Preview(sheet=sheet, rows=tuple(plan(company, sheet)))


def import_sheet(
    *, company: Company, sheet: Sheet, by: User | None, now: datetime, actor: Actor = Actor.USER
) -> Imported:
    """Write all rows that are not refused, with the stock they state, in one transaction.

    Offers that fit the products are matched afterwards, by a job. The same file again changes nothing.

    :raises CatalogChanged: somebody changed the catalog meanwhile; nothing was written.
    """
    with transaction.atomic(durable=True):
        found = preview(company=company, sheet=sheet)
        by_id = by.pk if by else None
        made = actions.save_many(company=company, rows=found.rows, by=by_id, now=now, actor=actor)
        if company.warehouse:
            openings = {
                made[row.row]: row.opening
                for row in found.rows
                if row.opening is not None and row.row in made and not row.is_bundle
            }
            set_opening_stock(company=company, quantities=openings, reason=OPENING_REASON, by=by, now=now)
        _follow(company, found.rows, now=now)
    return Imported(preview=found, product_ids=made)


def _follow(company: Company, rows: Sequence[Planned], *, now: datetime) -> None:
    written = [row for row in rows if row.state in {RowState.NEW, RowState.CHANGED}]
    if not written:
        return
    match_products.ask_to_rematch(company, now=now)
    fields = {name for row in written if row.product for name in row.changes}
    match_products.follow_fields(company, fields, now=now)
