"""The end of a document: VAT by rate, deposits, the amount due, payment and notes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentKind, DocumentSnapshot, KsefState, Payment
from stragan.core.words import NoWords, in_words
from stragan.formats.pdf import correcting, wording
from stragan.formats.pdf.blocks import Block, Entry, block, exact_pair, identifier, pair, paragraph
from stragan.formats.pdf.breaking import fit, wrap, wrap_all
from stragan.formats.pdf.faces import width
from stragan.formats.pdf.styles import CAP, GRID, MM, STYLES, block_height
from stragan.formats.pdf.sums import Sums, sizes_of

PAYMENT_INDENT: Final = 19 * MM
NARROW_LINES: Final = 14
"""Notes with more lines than this in their column are set over the whole width instead."""

EXEMPT_CODE, REVERSE_CODE = "zw", "oo"


@dataclass(frozen=True, slots=True)
class Part:
    """A small row of the box with the amount: what, how much."""

    label: str
    figure: str
    style: str
    size: float


@dataclass(frozen=True, slots=True)
class Due:
    """The box with the amount due. ``before`` are rows over the figure, ``after`` under it."""

    label: str
    aside: str
    figure: str
    size: float
    currency: str
    words: list[str]
    before: list[Part]
    after: list[Part]

    @property
    def height(self) -> float:
        """Height of the whole box."""
        part = CAP * STYLES["value"].size
        before = part + (len(self.before) - 1) * GRID.part_pitch + GRID.before_rule if self.before else 0
        label = CAP * STYLES["due_label"].size
        figure = GRID.figure_above + CAP * STYLES["due"].size
        words = GRID.words_above + block_height("words", len(self.words)) if self.words else 0
        after = GRID.after_rule + part + (len(self.after) - 1) * GRID.part_pitch if self.after else 0
        return GRID.box_top + before + label + figure + words + after + GRID.box_inset


@dataclass(frozen=True, slots=True)
class Tail:
    """The unbreakable end: sums beside the amount due, then payment and notes.

    Notes too long for a column are set wide under it and may go to a page of their own.
    """

    sums: list[Sums]
    due: Due
    payment: Block
    notes: Block | None
    wide_notes: Block | None

    @property
    def height(self) -> float:
        """Height from the rule over the sums to the last line, without wide notes."""
        sums = sum(table.height for table in self.sums) + GRID.block_gap * (len(self.sums) - 1)
        notes = self.notes.height if self.notes else 0
        upper = max(sums, self.due.height) + GRID.block_gap
        return upper + max(self.payment.height, notes)


def _table(
    label: str,
    *,
    aside: str,
    widths: list[float],
    header: list[str],
    rows: list[list[str]],
    total: list[str],
    remarks: list[Entry],
) -> Sums:
    columns = [list(column) for column in zip(*rows, total, strict=True)]
    return Sums(
        block(label, [], aside=aside), widths, header, rows, total, sizes_of(columns, widths), remarks
    )


def _remark(text: str) -> list[Entry]:
    return paragraph(text, style="body", limit=GRID.wide, lead=STYLES["body"].pitch + 3)


def _vat_sums(snapshot: DocumentSnapshot, aside: str) -> Sums:
    """VAT by rate, or for an exempt seller the basis of the exemption in its place."""
    basis = wording.exemption(snapshot.exemption_basis) if snapshot.exemption_basis else ""
    corrected = snapshot.corrected
    if corrected is not None and not snapshot.seller.vat_payer:
        return correcting.exempt_sums(corrected, basis=basis, aside=aside)
    if not snapshot.seller.vat_payer:
        entries = paragraph(basis, style="body", limit=GRID.wide)
        return Sums(block("Zwolnienie z VAT", [entries], aside=aside), [], [], [], [], [], [])
    if corrected is not None:
        has_exempt = any(rate.code == EXEMPT_CODE for rate in corrected.rates_before)
        remarks = _remark(f"zw – {basis}") if has_exempt and basis else []
        return correcting.vat_sums(corrected, aside=aside, remarks=remarks)
    rows = [
        [
            "\n".join(wrap(wording.vat_label(rate.code), style="sum", limit=28 * MM)),
            *map(wording.amount, (rate.net, rate.vat, rate.gross)),
        ]
        for rate in snapshot.rates
    ]
    total = ["Razem", *map(wording.amount, (snapshot.net, snapshot.vat, snapshot.gross))]
    exempt = any(rate.code == EXEMPT_CODE for rate in snapshot.rates)
    return _table(
        "Według stawek VAT",
        aside=aside,
        widths=[30 * MM, 29 * MM, 26 * MM, 29 * MM],
        header=["Stawka", "Netto", "VAT", "Brutto"],
        rows=rows,
        total=total,
        remarks=_remark(f"zw – {basis}") if exempt and basis else [],
    )


def _deposit_sums(snapshot: DocumentSnapshot) -> Sums:
    rows = []
    widths = [45 * MM, 14 * MM, 26 * MM, 29 * MM]
    for deposit in snapshot.deposits:
        name = "\n".join(wrap(deposit.name, style="sum", limit=widths[0] - 2 * MM))
        figures = (wording.amount(deposit.unit_amount), wording.amount(deposit.amount))
        rows.append([name, "".join(wording.quantity(deposit.quantity)), *figures])
    return _table(
        "Kaucja za opakowania – poza podstawą VAT, nie jest częścią należności z faktury",
        aside="",
        widths=widths,
        header=["Opakowanie", "Ilość", "Kaucja", "Kwota"],
        rows=rows,
        total=["Razem kaucja", "", "", wording.amount(snapshot.deposit)],
        remarks=[],
    )


def _words(value: Decimal, currency: str) -> list[str]:
    try:
        text = in_words(value, currency=currency)
    except NoWords:
        return []
    amount, _, hundredths = text.rpartition(" ")  # the fraction stays beside its currency
    text = f"słownie: {amount}{wording.NBSP}{hundredths}"
    return wrap(text, style="words", limit=GRID.column - 2 * GRID.box_inset)


def _parts(rows: dict[str, Decimal], *, style: str) -> list[Part]:
    """Make rows, their figures shrunk alike to what the longest row leaves."""
    inner = GRID.column - 2 * GRID.box_inset - 4
    sizes = [
        fit(
            wording.amount(value),
            style=style,
            limit=inner - width(label) * STYLES["part"].size,
            floor=STYLES[style].size / 2,
        ).size
        for label, value in rows.items()
    ]
    return [Part(label, wording.amount(value), style, min(sizes)) for label, value in rows.items()]


def _settled(snapshot: DocumentSnapshot) -> list[Part]:
    """Rows under the figure when something was paid: paid on, left to pay, overpaid."""
    payment = snapshot.payment
    if payment.paid == ZERO:
        return []
    paid_on = f" {wording.day(payment.paid_date)}" if payment.paid_date else ""
    left = snapshot.to_pay - payment.paid
    until = wording.day(payment.due_date) if payment.due_date and left > ZERO else "zapłaty"
    rows = {f"Zapłacono{paid_on}": payment.paid, f"Pozostało do {until}": max(left, ZERO)}
    if left < ZERO:
        rows["Nadpłata"] = -left
    return _parts(rows, style="strong")


def _aside(snapshot: DocumentSnapshot) -> str:
    """Say beside the label of the amount how it stands: paid, its deadline, at delivery."""
    payment = snapshot.payment
    if snapshot.corrected:
        return ""
    if snapshot.kind is DocumentKind.OFFER:
        return f"do {wording.day(snapshot.valid_until)}" if snapshot.valid_until else ""
    if payment.paid >= snapshot.to_pay:
        return "zapłacono" if payment.paid else ""
    if payment.paid > ZERO:
        return ""  # the rows under the figure say it all
    if payment.due_date:
        return f"termin {wording.day(payment.due_date)}"
    return "przy odbiorze" if payment.method == "cod" else ""


def _due(snapshot: DocumentSnapshot) -> Due:
    currency = wording.currency_label(snapshot.currency)
    corrected = snapshot.corrected
    figure = wording.amount(abs(snapshot.to_pay) if corrected else snapshot.to_pay)
    room = GRID.column - 2 * GRID.box_inset - width(currency) * STYLES["currency"].size - 6
    before = []
    if snapshot.deposits:
        rows = {"Należność ogółem (faktura)": snapshot.gross, "Kaucja (poza VAT)": snapshot.deposit}
        before = _parts(rows, style="value")
    settled = _settled(snapshot)
    if corrected:
        settled = _parts(correcting.amounts_around(corrected), style="strong")
    usual = "Należność ogółem" if settled and not before else "Do zapłaty"
    label = wording.DUE_LABELS.get(snapshot.kind, usual)
    if corrected:
        label = correcting.due_label(snapshot.to_pay)
    size = fit(figure, style="due", limit=room, floor=STYLES["words"].size).size
    words = _words(abs(snapshot.to_pay), snapshot.currency)
    return Due(label, _aside(snapshot), figure, size, currency, words, before, settled)


def _is_by_transfer(payment: Payment) -> bool:
    """Whether the seller's account is where to pay: what Allegro collects would else be paid twice."""
    return payment.method not in {"cod", "online", "deferred"} or payment.due_date is not None


