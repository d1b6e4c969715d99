"""Tables as files people open elsewhere: XLSX and CSV out, either one in.

Texts that a spreadsheet would take for a formula are given out with an apostrophe before them.
"""

import csv as csv_module
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

MAX_BYTES_IN: Final = 20_000_000
MAX_ROWS_IN: Final = 200_000
_FORMULA_SIGNS: Final = frozenset("=+-@\t\r")
_ZIP_HEAD: Final = b"PK\x03\x04"
_DELIMITERS: Final = ";,\t"


class Kind(StrEnum):
    """How a column's values are written."""

    TEXT = "text"
    AMOUNT = "amount"  # Decimal with two places
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"  # local time, without a zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its title, the kind of its values, its width in characters."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 16


class UnreadableSheet(ValueError):
    """No table can be read; ``reason`` is ``too_large``, ``not_a_table`` or ``encoding``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


_FORMATS: Final[dict[Kind, str]] = {
    Kind.AMOUNT: "#,##0.00",
    Kind.DAY: "dd.mm.yyyy",
    Kind.MOMENT: "dd.mm.yyyy hh:mm",
}


def write_xlsx(path: Path, *, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    """Write a table to *path*, row by row in constant memory; says how many rows there were.

    Amounts are numbers of the sheet with two decimals shown; None leaves a cell empty.
    """
    import xlsxwriter  # noqa: PLC0415 -- with the other one 3 MiB that few web processes ever need

    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "in_memory": False, "default_date_format": "dd.mm.yyyy"}
    )
    try:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = [
            book.add_format({"num_format": _FORMATS[column.kind]}) if column.kind in _FORMATS else None
            for column in columns
        ]
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, bold)
        count = 0
        for count, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                _write_cell(sheet, (count, place), value, formats[place])
        sheet.autofilter(0, 0, count, max(len(columns) - 1, 0))
    finally:
        book.close()
    return count


def _write_cell(sheet: Any, at: tuple[int, int], value: Any, form: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime | date):
        sheet.write_datetime(*at, value, form)
    elif isinstance(value, bool):
        sheet.write_boolean(*at, value)
    elif isinstance(value, int | Decimal):
        sheet.write_number(*at, value, form)
    else:
        sheet.write_string(*at, str(value))  # a string cell is never a formula


def _sheet_name(title: str) -> str:
    clean = "".join(sign for sign in title if sign not in "[]:*?/\\").strip("'")
    return clean[:31] or "Stragan"


def csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Give the lines of a CSV file as Polish spreadsheets expect it: semicolons, decimal commas, a BOM."""
    buffer = io.StringIO()
    writer = csv_module.writer(buffer, delimiter=";", lineterminator="\r\n")
    yield "\ufeff"
    for row in ([column.title for column in columns], *rows):
        writer.writerow([_csv_text(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _csv_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    text = str(value)
    # An apostrophe of the text's own is doubled, since reading takes one away.
    return f"'{text}" if isinstance(value, str) and text[:1] in _FORMULA_SIGNS | {"'"} else text


def read_table(data: bytes, *, with_empty: bool = False) -> list[list[str]]:
    """Read the first sheet of an XLSX file, or a CSV file, as texts.

    Empty rows are left out, unless they are asked for so that rows can be counted as people see them.

    CSV may be UTF-8 or Windows-1250, separated by semicolons, commas or tabs.

    :raises UnreadableSheet: too large, no table, or no text.
    """
    if len(data) > MAX_BYTES_IN:
        raise UnreadableSheet("too_large")
    rows = _read_xlsx(data) if data.startswith(_ZIP_HEAD) else _read_csv(data)
    table = rows if with_empty else [row for row in rows if any(row)]
    if len(table) > MAX_ROWS_IN:
        raise UnreadableSheet("too_large")
    return table


def _read_xlsx(data: bytes) -> list[list[str]]:
    import python_calamine  # noqa: PLC0415 -- see ``write_xlsx``

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        raise UnreadableSheet("not_a_table") from error
    return [[_in_text(value) for value in row] for row in rows]


def _in_text(value: Any) -> str:
    if isinstance(value, float):
        return f"{int(value)}" if value.is_integer() else repr(value)
    return "" if value is None else str(value).strip()


def _read_csv(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        rows = list(csv_module.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv_module.Error as error:
        raise UnreadableSheet("not_a_table") from error
    return [[cell.strip().removeprefix("'") for cell in row] for row in rows]


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1250"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise UnreadableSheet("encoding")
