"""The table of lines: which columns it has, what stands in each row, how tall the rows are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentSnapshot, SnapshotLine
from stragan.formats.pdf import wording
from stragan.formats.pdf.breaking import fit, wrap
from stragan.formats.pdf.faces import width
from stragan.formats.pdf.styles import CAP, GRID, MM, STYLES, block_height

DENSE_FROM: Final = 19
INSETS: Final = {False: 1.5 * MM, True: 1.2 * MM}
CODE_GAP: Final = 2 * MM  # between a name and the SKU that runs on after it


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``size`` is the print of its figures, shrunk when the longest would not fit."""

    name: str
    label: str
    width: float
    align: str
    style: str
    size: float


@dataclass(frozen=True, slots=True)
class State:
    """One of the three rows of a corrected line: before, after, difference."""

    label: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A printed line. ``pad`` are digits printed invisibly so that decimals of quantities align."""

    cells: dict[str, str]
    name: list[str]
    unit: list[str]
    codes: list[str]
    run_on: str
    pad: str
    height: float
    gross: Decimal
    states: list[State] = field(default_factory=list)  # of a corrected line only


@dataclass(frozen=True, slots=True)
class LinesTable:
    """All rows with what they share."""

    columns: list[Column]
    rows: list[Row]
    dense: bool
    inset: float
    header_height: float
    grouped: bool = False


def _cells(line: SnapshotLine) -> dict[str, str]:
    whole, decimals = wording.quantity(line.quantity)
    return {
        "ordinal": str(line.position),
        "quantity": whole + decimals,
        "unit": line.unit,
        "price": wording.amount(line.unit_gross),
        "discount": wording.amount(-line.discount) if line.discount != ZERO else "",
        "vat": wording.vat_label(line.vat_code),
        "value": wording.amount(line.gross),
    }


def code_of(line: SnapshotLine, *, dense: bool) -> str:
    """Name the goods by SKU and, where there is room, EAN."""
    parts = [f"SKU {line.sku}"] if line.sku else []
    if line.ean and not dense:
        parts.append(f"EAN {line.ean}")
    return " · ".join(parts)


def _pads(lines: Sequence[SnapshotLine]) -> list[str]:
    """Digits to add, unseen, to each quantity so that all have as many decimals as the finest."""
    decimals = [wording.quantity(line.quantity)[1] for line in lines]
    longest = max(map(len, decimals), default=0)
    return ["0" * (longest - len(own)) if own else ",0000000"[:longest] for own in decimals]


def need(texts: Sequence[str], style: str) -> float:
    """Width of the longest text in points, with the free space on both sides."""
    kind = STYLES[style]
    return max((width(text, bold=kind.bold) * kind.size for text in texts), default=0) + 2 * GRID.cell


def _columns(cells: Sequence[dict[str, str]], *, vat_payer: bool, dense: bool) -> list[Column]:
    """Lay the columns out: figures get what they need up to their limit, the name gets the rest."""
    kind = "dense" if dense else "line"
    gross = " brutto" if vat_payer else ""
    plans = [  # name, label, least width and limit in mm, alignment, style
        ("ordinal", "Lp.", 7, 9, "right", "dense_ordinal" if dense else "ordinal"),
        ("quantity", "Ilość", 12, 18, "right", kind),
        ("unit", "J.m.", 11, 20, "left", kind),
        ("price", f"Cena{gross}", 21, 26, "right", kind),
        ("discount", "Rabat", 17, 22, "right", kind),
        ("vat", "VAT", 12, 16, "right", kind),
        ("value", f"Wartość{gross}", 24, 30, "right", f"{kind}_strong"),
    ]
    hidden = {"vat"} - {"vat" if vat_payer else ""}
    hidden |= {"discount"} if not any(row["discount"] for row in cells) else set()
    columns = []
    for name, label, least, most, align, style in plans:
        if name in hidden:
            continue
        texts = [row[name] for row in cells]
        room = max(least * MM, min(need(texts, style), most * MM))
        longest = max(texts, key=width, default="")
        size = STYLES[style].size
        if align == "right":
            size = fit(longest, style=style, limit=room - 2 * GRID.cell, floor=size / 2).size
        columns.append(Column(name, label, room, align, style, size))
    rest = GRID.text_width - sum(column.width for column in columns)
    columns.insert(1, Column("name", "Nazwa towaru lub usługi", rest, "left", kind, STYLES[kind].size))
    return columns


def _row(
    line: SnapshotLine, cells: dict[str, str], *, widths: dict[str, float], pad: str, dense: bool
) -> Row:
    """Break the name and the unit, place the code. In dense rows the SKU follows the name if it fits."""
    style = "dense" if dense else "line"
    room = widths["name"] - 2 * GRID.cell
    name = wrap(line.name, style=style, limit=room) or [""]
    unit = wrap(line.unit, style=style, limit=widths["unit"] - 2 * GRID.cell) or [""]
    code = code_of(line, dense=dense)
    end = width(name[-1]) * STYLES[style].size + CODE_GAP + width(code) * STYLES["code"].size
    runs_on = dense and bool(code) and end <= room
    codes = [] if runs_on else wrap(code, style="code", limit=room, exact=True)
    height = max(
        block_height(style, len(name)) + len(codes) * STYLES["code"].pitch, block_height(style, len(unit))
    )
    return Row(
        cells=cells, name=name, unit=unit, codes=codes, run_on=code if runs_on else "", pad=pad,
        height=height + 2 * INSETS[dense], gross=line.gross,
    )  # fmt: skip


def lines_of(snapshot: DocumentSnapshot) -> LinesTable:
    """Build the table of lines; from 19 lines on it is set dense."""
    dense = len(snapshot.lines) >= DENSE_FROM
    pads = _pads(snapshot.lines)
    cells = [_cells(line) for line in snapshot.lines]
    padded = [{**own, "quantity": own["quantity"] + pad} for own, pad in zip(cells, pads, strict=True)]
    columns = _columns(padded, vat_payer=snapshot.seller.vat_payer, dense=dense)
    widths = {column.name: column.width for column in columns}
    rows = [
        _row(line, own, widths=widths, pad=pad, dense=dense)
        for line, own, pad in zip(snapshot.lines, cells, pads, strict=True)
    ]
    header = CAP * STYLES["label"].size + 2 * INSETS[dense]
    return LinesTable(columns, rows, dense, INSETS[dense], header)
