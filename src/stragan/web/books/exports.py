"""Registers and daily records as files: every row of the month, with the columns the law asks for."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from stragan.books.register import RATE_FIELDS, RevenueLine, VatLine, revenue_lines, vat_lines
from stragan.books.states import NOBODY, Register
from stragan.companies.models import Company
from stragan.documents.models import Document
from stragan.formats.sheets import Column, Kind
from stragan.web.books import words
from stragan.web.shell.exporting import table_response

_WIDE: Final = 36


def vat(company: Company, period: str, *, file_format: str) -> HttpResponseBase:
    """The VAT register of a month."""
    columns = [
        Column(title=_("No."), kind=Kind.NUMBER, width=8),
        Column(title=_("Number"), width=22),
        Column(title=_("Kind")),
        Column(title=_("Type"), width=8),
        Column(title=_("Mark"), width=8),
        Column(title=_("Issued"), kind=Kind.DAY),
        Column(title=_("Sold"), kind=Kind.DAY),
        Column(title=_("VAT date"), kind=Kind.DAY),
        Column(title=_("Country"), width=8),
        Column(title=_("Tax id")),
        Column(title=_("Name"), width=_WIDE),
        Column(title=_("GTU"), width=10),
    ]
    for code, base, tax in RATE_FIELDS:
        name = words.rate_name(code)
        columns.append(
            Column(title=_("Net %(rate)s (%(field)s)") % {"rate": name, "field": base}, kind=Kind.AMOUNT)
        )
        if tax:
            columns.append(
                Column(title=_("VAT %(rate)s (%(field)s)") % {"rate": name, "field": tax}, kind=Kind.AMOUNT)
            )
    columns += [Column(title=title, kind=Kind.AMOUNT) for title in (_("Net"), _("VAT"), _("Gross"))]
    columns.append(Column(title=_("Belonged to the month"), width=12))
    return table_response(
        _vat_rows(vat_lines(company, period)),
        columns=columns,
        title=f"{words.REGISTERS[Register.VAT]} {period}",
        file_format=file_format,
    )


def waiting(documents: QuerySet[Document], *, file_format: str) -> HttpResponseBase:
    """Corrections whose tax waits until their receipt is confirmed."""
    columns = [
        Column(title=_("No."), kind=Kind.NUMBER, width=8),
        Column(title=_("Number"), width=22),
        Column(title=_("Issued"), kind=Kind.DAY),
        Column(title=_("Corrects"), width=22),
        Column(title=_("Tax id")),
        Column(title=_("Name"), width=_WIDE),
        *(Column(title=title, kind=Kind.AMOUNT) for title in (_("Net"), _("VAT"), _("Gross"))),
    ]
    found = documents.values_list(
        "number", "issue_date", "corrects__number", "buyer_nip", "buyer_name", "net", "vat", "gross"
    )
    rows = ((place, *row) for place, row in enumerate(found.iterator(chunk_size=1000), start=1))
    title = _("Awaiting confirmation of receipt")
    return table_response(rows, columns=columns, title=title, file_format=file_format)


def revenue(company: Company, book: Register, period: str, *, file_format: str) -> HttpResponseBase:
    """The book of revenue of a month."""
    is_flat = book is Register.RYCZALT
    columns = [
        Column(title=_("No."), kind=Kind.NUMBER, width=8),
        Column(title=_("Revenue date"), kind=Kind.DAY),
        Column(title=_("KSeF number"), width=20),
        Column(title=_("Number"), width=22),
        Column(title=_("Country"), width=8),
        Column(title=_("Tax id")),
        Column(title=_("Name"), width=_WIDE),
        Column(title=_("Address"), width=_WIDE),
        Column(title=_("Description"), width=28),
        *([Column(title=_("Rate %"), width=8)] if is_flat else []),
        Column(title=_("Revenue") if is_flat else _("Revenue (column 9)"), kind=Kind.AMOUNT),
        Column(title=_("Belonged to the month"), width=12),
    ]
    return table_response(
        _revenue_rows(revenue_lines(company, book, period), is_flat=is_flat),
        columns=columns,
        title=f"{words.REGISTERS[book]} {period}",
        file_format=file_format,
    )


def daily(lines: Iterator[VatLine | RevenueLine], *, period: str, file_format: str) -> HttpResponseBase:
    """The daily record of sales of a month, document by document with its payer."""
    columns = [
        Column(title=_("Day"), kind=Kind.DAY),
        Column(title=_("Number"), width=22),
        Column(title=_("Buyer"), width=_WIDE),
        Column(title=_("Order"), width=12),
        Column(title=_("Net"), kind=Kind.AMOUNT),
        Column(title=_("VAT"), kind=Kind.AMOUNT),
        Column(title=_("Gross"), kind=Kind.AMOUNT),
    ]
    rows = (
        (
            one.day,
            one.number,
            one.buyer,
            one.order_number,
            one.net if isinstance(one, VatLine) else one.amount,
            one.vat if isinstance(one, VatLine) else None,
            one.gross if isinstance(one, VatLine) else one.amount,
        )
        for one in lines
    )
    title = _("Daily record of sales")
    return table_response(rows, columns=columns, title=f"{title} {period}", file_format=file_format)


def _vat_rows(lines: Iterator[VatLine]) -> Iterator[list[Any]]:
    for place, one in enumerate(lines, start=1):
        row: list[Any] = [
            place, one.number, str(words.KINDS.get(one.kind, "")), one.type, one.mark.value, one.issue_date,
            one.sale_date, one.day, one.country, one.tax_id or NOBODY, one.name or NOBODY, one.gtu,
        ]  # fmt: skip
        for _code, base, tax in RATE_FIELDS:
            row.append(one.fields.get(base))
            if tax:
                row.append(one.fields.get(tax))
        yield [*row, one.net, one.vat, one.gross, one.due_period]


def _revenue_rows(lines: Iterator[RevenueLine], *, is_flat: bool) -> Iterator[list[Any]]:
    for place, one in enumerate(lines, start=1):
        yield [
            place,
            one.day,
            "",
            one.number,
            one.country,
            one.tax_id or NOBODY,
            one.name or NOBODY,
            one.address or NOBODY,
            str(words.DESCRIPTIONS[one.description]),
            *([one.rate] if is_flat else []),
            one.amount,
            one.due_period,
        ]
