"""How many pieces the offers have left, and the commands that change it, done a moment after they came."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_USUAL_STEP: Final = 37


@dataclass(slots=True)
class Command:
    """One quantity command: whose it is and what becomes of each of its offers."""

    seller: int
    change: str
    value: int
    tasks: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Stock:
    """Pieces left by offer, as far as they were changed; commands by id.

    *slow_looks*: how often a command's tasks answer ``NEW``, or an offer shows its old stock, before what was
    asked for is done. *locked*: offers that refuse every change.
    """

    changed: dict[str, int] = field(default_factory=dict)
    ended: dict[str, bool] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    slow_looks: int = 0
    _looks: dict[str, int] = field(default_factory=dict)
    _edits: dict[str, int] = field(default_factory=dict)

    def available(self, offer_id: str) -> int:
        """Return the pieces left of an offer."""
        return self.changed.get(offer_id, int(offer_id) % _USUAL_STEP)

    def is_ended(self, offer_id: str) -> bool:
        """Tell whether the offer has ended: its stock ran out, or somebody ended it."""
        return self.ended.get(offer_id, self.available(offer_id) == 0)

    def put(self, offer_id: str, available: int) -> None:
        """Set the pieces left; none ends the offer."""
        self.changed[offer_id] = available
        self.ended[offer_id] = available == 0

    def edit(self, offer_id: str, available: int) -> bool:
        """Set the pieces left; with *slow_looks* it is done later, which False says."""
        if not self.slow_looks:
            self.put(offer_id, available)
            return True
        self._edits[offer_id], self._looks[offer_id] = available, self.slow_looks
        return False

    def look(self, offer_id: str) -> None:
        """Do an edit that waited long enough."""
        if offer_id in self._edits:
            if self._looks[offer_id] > 0:
                self._looks[offer_id] -= 1
            else:
                self.put(offer_id, self._edits.pop(offer_id))

    def take_command(
        self,
        command_id: str,
        *,
        seller: int,
        change: str,
        value: int,
        offers: Sequence[str],
        known: set[str],
    ) -> bool:
        """Take a command in unless its id was used; with *slow_looks* it is done later."""
        if command_id in self.commands:
            return False
        command = Command(seller=seller, change=change, value=value)
        for offer_id in offers:
            task = {"field": "quantity", "offer": {"id": offer_id}, "status": "NEW", "errors": []}
            if offer_id not in known:
                _fail(task, "OFFER_NOT_FOUND", "Nie ma takiej oferty.")
            command.tasks.append(task)
        self.commands[command_id] = command
        self._looks[command_id] = self.slow_looks
        if not self.slow_looks:
            self._do(command)
        return True

    def settle(self, command_id: str) -> None:
        """Do a command that waited long enough."""
        if self._looks.get(command_id, 0) > 0:
            self._looks[command_id] -= 1
        else:
            self._do(self.commands[command_id])

    def _do(self, command: Command) -> None:
        for task in command.tasks:
            if task["status"] != "NEW":
                continue
            offer_id = task["offer"]["id"]
            value = command.value + (self.available(offer_id) if command.change == "GAIN" else 0)
            if value <= 0:
                _fail(task, "ERR_INVALID_QUANTITY", "Nieprawidłowa liczba sztuk.")
            elif self.is_ended(offer_id):
                _fail(task, "OFFER_ENDED", "Oferta jest zakończona.")
            elif offer_id in self.locked:
                _fail(task, "OFFER_NOT_EDITABLE", "Tej oferty nie można teraz zmienić.")
            else:
                self.put(offer_id, value)
                task["status"] = "SUCCESS"


def _fail(task: dict[str, Any], code: str, text: str) -> None:
    error = {"code": code, "details": None, "message": code, "path": None, "userMessage": text}
    task.update(status="FAIL", message="EXCEPTION_DURING_OFFER_QUANTITY_UPDATE", errors=[error])
