"""What ``stragan books list`` does once Django is there."""

import argparse
from collections.abc import Iterator, Mapping
from datetime import date

from django.db.models import QuerySet

from stragan.books.models import RevenueRow, VatRow
from stragan.books.queries import BooksOff, book_of
from stragan.books.register import (
    Line,
    RevenueLine,
    VatLine,
    revenue_lines,
    revenue_rows,
    standing,
    vat_lines,
    vat_rows,
)
from stragan.books.states import NOBODY, Register
from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line


def list_rows(options: argparse.Namespace) -> int:
    """Write one line per row; gives the exit code.

    :raises BooksOff: the company keeps no books here.
    """
    company = chosen_company(options)
    if book_of(company) is None:
        raise BooksOff
    rows: Iterator[VatLine | RevenueLine]
    daily: QuerySet[VatRow] | QuerySet[RevenueRow]
    if options.register == Register.VAT:
        rows = vat_lines(company, options.period, by_document=options.by_document)
        daily = standing(vat_rows(company, options.period, daily=True))
    else:
        rows = revenue_lines(company, options.register, options.period, by_document=options.by_document)
        daily = standing(revenue_rows(company, options.register, options.period, daily=True))
    numbers: dict[date, list[str]] = {}
    for day, number in daily.values_list("day", "number"):
        of_day = numbers.setdefault(day, [])
        if number not in of_day[-1:]:  # the flat-rate register has a row for each rate
            of_day.append(number)
    for row in rows:
        line = (
            _vat(row, numbers=numbers)
            if isinstance(row, VatLine)
            else _revenue(row, register=options.register, numbers=numbers)
        )
        write_line(line, as_json=options.json)
    return 0


def _vat(row: VatLine, *, numbers: Mapping[date, list[str]]) -> dict[str, object]:
    rates = {
        rate.code: {"net": f"{rate.net:.2f}", "vat": f"{rate.vat:.2f}", "gross": f"{rate.gross:.2f}"}
        for rate in row.rates
    }
    return {
        "register": Register.VAT.value,
        **_common(row, numbers),
        "mark": row.mark.value,
        "sale_date": row.sale_date.isoformat() if row.sale_date else None,
        "vat_date": row.day.isoformat(),
        "name": row.name or NOBODY,
        "gtu": row.gtu.split(",") if row.gtu else [],
        "net": f"{row.net:.2f}",
        "vat": f"{row.vat:.2f}",
        "gross": f"{row.gross:.2f}",
        "rates": rates,
        "fields": {name: f"{amount:.2f}" for name, amount in row.fields.items()},
    }


def _revenue(row: RevenueLine, *, register: str, numbers: Mapping[date, list[str]]) -> dict[str, object]:
    return {
        "register": register,
        **_common(row, numbers),
        "revenue_date": row.day.isoformat(),
        "name": row.name or NOBODY,
        "address": row.address or NOBODY,
        "rate": row.rate or None,
        "amount": f"{row.amount:.2f}",
        "net": f"{row.amount:.2f}",
    }


def _common(row: Line, numbers: Mapping[date, list[str]]) -> dict[str, object]:
    return {
        "number": row.number,
        "kind": row.kind or None,
        "documents": numbers.get(row.day, []) if row.is_daily else [row.number],
        "type": row.type,
        "issue_date": row.issue_date.isoformat(),
        "period": row.period,
        "due_period": row.due_period or None,
        "country": row.country or None,
        "nip": row.tax_id or NOBODY,
    }
