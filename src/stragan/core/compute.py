"""The calculator for integrators: one case of a document in, its sums and statutory fields out.

The conventions are those of documents issued here: gross method, tax once per VAT code, halves up.
It needs no company and no database; bad input is refused with a code, never guessed at.
"""

import json
from collections.abc import Mapping
from decimal import Context, Decimal, DecimalException, localcontext
from typing import Final

from stragan.core.calculator.kinds import KINDS
from stragan.core.calculator.reading import CaseReader
from stragan.core.calculator.sale import Answer, CaseNotSupported
from stragan.core.errors import Refused
from stragan.core.snapshot import RateTotal
from stragan.core.totals import DocumentTotals

# Room for products of the largest numbers a case may hold, so that only named functions round.
_EXACT: Final = Context(prec=80)


class NotJson(Refused):
    """The line is not one JSON value."""

    code = "not_json"


def compute(case: Mapping[str, object]) -> Answer:
    """Compute the answer to one case: amounts as strings with two decimals.

    Amounts in the case are exact: strings, integers or ``Decimal``; floats are refused. ``document``
    names the kind of case, ordinary sales have none.

    :raises Refused: a subclass with its code, for whatever cannot be read or computed.
    """
    reader = CaseReader.of(case)
    kind = reader.text("document") if "document" in reader else "ordinary"
    if kind not in KINDS:
        raise CaseNotSupported(field="document")
    with localcontext(_EXACT):
        return {name: _written(value) for name, value in KINDS[kind](reader).items()}


def answer_line(text: str) -> str:
    """Answer one line of JSON with one line of JSON: the computed object or ``{"refused": code, …}``."""
    try:
        answer = compute(CaseReader.of(_parse(text)).fields)
    except Refused as refusal:
        facts = {name: str(value) for name, value in refusal.params.items()}
        answer = {"refused": refusal.code, **facts}
    return json.dumps(answer)


def _parse(text: str) -> object:
    def refuse(_constant: str) -> object:  # NaN and Infinity are no JSON
        raise NotJson

    try:
        value: object = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=refuse)
    except (ValueError, DecimalException, RecursionError) as failure:
        raise NotJson from failure
    return value


def _written(value: object) -> object:
    """Turn decimals into strings with two decimals and sums into objects, all the way down."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, RateTotal | DocumentTotals):
        return {"gross": f"{value.gross:.2f}", "net": f"{value.net:.2f}", "vat": f"{value.vat:.2f}"}
    if isinstance(value, Mapping):
        return {name: _written(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_written(part) for part in value]
    return value
