"""What a correction prints instead of plain lines and sums: before, after, difference (VAT Act art. 106j)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from stragan.core.money import ZERO
from stragan.core.snapshot import Corrected, DocumentKind, DocumentSnapshot, RateTotal, SnapshotLine
from stragan.core.vat import rate_order
from stragan.formats.pdf import wording
from stragan.formats.pdf.blocks import Entry, below, block, paragraph
from stragan.formats.pdf.breaking import fit, wrap
from stragan.formats.pdf.lines import INSETS, Column, LinesTable, Row, State, code_of, need
from stragan.formats.pdf.styles import CAP, GRID, MM, STYLES, block_height
from stragan.formats.pdf.sums import Sums, sizes_of

BEFORE, AFTER, DIFFERENCE = "przed", "po", "różnica"
NOTHING: Final = "–"
KEY_INDENT: Final = 38 * MM
DENSE_FROM: Final = 7  # groups of three rows
WIDTHS: Final = [22 * MM, 20 * MM, 24 * MM, 22 * MM, 26 * MM]


def title_of(corrected: Corrected) -> str:
    """Title of a correction: only that of an invoice is a correcting invoice."""
    return wording.CORRECTION_TITLES[corrected.kind]


def about(corrected: Corrected) -> list[Entry]:
    """Say under the title what is corrected and why."""
    word = "Do faktury" if corrected.kind is DocumentKind.INVOICE else "Do dokumentu"
    parts = [(word, f"{corrected.number} z dnia {wording.day(corrected.issue_date)}", "strong")]
    if corrected.reason.strip():
        parts.append(("Przyczyna", corrected.reason, "value"))
    entries = []
    for place, (key, text, style) in enumerate(parts):
        lines = wrap(text, style=style, limit=GRID.text_width - KEY_INDENT)
        lead = 17.5 if place == 0 else 13.6
        kind = STYLES[style]
        entries.append(Entry(style, lines, kind.size, below(style, lead=lead), [key], KEY_INDENT))
    return entries


def groups_of(snapshot: DocumentSnapshot, corrected: Corrected) -> LinesTable:
    """Build the table: one group of three rows for each line that changed."""
    pairs = [(old, new) for old, new in zip(corrected.before, corrected.after, strict=True) if old != new]
    dense = len(pairs) >= DENSE_FROM
    states = [_states(old, new) for old, new in pairs]
    columns = _columns(
        [state.cells for three in states for state in three],
        vat_payer=snapshot.seller.vat_payer,
        dense=dense,
    )
    room = next(column.width for column in columns if column.name == "name") - 2 * GRID.cell
    unit_room = next(column.width for column in columns if column.name == "unit") - 2 * GRID.cell
    rows = [
        _group(place, old, new, three, room=room, unit_room=unit_room, dense=dense)
        for place, ((old, new), three) in enumerate(zip(pairs, states, strict=True), start=1)
    ]
    header = CAP * STYLES["label"].size + 2 * INSETS[dense]
    return LinesTable(columns, rows, dense, INSETS[dense], header, grouped=True)


def vat_sums(corrected: Corrected, *, aside: str, remarks: list[Entry]) -> Sums:
    """Sums per VAT code of the whole document: before, after, difference, and of all codes."""
    old = {rate.code: rate for rate in corrected.rates_before}
    new = {rate.code: rate for rate in corrected.rates_after}
    rows = []
    for code in sorted(old.keys() | new.keys(), key=rate_order):
        rows += _three(wording.vat_label(code), old.get(code), new.get(code))
    rows += _three("Razem", _total(corrected.rates_before), _total(corrected.rates_after))
    columns = [list(column) for column in zip(*rows, strict=True)]
    whose = "faktura" if corrected.kind is DocumentKind.INVOICE else "dokument"
    label = f"Według stawek VAT, {'cała' if whose == 'faktura' else 'cały'} {whose}"
    header = ["Stawka", "Stan", "Netto", "VAT", "Brutto"]
    return Sums(
        block(label, [], aside=aside),
        WIDTHS,
        header,
        rows,
        [],
        sizes_of(columns, WIDTHS),
        remarks,
        grouped=True,
    )


def exempt_sums(corrected: Corrected, *, basis: str, aside: str) -> Sums:
    """The same for an exempt seller: whole amounts, with the basis of the exemption."""
    rows = [
        [one[0], one[1], "", "", one[4]]
        for one in _three("Razem", _total(corrected.rates_before), _total(corrected.rates_after))
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    remarks = paragraph(basis, style="body", limit=GRID.wide, lead=STYLES["body"].pitch + 3)
    header = ["", "Stan", "", "", "Wartość"]
    title = block("Wartość, zwolnienie z VAT", [], aside=aside)
    return Sums(title, WIDTHS, header, rows, [], sizes_of(columns, WIDTHS), remarks, grouped=True)


def due_label(to_pay: Decimal) -> str:
    """Name the amount of a correction by who pays whom."""
    if to_pay < ZERO:
        return "Do zwrotu nabywcy"
    return "Do dopłaty" if to_pay > ZERO else "Bez zmiany kwoty"


def amounts_around(corrected: Corrected) -> dict[str, Decimal]:
    """What was due before and after."""
    return {
        "Należność przed korektą": _total(corrected.rates_before).gross,
        "Należność po korekcie": _total(corrected.rates_after).gross,
    }


def _total(rates: Sequence[RateTotal]) -> RateTotal:
    return RateTotal(
        code="",
        net=sum((rate.net for rate in rates), ZERO),
        vat=sum((rate.vat for rate in rates), ZERO),
        gross=sum((rate.gross for rate in rates), ZERO),
    )


def _three(label: str, old: RateTotal | None, new: RateTotal | None) -> list[list[str]]:
    old = old or _total(())
    new = new or _total(())
    first = [label, BEFORE, *map(wording.amount, (old.net, old.vat, old.gross))]
    second = ["", AFTER, *map(wording.amount, (new.net, new.vat, new.gross))]
    change = (new.net - old.net, new.vat - old.vat, new.gross - old.gross)
    return [first, second, ["", DIFFERENCE, *map(wording.amount, change)]]


def _states(old: SnapshotLine, new: SnapshotLine) -> list[State]:
    return [
        State(BEFORE, _cells(old)),
        State(AFTER, _cells(new)),
        State(DIFFERENCE, _differences(old, new)),
    ]


def _cells(line: SnapshotLine) -> dict[str, str]:
    return {
        "quantity": "".join(wording.quantity(line.quantity)),
        "price": wording.amount(line.unit_gross),
        "discount": wording.amount(-line.discount) if line.discount else NOTHING,
        "vat": wording.vat_label(line.vat_code),
        "value": wording.amount(line.gross),
    }


def _differences(old: SnapshotLine, new: SnapshotLine) -> dict[str, str]:
    quantity = new.quantity - old.quantity
    price, discount = new.unit_gross - old.unit_gross, old.discount - new.discount
    return {
        "quantity": "".join(wording.quantity(quantity)) if quantity else NOTHING,
        "price": wording.signed(price) if price else NOTHING,
        "discount": wording.signed(discount) if discount else NOTHING,
        "vat": wording.vat_label(new.vat_code),
        "value": wording.signed(new.gross - old.gross),
    }


def _columns(cells: Sequence[dict[str, str]], *, vat_payer: bool, dense: bool) -> list[Column]:
    """Lay the columns out as those of plain lines, with the state after the name."""
    kind = "dense" if dense else "line"
    gross = " brutto" if vat_payer else ""
    plans = [  # name, label, least width and limit in mm, alignment
        ("ordinal", "Lp.", 7, 7, "right"),
        ("state", "Stan", 15, 15, "left"),
        ("quantity", "Ilość", 13, 18, "right"),
        ("unit", "J.m.", 11, 14, "left"),
        ("price", f"Cena{gross}", 20, 26, "right"),
        ("discount", "Rabat", 17, 22, "right"),
        ("vat", "VAT", 13, 16, "right"),
        ("value", f"Wartość{gross}", 24, 30, "right"),
    ]
    has_discounts = any(row["discount"] != NOTHING for row in cells)
    hidden = ({"vat"} if not vat_payer else set()) | ({"discount"} if not has_discounts else set())
    columns = []
    for name, label, least, most, align in plans:
        if name in hidden:
            continue
        texts = [row.get(name, "") for row in cells]
        bold = f"{kind}_strong"
        room = max(least * MM, min(need(texts, bold), most * MM))
        size = STYLES[kind].size
        longest = max(texts, key=len, default="")
        if align == "right":
            size = fit(longest, style=bold, limit=room - 2 * GRID.cell, floor=size / 2).size
        columns.append(Column(name, label, room, align, kind, size))
    rest = GRID.text_width - sum(column.width for column in columns)
    columns.insert(1, Column("name", "Nazwa towaru lub usługi", rest, "left", kind, STYLES[kind].size))
    return columns


def _group(
    place: int,
    old: SnapshotLine,
    new: SnapshotLine,
    states: list[State],
    *,
    room: float,
    unit_room: float,
    dense: bool,
) -> Row:
    style = "dense" if dense else "line"
    name = wrap(old.name, style=style, limit=room) or [""]
    code = " · ".join(filter(None, (f"poz. {old.position}", code_of(old, dense=dense))))
    codes = wrap(code, style="code", limit=room, exact=True)
    unit = wrap(old.unit, style=style, limit=unit_room) or [""]
    state = block_height(style, len(unit)) + 2 * INSETS[dense]
    named = block_height(style, len(name)) + len(codes) * STYLES["code"].pitch + 2 * INSETS[dense]
    return Row(
        cells={"ordinal": str(place)}, name=name, unit=unit, codes=codes, run_on="", pad="",
        height=max(3 * state, named), gross=new.gross - old.gross, states=states,
    )  # fmt: skip
