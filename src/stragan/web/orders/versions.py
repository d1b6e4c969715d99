"""Versions of an order as Allegro sent them: one as it was, or two side by side with what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from stragan.flows import order_content
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderRevision
from stragan.web.orders import timeline
from stragan.web.orders.timeline import Change

_HIDDEN = (".phone", ".email")  # shown on the page of the order, to who asks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One of them: which it was, and when it was fetched."""

    sequence: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one version says, in words; of the order itself or of one of its lines."""

    title: str
    rows: tuple[tuple[str, str], ...]


def versions_of(order: Order) -> list[Version]:
    """All versions of an order, the newest first; their contents are not read."""
    rows = OrderRevision.objects.filter(order=order).order_by("-sequence")
    return [
        Version(sequence=sequence, fetched_at=fetched_at)
        for sequence, fetched_at in rows.values_list("sequence", "fetched_at")
    ]


def content_of(order: Order, sequence: int) -> OrderData | None:
    """The content of one version, None where there is no such version."""
    rows = OrderRevision.objects.filter(order=order, sequence=sequence)
    payload = rows.values_list("payload", flat=True).first()
    return None if payload is None else order_content.read_payload(bytes(payload))


def facts_of(data: OrderData) -> list[Facts]:
    """Everything a version says, in the words of the timeline; what is empty is left out."""
    named = [name for name in timeline.FIELDS if "." in name or hasattr(data, name)]
    whole = Facts(title="", rows=_rows(data, named))
    lines = [
        Facts(
            title=line.offer_name,
            rows=_rows(
                data,
                [f"lines.{line.line_id}.{name}" for name in timeline.FIELDS if hasattr(line, name)],
            ),
        )
        for line in data.lines
    ]
    return [whole, *lines]


def changes_between(old: OrderData, new: OrderData) -> Sequence[Change]:
    """What differs, with the values of both."""
    return timeline.compared(old, new)


def _rows(data: OrderData, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    names = [name for name in names if not name.endswith(_HIDDEN)]
    found = ((timeline.FIELDS[_known(name)], timeline.said_of(data, name)) for name in names)
    return tuple((str(label), value) for label, value in found if value)


def _known(name: str) -> str:
    return name.rpartition(".")[2] if name.startswith("lines.") else name
