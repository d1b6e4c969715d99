"""A difference in words: what differs and, where it is known, why."""

from stragan.kit.messages import text_of
from stragan.orders.models import ReconcileFinding
from stragan.orders.states import CheckCause


def message_of(finding: ReconcileFinding) -> str:
    """The sentences for a finding, in the active language."""
    return " ".join(filter(None, (difference_of(finding), cause_of(finding))))


def difference_of(finding: ReconcileFinding) -> str:
    """What differs."""
    return text_of(f"check_{finding.difference}", _params(finding))


def cause_of(finding: ReconcileFinding) -> str:
    """Why, or nothing."""
    if not finding.cause:
        return ""
    code = (
        str(finding.facts.get("code")) if finding.cause == CheckCause.NO_ANSWER else f"cause_{finding.cause}"
    )
    return text_of(code, _params(finding))


def _params(finding: ReconcileFinding) -> dict[str, object]:
    return {
        **finding.facts,
        "shop": finding.shop.name,
        "ours": finding.ours,
        "allegro": finding.allegro,
        "currency": finding.currency,
    }
