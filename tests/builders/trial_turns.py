"""What happens at Allegro while we look away: a seeded life of buyers, told to the journal or not."""

import copy
from collections import Counter
from random import Random

from standins.allegro import changes
from standins.allegro.orders import UNPAID, Order
from standins.allegro.refunds import minor_of
from standins.allegro.world import World

SELLER = 0
_KINDS = ("plain", "plain", "bought", "filled_in", "bought", "cod_waiting", "surcharge", "deposit", "merged")


class Turns:
    """Takes turns in *world*; ``taken`` counts them by name."""

    def __init__(self, world: World, draw: Random) -> None:
        self.world = world
        self.draw = draw
        self.taken: Counter[str] = Counter()
        self._late: list[tuple[str, str]] = []

    def take(self, count: int) -> None:
        """Let *count* things happen; what was held back before comes out first."""
        self.world.hidden.difference_update(self._late)
        self._late.clear()
        self.world.changed()
        for _ in range(count):
            turn = self.draw.choice(_TURNS)
            self.taken[turn.__name__] += turn(self)

    def buy(self) -> bool:
        """Somebody buys; now and then the list or the journal shows it only later."""
        (order,) = self.world.add_orders(1, kind=self.draw.choice(_KINDS), seller=SELLER)
        source = self.draw.choice(("", "", "", "list", "journal"))
        if source:
            self.world.hide(order, source=source)
            self._late.append((source, order.id))
        return True

    def some(self, *statuses: str) -> list[Order]:
        """Live orders of our seller in one of these states, in a random order."""
        found = [one for one in self.world.live_orders() if one.seller == SELLER and one.status in statuses]
        self.draw.shuffle(found)
        return found


def pay(turns: Turns) -> bool:
    """An unpaid order is paid."""
    for order in turns.some("BOUGHT", "FILLED_IN")[:1]:
        changes.pay(turns.world, order)
        return True
    return False


def cancel(turns: Turns) -> bool:
    """A buyer thinks better of it, or nobody pays."""
    for order in turns.some("BOUGHT", "FILLED_IN", "READY_FOR_PROCESSING")[:1]:
        changes.cancel(turns.world, order, by_buyer=order.status not in UNPAID)
        return True
    return False


def cancel_silently(turns: Turns) -> bool:
    """An order is cancelled, and neither journal nor ``updatedAt`` says so (#8419)."""
    for order in turns.some("READY_FOR_PROCESSING")[:1]:
        form = copy.deepcopy(turns.world.form(order))
        form["status"] = form["fulfillment"]["status"] = "CANCELLED"
        turns.world.touched(order, form, by_buyer=False)
        return True
    return False


def move_house(turns: Turns) -> bool:
    """A buyer corrects the address after paying."""
    for order in turns.some("READY_FOR_PROCESSING"):
        if (turns.world.form(order).get("delivery") or {}).get("address"):
            changes.change_address(turns.world, order, {"street": f"ul. Nowa {turns.draw.randrange(99)}"})
            return True
    return False


def top_up(turns: Turns) -> bool:
    """A buyer who paid online pays a surcharge."""
    for order in turns.some("READY_FOR_PROCESSING"):
        if (turns.world.form(order)["payment"] or {}).get("type") == "ONLINE":
            changes.add_surcharge(turns.world, order, turns.draw.randrange(100, 5000))
            return True
    return False


def give_back(turns: Turns) -> bool:
    """The seller refunds a part of what was paid online, once an order."""
    for order in turns.some("READY_FOR_PROCESSING"):
        payment = turns.world.form(order)["payment"] or {}
        if payment.get("type") == "ONLINE" and payment["paidAmount"] and order.id not in turns.world.refunds:
            paid = minor_of(payment["paidAmount"])
            changes.refund(turns.world, order, turns.draw.randrange(1, paid + 1))
            return True
    return False


def merge(turns: Turns) -> bool:
    """Unpaid purchases are paid together: a new form, and the old ones answer 404."""
    unpaid = turns.some("BOUGHT", "FILLED_IN")[: turns.draw.choice((2, 2, 3))]
    if len(unpaid) > 1:
        changes.merge(turns.world, unpaid)
    return len(unpaid) > 1


def ship(turns: Turns) -> bool:
    """The seller sets a status in Allegro's panel: that moves no ``updatedAt``, and half leave no event."""
    for order in turns.some("READY_FOR_PROCESSING")[:1]:
        form = copy.deepcopy(turns.world.form(order))
        form["fulfillment"]["status"] = turns.draw.choice(("PROCESSING", "SENT"))
        turns.world.touched(order, form, by_buyer=False)
        if turns.draw.random() < 0.5:
            turns.world.emit(order, "FULFILLMENT_STATUS_CHANGED")
        return True
    return False


_TURNS = (Turns.buy, Turns.buy, pay, pay, cancel, cancel_silently, move_house, top_up, merge, merge, ship)
