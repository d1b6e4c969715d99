"""Keeps what changed since the start in a file, so that a restarted demo still knows its tokens."""

import base64
import dataclasses
import json
from pathlib import Path

from standins.allegro.grants import Grant
from standins.allegro.journal import Event
from standins.allegro.orders import Json, Order
from standins.allegro.stock import Command
from standins.allegro.world import Invoice, Refund, Shipment, World


def _shape(world: World) -> list[object]:
    """Return what must be the same for a saved state to fit."""
    return [world.seed, world.initial_orders, [seller.login for seller in world.sellers], world.days]


class Keeper:
    """Writes the state when it changed."""

    def __init__(self, world: World, file: Path) -> None:
        self.world = world
        self.file = file
        self._saved = (-1, -1, -1)

    def save(self) -> None:
        """Write the state unless nothing changed since the last time."""
        world = self.world
        documents = sum(
            1 + (entry.uploaded_ms is not None) for entries in world.invoices.values() for entry in entries
        )
        version = (world.version, world.grants.version, documents)
        if version == self._saved:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        partial = self.file.with_suffix(".part")
        partial.write_text(json.dumps(self._state(), ensure_ascii=False), encoding="utf-8")
        partial.replace(self.file)
        self._saved = version

    def _state(self) -> Json:
        world = self.world
        return {
            "shape": _shape(world),
            "anchor_ms": world.anchor_ms,
            "now_ms": world.now_ms(),
            "orders": [
                dataclasses.asdict(order)
                for order in world.orders
                if order.index >= world.initial_orders or order.form is not None or order.gone
            ],
            "events": [
                [dataclasses.asdict(event) for event in journal.events[journal.generated :]]
                for journal in world.journals
            ],
            "grants": [dataclasses.asdict(grant) for grant in world.grants.grants],
            "stock": {
                "changed": world.stock.changed,
                "ended": world.stock.ended,
                "commands": {
                    command_id: dataclasses.asdict(command)
                    for command_id, command in world.stock.commands.items()
                },
            },
            "invoices": {
                form_id: [
                    {**dataclasses.asdict(entry), "content": base64.b64encode(entry.content).decode()}
                    for entry in entries
                ]
                for form_id, entries in world.invoices.items()
            },
            "shipments": {
                form_id: [dataclasses.asdict(entry) for entry in entries]
                for form_id, entries in world.shipments.items()
            },
            "refunds": {
                form_id: [dataclasses.asdict(entry) for entry in entries]
                for form_id, entries in world.refunds.items()
            },
        }


def restore(world: World, file: Path) -> bool:
    """Bring back what an earlier run of the same shape saved; tells whether it did."""
    if not file.is_file():
        return False
    state = json.loads(file.read_text(encoding="utf-8"))
    if state["shape"] != _shape(world):
        return False
    world.restart(anchor_ms=state["anchor_ms"], now_ms=state["now_ms"])
    for raw in state["orders"]:
        order = Order(**{**raw, "bought": tuple(raw["bought"])})
        if order.index < len(world.orders):
            world.orders[order.index] = order
            world.by_id[order.id] = order
        else:
            world.adopt(order)
    for journal, events in zip(world.journals, state["events"], strict=True):
        journal.extend([Event(**raw) for raw in events])
    world.grants.restore([Grant(**{**raw, "scope": tuple(raw["scope"])}) for raw in state["grants"]])
    world.invoices = {
        form_id: [Invoice(**{**raw, "content": base64.b64decode(raw["content"])}) for raw in entries]
        for form_id, entries in state["invoices"].items()
    }
    world.shipments = {
        form_id: [Shipment(**raw) for raw in entries]
        for form_id, entries in state.get("shipments", {}).items()
    }
    world.refunds = {
        form_id: [Refund(**raw) for raw in entries] for form_id, entries in state.get("refunds", {}).items()
    }
    kept = state.get("stock", {})
    world.stock.changed.update(kept.get("changed", {}))
    world.stock.ended.update(kept.get("ended", {}))
    commands = kept.get("commands", {})
    world.stock.commands.update({command_id: Command(**raw) for command_id, raw in commands.items()})
    world.changed()
    return True
