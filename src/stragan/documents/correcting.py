"""What a correction says: the state before, the state after, and their difference. No queries.

Differences are taken between rounded sums (VAT Act art. 106j(2)); nothing is computed from a difference.
All amounts are gross with two decimals in the document's currency unless named otherwise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from stragan.core.errors import Refused
from stragan.core.money import ZERO, round_half_up
from stragan.core.snapshot import (
    Corrected,
    Deposit,
    DocumentKind,
    DocumentSnapshot,
    LineKind,
    RateTotal,
    SnapshotLine,
    VatSource,
)
from stragan.core.totals import line_gross, totals_per_rate
from stragan.core.vat import rate_order
from stragan.documents.freezing import Sums

NONE_LEFT: Final = Decimal(0)
LARGEST: Final = Decimal(1_000_000_000)
QUANTITY_PLACES: Final = 4
MONEY_PLACES: Final = 2


class CorrectionLineUnknown(Refused):
    """A change names a line that the document does not have."""

    code = "correction_line_unknown"


class CorrectionLineAmbiguous(Refused):
    """A change names a line by something that several lines share."""

    code = "correction_line_ambiguous"


class CorrectionValueWrong(Refused):
    """A quantity or price is below zero, too large, or finer than documents can say."""

    code = "correction_value_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """What a line is to be afterwards; None keeps what it was. Exactly one name says which line."""

    position: int | None = None
    line_id: str = ""
    sku: str = ""
    offer_id: str = ""
    quantity: Decimal | None = None
    unit_gross: Decimal | None = None
    vat_code: str | None = None

    @property
    def name(self) -> str:
        """The line as it was named, for refusals."""
        return str(self.position) if self.position is not None else self.line_id or self.sku or self.offer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a document stands after its latest correction. Lines keep their place; quantity 0 is gone."""

    lines: tuple[SnapshotLine, ...]
    rates: tuple[RateTotal, ...]
    deposits: tuple[Deposit, ...]

    @property
    def is_zero(self) -> bool:
        """Whether nothing of the document is left."""
        return not any(line.quantity or line.gross for line in self.lines)

    @property
    def sums(self) -> Sums:
        """Whole sums of this state."""
        return _sums(self.rates, self.deposits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A planned correction: both states and what lies between them."""

    before: State
    after: State
    lines: tuple[SnapshotLine, ...]
    rates: tuple[RateTotal, ...]
    deposits: tuple[Deposit, ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether both states say the same."""
        return self.before.lines == self.after.lines

    @property
    def sums(self) -> Sums:
        """Differences: after less before."""
        return _sums(self.rates, self.deposits)


def state_of(original: DocumentSnapshot, latest: DocumentSnapshot | None) -> State:
    """Give the state that the *latest* correction of *original* left, or that of the original itself."""
    corrected = latest.corrected if latest else None
    if corrected is None:
        return State(lines=original.lines, rates=original.rates, deposits=original.deposits)
    return State(
        lines=corrected.after,
        rates=corrected.rates_after,
        deposits=_deposits(original, corrected.after),
    )


def plan(
    original: DocumentSnapshot,
    *,
    before: State,
    changes: Sequence[LineChange] = (),
    to_zero: bool = False,
) -> Correction:
    """Work out the state after *changes*, or with nothing left (*to_zero*), and the differences.

    Goods that all go take services and delivery with them, unless a change names these. A line's discount
    and a deposit follow its quantity in proportion, half up to 0.01. Tax is taken once per VAT code from
    the sums after, by the percents of the original's day.

    :raises CorrectionLineUnknown: a change names no line of the document.
    :raises CorrectionLineAmbiguous: a change names several.
    :raises CorrectionValueWrong: a quantity or price cannot be.
    :raises stragan.core.vat.UnknownVatCode: a code is none.
    :raises stragan.core.vat.VatCodeNotInForce: a code had no percent on the day of supply.
    """
    wanted = _by_position(original.lines, changes)
    lines = [
        _changed(line, first, LineChange(quantity=NONE_LEFT) if to_zero else wanted.get(line.position))
        for line, first in zip(before.lines, original.lines, strict=True)
    ]
    goods = [line for line in lines if line.kind is LineKind.GOODS]
    if goods and not any(line.quantity for line in goods):
        nothing = LineChange(quantity=NONE_LEFT)
        lines = [
            line if line.position in wanted else _changed(line, first, nothing)
            for line, first in zip(lines, original.lines, strict=True)
        ]
    law_date = original.supply_date or original.issue_date
    after = State(
        lines=tuple(lines),
        rates=totals_per_rate(((line.vat_code, line.gross) for line in lines), on=law_date),
        deposits=_deposits(original, lines),
    )
    if after.lines == before.lines:
        after = before
    return Correction(
        before=before,
        after=after,
        lines=tuple(_line_differences(before.lines, after.lines)),
        rates=rate_differences(before.rates, after.rates),
        deposits=_deposit_differences(before.deposits, after.deposits),
    )


def corrected_part(original: DocumentSnapshot, correction: Correction, *, reason: str) -> Corrected:
    """Give what the snapshot of the correction says about the document it corrects."""
    return Corrected(
        number=original.number,
        issue_date=original.issue_date,
        kind=original.kind,
        reason=reason,
        before=correction.before.lines,
        after=correction.after.lines,
        rates_before=correction.before.rates,
        rates_after=correction.after.rates,
    )


def freeze_correction(
    original: DocumentSnapshot,
    correction: Correction,
    *,
    frame: DocumentSnapshot,
    number: str,
    reason: str,
) -> DocumentSnapshot:
    """Give the snapshot of a correction. *frame* has its dates and seller; all sums are differences."""
    sums = correction.sums
    return replace(
        frame,
        kind=DocumentKind.CORRECTION,
        number=number,
        lines=correction.lines,
        rates=correction.rates,
        net=sums.net,
        vat=sums.vat,
        gross=sums.gross,
        deposits=correction.deposits,
        deposit=sums.deposit,
        to_pay=sums.to_pay,
        corrected=corrected_part(original, correction, reason=reason),
    )


def rate_differences(before: Iterable[RateTotal], after: Iterable[RateTotal]) -> tuple[RateTotal, ...]:
    """After less before for each VAT code, in document order; codes that stay the same are left out."""
    old = {rate.code: rate for rate in before}
    new = {rate.code: rate for rate in after}
    found = []
    for code in sorted(old.keys() | new.keys(), key=rate_order):
        was = old.get(code) or RateTotal(code=code, net=ZERO, vat=ZERO, gross=ZERO)
        is_now = new.get(code) or RateTotal(code=code, net=ZERO, vat=ZERO, gross=ZERO)
        difference = RateTotal(
            code=code,
            net=is_now.net - was.net,
            vat=is_now.vat - was.vat,
            gross=is_now.gross - was.gross,
        )
        if difference.net or difference.vat or difference.gross:
            found.append(difference)
    return tuple(found)


def _by_position(lines: Sequence[SnapshotLine], changes: Iterable[LineChange]) -> dict[int, LineChange]:
    """Find the line each change means; a later change of the same line adds to the earlier one."""
    found: dict[int, LineChange] = {}
    for change in changes:
        places = [line.position for line in lines if _is_meant(line, change)]
        if not places:
            raise CorrectionLineUnknown(line=change.name)
        if len(places) > 1:
            raise CorrectionLineAmbiguous(line=change.name)
        _check(change)
        earlier = found.get(places[0], LineChange())
        found[places[0]] = LineChange(
            position=places[0],
            quantity=earlier.quantity if change.quantity is None else change.quantity,
            unit_gross=earlier.unit_gross if change.unit_gross is None else change.unit_gross,
            vat_code=change.vat_code or earlier.vat_code,
        )
    return found


def _is_meant(line: SnapshotLine, change: LineChange) -> bool:
    if change.position is not None:
        return line.position == change.position
    if change.line_id:
        return line.line_id == change.line_id and line.kind is LineKind.GOODS
    if change.sku:
        return line.sku == change.sku
    return bool(change.offer_id) and line.offer_id == change.offer_id and line.kind is LineKind.GOODS


def _check(change: LineChange) -> None:
    for value, places in ((change.quantity, QUANTITY_PLACES), (change.unit_gross, MONEY_PLACES)):
        if value is None:
            continue
        is_readable = value.is_finite() and 0 <= value <= LARGEST and value == round(value, places)
        if not is_readable:
            raise CorrectionValueWrong(line=change.name, value=f"{value}")


def _changed(line: SnapshotLine, first: SnapshotLine, change: LineChange | None) -> SnapshotLine:
    """Give the line as *change* wants it; the discount of the original's line (*first*) is the measure."""
    if change is None:
        return line
    quantity = line.quantity if change.quantity is None else change.quantity
    unit_gross = line.unit_gross if change.unit_gross is None else round_half_up(change.unit_gross)
    code = change.vat_code or line.vat_code
    if (quantity, unit_gross, code) == (line.quantity, line.unit_gross, line.vat_code):
        return line
    discount = round_half_up(first.discount * quantity / first.quantity) if first.quantity else ZERO
    discount = min(discount, round_half_up(quantity * unit_gross))
    return replace(
        line,
        quantity=quantity,
        unit_gross=unit_gross,
        discount=discount,
        gross=line_gross(quantity=quantity, unit_gross=unit_gross, discount=discount),
        vat_code=code,
        vat_source=line.vat_source if code == line.vat_code else VatSource.HAND,
    )


def _line_differences(
    before: Iterable[SnapshotLine], after: Iterable[SnapshotLine]
) -> Iterable[SnapshotLine]:
    """Changed lines with their differences; a line whose VAT code changed goes out whole and comes anew."""
    for old, new in zip(before, after, strict=True):
        if old == new:
            continue
        if old.vat_code != new.vat_code:
            yield replace(old, quantity=-old.quantity, discount=-old.discount, gross=-old.gross)
            yield new
            continue
        quantity = new.quantity - old.quantity
        yield replace(
            new,
            quantity=quantity,
            unit_gross=new.unit_gross if quantity else new.unit_gross - old.unit_gross,
            discount=new.discount - old.discount,
            gross=new.gross - old.gross,
        )


def _deposits(original: DocumentSnapshot, lines: Sequence[SnapshotLine]) -> tuple[Deposit, ...]:
    """Deposits of the original in proportion to what is left of the goods they came with.

    A deposit belongs to the next goods of its name that have none yet; without such goods it goes when
    everything goes.
    """
    free = [place for place, line in enumerate(original.lines) if line.kind is LineKind.GOODS]
    is_zero = not any(lines[place].quantity for place in free)
    found = []
    for deposit in original.deposits:
        place = next((one for one in free if original.lines[one].name == deposit.name), None)
        if place is None:
            left = NONE_LEFT if is_zero else deposit.quantity
        else:
            free.remove(place)
            first, now = original.lines[place].quantity, lines[place].quantity
            left = (
                deposit.quantity if first == now else round(deposit.quantity * now / first, QUANTITY_PLACES)
            )
        amount = deposit.amount if left == deposit.quantity else round_half_up(deposit.unit_amount * left)
        found.append(replace(deposit, quantity=left, amount=amount))
    return tuple(found)


def _deposit_differences(before: Sequence[Deposit], after: Sequence[Deposit]) -> tuple[Deposit, ...]:
    return tuple(
        replace(new, quantity=new.quantity - old.quantity, amount=new.amount - old.amount)
        for old, new in zip(before, after, strict=True)
        if new != old
    )


def _sums(rates: Sequence[RateTotal], deposits: Iterable[Deposit]) -> Sums:
    net = sum((rate.net for rate in rates), ZERO)
    vat = sum((rate.vat for rate in rates), ZERO)
    gross = sum((rate.gross for rate in rates), ZERO)
    deposit = sum((one.amount for one in deposits), ZERO)
    return Sums(rates=tuple(rates), net=net, vat=vat, gross=gross, deposit=deposit, to_pay=gross + deposit)
