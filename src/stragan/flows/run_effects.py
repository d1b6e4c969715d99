"""What a run would move and post, kept with its items as facts that the preview can show."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from stragan.documents.content import Refusal
from stragan.documents.models import IssueItem
from stragan.flows.consequences import Consequences


def facts_of(found: Consequences) -> dict[str, Any]:
    """Give the effects of one document for its item: pieces that leave, registers with their month."""
    facts: dict[str, Any] = {}
    if found.stock:
        facts["pieces"] = f"{-sum((one.quantity for one in found.stock), Decimal(0)):f}"
        facts["short"] = any(one.is_short for one in found.stock)
    if found.books:
        facts["books"] = list(dict.fromkeys(one.register for one in found.books))
        facts["periods"] = sorted({one.period for one in found.books})
    return facts


def warnings_in(found: Iterable[Refusal]) -> dict[str, Any]:
    """Give the codes of what a person should know of one document, for its item."""
    codes = [one.code for one in found]
    return {"warnings": codes} if codes else {}


def together(items: Iterable[IssueItem]) -> Mapping[str, Any]:
    """Add up the effects of all items: notes, pieces, documents posted, registers, months."""
    found = [item.params for item in items]
    moving = [Decimal(facts["pieces"]) for facts in found if "pieces" in facts]
    posting = [facts for facts in found if "books" in facts]
    return {
        "notes": len(moving),
        "pieces": f"{sum(moving, Decimal(0)):f}",
        "short": sum(bool(facts.get("short")) for facts in found),
        "entries": len(posting),
        "books": list(dict.fromkeys(register for facts in posting for register in facts["books"])),
        "periods": sorted({period for facts in posting for period in facts["periods"]}),
        "warnings": Counter(code for facts in found for code in facts.get("warnings", ())),
    }
