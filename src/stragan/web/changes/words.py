"""Changes and their deeds as the pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from stragan.documents import change_words
from stragan.documents.changes import Change, Deed, Item
from stragan.documents.states import ChangeState, SettledHow
from stragan.web.shell import show

SIGNS: Final[dict[Deed, tuple[str, str]]] = {
    Deed.TO_ZERO: ("red", "file-x"),
    Deed.ANEW: ("red", "file-x"),
    Deed.CORRECT: ("amber", "file-diff"),
    Deed.INVOICE: ("amber", "file-invoice"),
    Deed.DATA: ("amber", "alert-triangle"),
    Deed.BY_HAND: ("amber", "arrows-diff"),
    Deed.LABEL: ("blue", "truck-delivery"),
    Deed.NOTHING: ("grey", "check"),
}
TABS: Final[dict[ChangeState, str | Promise]] = {
    ChangeState.OPEN: gettext_lazy("To settle"),
    ChangeState.NOTED: gettext_lazy("Nothing to do"),
    ChangeState.SETTLED: pgettext_lazy("changes", "Settled"),
}
HOW: Final[dict[str, str | Promise]] = {
    SettledHow.CORRECTED: gettext_lazy("document and order agree again"),
    SettledHow.UNDONE: gettext_lazy("the order is again what it was"),
    SettledHow.BY_HAND: pgettext_lazy("a change", "settled by hand"),
    SettledHow.UNDOCUMENTED: gettext_lazy("the document counts no more"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One change in words: its name, what it is about, and the values before and after."""

    name: str
    about: str
    old: str
    new: str
    deed: str
    color: str
    icon: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where the proposed deed is done: the words of its button and the page."""

    text: str
    icon: str
    url: str


def line_of(one: Item, *, currency: str) -> Line:
    """Say one change, with its values where these are known here."""
    color, icon = SIGNS[one.deed]
    return Line(
        name=str(change_words.NAMES[one.change]),
        about=one.line,
        old=value_of(one.change, one.old, currency),
        new=value_of(one.change, one.new, currency),
        deed=str(change_words.DEEDS[one.deed]),
        color=color,
        icon=icon,
        why=change_words.why(one.change, one.deed),
    )


def value_of(change: Change, text: str, currency: str) -> str:
    """Say a value of a change: pieces, a rate, a text, else an amount."""
    if not text or change in change_words.WITHOUT_AMOUNT or change is Change.DELIVERY_METHOD:
        return text
    if change in change_words.PLAIN:
        return show.quantity(Decimal(text))
    if change in change_words.RATES or change is Change.VAT_UNCLEAR:
        return f"{text}%" if text.isdecimal() else text
    return show.money(Decimal(text), currency)


def step_of(deed: Deed, *, order_id: int, document: UUID) -> Step:
    """Give the page on which *deed* is done for a document of an order."""
    detail = reverse("documents:detail", args=[document])
    correct = f"{reverse('documents:correct', args=[document])}?change={order_id}"
    order = reverse("orders:detail", args=[order_id])
    steps = {
        Deed.TO_ZERO: (pgettext("deed", "Correct to zero"), "file-x", correct),
        Deed.ANEW: (pgettext("deed", "Correct to zero"), "file-x", correct),
        Deed.CORRECT: (_("Prepare the correction"), "file-diff", correct),
        Deed.INVOICE: (_("Open the receipt"), "file-invoice", detail),
        Deed.DATA: (_("See the document"), "file-text", detail),
        Deed.BY_HAND: (_("Correct by hand"), "file-diff", correct),
        Deed.LABEL: (_("Show the parcels"), "truck-delivery", f"{order}#parcels"),
        Deed.NOTHING: (_("See the order"), "list-details", order),
    }
    text, icon, url = steps[deed]
    return Step(text=text, icon=icon, url=url)


def reasons_of(lines: Iterable[Line]) -> list[str]:
    """Give the sentences that explain the deeds, each once."""
    return list(dict.fromkeys(line.why for line in lines))
