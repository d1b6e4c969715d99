"""How the delivery lines of a document are corrected to another cost. No queries."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from stragan.core.money import ZERO, round_half_up
from stragan.core.snapshot import LineKind, SnapshotLine
from stragan.documents.content import DraftLine
from stragan.documents.correcting import LineChange

_ONE: Final = Decimal(1)
_NONE: Final = Decimal(0)


def per_code(lines: Iterable[DraftLine] | Iterable[SnapshotLine]) -> dict[str, Decimal]:
    """Give the gross of delivery by VAT code, empty where the code is not known; nothing for 0.00."""
    found: dict[str, Decimal] = {}
    for line in lines:
        if line.kind is LineKind.DELIVERY and line.gross:
            code = line.vat_code or ""
            found[code] = found.get(code, ZERO) + line.gross
    return {code: found[code] for code in sorted(found)}


def delivery_fixes(
    lines: Sequence[SnapshotLine], *, first: Sequence[SnapshotLine], wanted: Mapping[str, Decimal]
) -> tuple[LineChange, ...] | None:
    """Say what makes the delivery of *lines* cost *wanted* per VAT code; None where lines do not suffice.

    A part goes to a line of its code, else to one that is left over and changes its code. *first* are the
    lines of the original, whose discounts are the measure of later ones.
    """
    free = [line for line in lines if line.kind is LineKind.DELIVERY]
    free.sort(key=lambda line: not line.quantity)
    chosen: dict[int, tuple[str, Decimal]] = {}
    for is_same_code in (True, False):
        for code, cost in wanted.items():
            if any(code == known for known, _cost in chosen.values()):
                continue
            line = next((one for one in free if not is_same_code or one.vat_code == code), None)
            if line is not None:
                free.remove(line)
                chosen[line.position] = (code, cost)
    if len(chosen) < len(wanted):
        return None
    by_place = {line.position: line for line in first}
    fixes = [
        LineChange(
            position=position,
            quantity=_ONE,
            unit_gross=cost + _discount(by_place[position]),
            vat_code=code,
        )
        for position, (code, cost) in chosen.items()
    ]
    fixes += [LineChange(position=line.position, quantity=_NONE) for line in free if line.quantity]
    return tuple(sorted(fixes, key=lambda fix: fix.position or 0))


def _discount(line: SnapshotLine) -> Decimal:
    """Give the discount that one piece of the line keeps in a correction."""
    return round_half_up(line.discount / line.quantity) if line.quantity else ZERO
