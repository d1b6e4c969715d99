"""Which forms the journal shows to have been paid together with others: they answer 404, nobody need ask."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from stragan.gateways.allegro import OrderEvent


@dataclass(slots=True)
class _Named:
    """What events say of a form: its purchases, and the places of its first and its latest event."""

    first: int
    latest: int = 0
    lines: set[str] = field(default_factory=set)


def merged_away(events: Iterable[OrderEvent]) -> frozenset[str]:
    """Forms whose purchases all stand, with others, in a form that events name later only.

    *events* are in the journal's order. Paying together makes a new form: of two that share purchases the one
    that was named last may live, so it is fetched, whatever the other holds.
    """
    forms: dict[str, _Named] = {}
    for place, event in enumerate(events):
        if event.form_id:
            named = forms.setdefault(event.form_id, _Named(first=place))
            named.latest = place
            named.lines.update(event.line_ids)
    holders: dict[str, list[_Named]] = {}
    for named in forms.values():
        if len(named.lines) > 1:
            for line in named.lines:
                holders.setdefault(line, []).append(named)
    return frozenset(
        form_id
        for form_id, named in forms.items()
        if named.lines
        and any(
            named.lines < other.lines and named.latest < other.first
            for other in holders.get(next(iter(named.lines)), ())
        )
    )
