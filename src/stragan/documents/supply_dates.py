"""Whether the day of supply and the issue date go together. No queries."""

from datetime import timedelta
from typing import Final

from stragan.core.vat import POLISH_RATES, VatCodeNotInForce, percent_of
from stragan.documents.content import DraftContent, Refusal
from stragan.documents.states import ORIGINAL_KINDS

# An invoice is issued 60 days before the supply at most (VAT Act art. 106i(7)(1)).
EARLIEST_BEFORE_SALE: Final = timedelta(days=60)
# Tax is due in January of the next year at the latest, and lapses five years after the end of that year (Tax
# Ordinance art. 70(1)): what was supplied before has no tax left to document, so the year is mistyped.
LAPSED_AFTER_YEARS: Final = 6
# Until then, from the end of the month of supply, a buyer may ask for an invoice (VAT Act art. 106b(3)).
ASKED_FOR_MONTHS: Final = 3
_MONTHS: Final = 12

_FIELD: Final = "supply_date"


def supply_refusals(content: DraftContent) -> list[Refusal]:
    """Say that a fiscal document is dated too early for its supply, or years after it."""
    day, issued = content.supply_date, content.issue_date
    if day is None or content.kind not in ORIGINAL_KINDS:
        return []
    if day - issued > EARLIEST_BEFORE_SALE:
        latest = (issued + EARLIEST_BEFORE_SALE).isoformat()
        params = {"date": day.isoformat(), "latest": latest}
        return [Refusal(code="supply_date_too_late", params=params, field=_FIELD)]
    if day.year + LAPSED_AFTER_YEARS < issued.year:
        earliest = issued.replace(year=issued.year - LAPSED_AFTER_YEARS, month=1, day=1).isoformat()
        params = {"date": day.isoformat(), "earliest": earliest}
        return [Refusal(code="supply_date_lapsed", params=params, field=_FIELD)]
    return []


def law_refusals(content: DraftContent) -> list[Refusal]:
    """Say that a rate had no percent yet on the day that decides: its year is mistyped, too."""
    day = content.law_date
    for code in dict.fromkeys(line.vat_code for line in content.lines):
        if code not in POLISH_RATES:
            continue  # missing or not allowed: told beside the line
        try:
            percent_of(code, on=day)
        except VatCodeNotInForce as refused:
            params = {name: str(fact) for name, fact in refused.params.items()}
            field = _FIELD if content.supply_date else "issue_date"
            return [Refusal(code=refused.code, params=params, field=field)]
    return []


def supply_warnings(content: DraftContent) -> tuple[Refusal, ...]:
    """Say that the supply was so long ago that the year may be mistyped, and where its tax goes if not."""
    day, issued = content.supply_date, content.issue_date
    if day is None or content.kind not in ORIGINAL_KINDS or supply_refusals(content):
        return ()
    months = (issued.year - day.year) * _MONTHS + issued.month - day.month
    if months <= ASKED_FOR_MONTHS:
        return ()
    return (Refusal(code="supply_date_long_ago", params={"date": day.isoformat()}, field=_FIELD),)
