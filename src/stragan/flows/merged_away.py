"""Which forms the journal shows to have been paid together with others: they answer 404, nobody need ask."""

from collections.abc import Iterable, Mapping

from stragan.gateways.allegro import OrderEvent


def lines_of_forms(events: Iterable[OrderEvent]) -> dict[str, frozenset[str]]:
    """The purchases that events name with each form."""
    found: dict[str, frozenset[str]] = {}
    for event in events:
        if event.form_id:
            found[event.form_id] = found.get(event.form_id, frozenset()).union(event.line_ids)
    return found


def merged_away(forms: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Forms whose purchases all stand, with others, in another form: that one is fetched in their place."""
    holders: dict[str, list[frozenset[str]]] = {}
    for lines in forms.values():
        if len(lines) > 1:
            for line in lines:
                holders.setdefault(line, []).append(lines)
    return frozenset(
        form_id
        for form_id, lines in forms.items()
        if lines and any(lines < other for other in holders.get(next(iter(lines)), ()))
    )
