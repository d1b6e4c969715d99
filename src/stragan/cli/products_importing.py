"""What ``stragan products import`` does once Django is there."""

import argparse
from collections.abc import Mapping

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line
from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.flows import match_products
from stragan.flows.import_products import import_sheet, preview, read_file
from stragan.kit.audit import Actor
from stragan.kit.clock import business_now
from stragan.kit.messages import text_of
from stragan.products.planning import Planned
from stragan.warehouse.queries import Stand, stands


class FileUnreadable(Refused):
    """The file is not there, or may not be read."""

    code = "file_unreadable"


def import_products(options: argparse.Namespace) -> int:
    """Write one line per row, as the stock list has them, or why a row was refused; gives the exit code.

    Rows that are right are saved though others are refused. Offers of orders that fit are matched before
    the command ends.
    """
    company = chosen_company(options)
    try:
        data = options.file.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=str(options.file)) from error
    sheet = read_file(data)
    now = business_now()
    if options.dry_run:
        rows = preview(company=company, sheet=sheet).rows
        ids = {row.row: row.product.pk for row in rows if row.product and not row.errors}
    else:
        done = import_sheet(company=company, sheet=sheet, by=None, now=now, actor=Actor.COMMAND)
        rows, ids = done.preview.rows, done.product_ids
        match_products.rematch(company=company, now=now)
    _write(company, rows, ids, as_json=options.json)
    return 1 if any(row.errors for row in rows) else 0


def _write(company: Company, rows: tuple[Planned, ...], ids: Mapping[int, int], *, as_json: bool) -> None:
    known = {stand.product_id: stand for stand in stands(company, ids.values())}
    for row in rows:
        if row.errors:
            error = row.errors[0]
            message = text_of(error.code, error.params)
            line = {"row": row.row, "refused": error.code, "code": error.code, "message": message}
        else:
            line = _line(row, known.get(ids.get(row.row, 0)))
        write_line(line, as_json=as_json)


def _line(row: Planned, stand: Stand | None) -> dict[str, object]:
    return {
        "sku": row.data.sku,
        "name": row.data.name,
        "on_hand": f"{stand.on_hand:f}" if stand else "0",
        "reserved": f"{stand.reserved:f}" if stand else "0",
        "available": f"{stand.available:f}" if stand else "0",
    }