def _payment(snapshot: DocumentSnapshot) -> Block:
    payment, seller = snapshot.payment, snapshot.seller
    unpaid = payment.paid < snapshot.to_pay
    entries = [
        pair("Sposób", wording.payment_method(payment.method, payment.provider), indent=PAYMENT_INDENT)
    ]
    if payment.due_date and unpaid:
        term = (payment.due_date - snapshot.issue_date).days
        span = f" ({wording.days(term)})" if term > 0 else ""
        entries.append(pair("Termin", wording.day(payment.due_date) + span, indent=PAYMENT_INDENT))
    if payment.paid_date:
        entries.append(pair("Zapłacono", wording.day(payment.paid_date), indent=PAYMENT_INDENT))
    if unpaid and seller.bank_account and _is_by_transfer(payment):
        entries.append(identifier("Rachunek", wording.account(seller.bank_account)))
        if seller.bank_name:
            entries.append(pair("Bank", seller.bank_name, indent=PAYMENT_INDENT))
        entries.append(exact_pair("Tytuł", snapshot.number, indent=PAYMENT_INDENT))
    return block("Płatność", entries)


def _note_texts(snapshot: DocumentSnapshot, footer: str) -> list[str]:
    texts = []
    if any(line.vat_code == REVERSE_CODE for line in snapshot.lines):
        texts.append("odwrotne obciążenie")
    if snapshot.ksef is KsefState.OUTSIDE:
        texts.append(wording.KSEF_NOTES[KsefState.OUTSIDE])
    if snapshot.to_receipt:
        texts.append(wording.repeated_receipt(snapshot))
    texts.append(wording.REMARKS.get(snapshot.kind, ""))
    return [text for text in (*texts, snapshot.notes, footer) if text.strip()]


def _notes(texts: list[str], limit: float) -> list[Entry]:
    """Set notes at a width, each its own paragraph."""
    kind = STYLES["body"]
    entries = []
    for text in texts:
        lines = wrap_all(text, style="body", limit=limit)
        if lines:
            entries.append(Entry("body", lines, kind.size, 13.6 - CAP * kind.size))
    return entries


def tail_of(snapshot: DocumentSnapshot, *, footer: str) -> Tail:
    """Build the end of a document. *footer* is company text too long for the foot of the page."""
    aside = f"kwoty w {wording.currency_label(snapshot.currency)}"
    sums = [_vat_sums(snapshot, aside)]
    if snapshot.deposits:
        sums.append(_deposit_sums(snapshot))
    texts = _note_texts(snapshot, footer)
    entries = _notes(texts, GRID.column)
    wide = sum(len(entry.lines) for entry in entries) > NARROW_LINES
    if wide:
        entries = _notes(texts, GRID.text_width)
    notes = block("Informacje", [entries]) if entries else None
    narrow, broad = (None, notes) if wide else (notes, None)
    return Tail(sums, _due(snapshot), _payment(snapshot), narrow, broad)
