"""The filter bar: a menu per condition, with the address that each choice leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar, Final

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stragan.orders.queries import OrderFilter
from stragan.orders.states import PaymentState
from stragan.web.orders import links, words
from stragan.web.orders.filtering import ListState
from stragan.web.shell import show
from stragan.web.shell.templatetags import st

_CURRENT: Final = SafeString(' aria-current="true"')
_CHECKED: Final = SafeString(" checked")
CURRENCIES: Final = ("PLN", "EUR", "CZK", "HUF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a menu."""

    label: str | Promise
    url: str
    is_current: bool
    icon: str = ""
    color: str = ""
    WORDS: ClassVar[Mapping[str, Callable[["Choice"], str]]] = {
        "label": lambda choice: str(choice.label),
        "icon_html": lambda choice: st.icon(choice.icon),
        "current_html": lambda choice: _CURRENT if choice.is_current else "",
        "checked_html": lambda choice: _CHECKED if choice.is_current else "",
        "sign_html": lambda choice: st.status(choice.color, choice.icon, str(choice.label)),
    }  # what ``each_row`` makes of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A condition: closed it is a button, set it is a chip with its value and a way to clear it."""

    name: str
    label: str
    value: str
    clear: str
    choices: tuple[Choice, ...]

    @property
    def is_set(self) -> bool:
        """Whether the condition narrows the list."""
        return bool(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A condition that is set and has no menu of its own."""

    label: str
    clear: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBar:
    """Everything the bar shows."""

    days: Menu
    status: Menu
    menus: tuple[Menu, ...]
    chips: tuple[Chip, ...]
    clear: str
    count: int
    currencies: tuple[str, ...]
    marketplaces: tuple[tuple[str, str], ...]


def build(state: ListState, *, shops: Mapping[int, str], product: str, today: date) -> FilterBar:
    """Make the bar for the list as it is filtered now; *product* names the one it is filtered by."""
    days, status = _days(state, today), _status(state)
    menus = (_shop(state, shops), _payment(state), _invoice(state), _document(state), _problem(state))
    chips = _chips(state, product)
    kept = OrderFilter(tab=state.wanted.tab)
    cleared = ListState(wanted=kept, size=state.size).text
    return FilterBar(
        days=days,
        status=status,
        menus=menus,
        chips=chips,
        clear=cleared if len(cleared) > 1 else "?tab=all",
        count=sum(menu.is_set for menu in (days, status, *menus)) + len(chips),
        currencies=CURRENCIES,
        marketplaces=tuple(links.MARKETPLACES.items()),
    )


def span(first: date | None, last: date | None) -> str:
    """Two days as ``01.11.2026 – 23.11.2026``, one of them as ``od 01.11.2026``; empty for none."""
    if first and last:
        return show.day(first) if first == last else f"{show.day(first)} – {show.day(last)}"
    if first:
        return _("from %(day)s") % {"day": show.day(first)}
    return _("to %(day)s") % {"day": show.day(last)} if last else ""


def _amounts(first: Decimal | None, last: Decimal | None) -> str:
    if first is not None and last is not None:
        return f"{show.amount(first)} – {show.amount(last)}"
    if first is not None:
        return _("from %(amount)s") % {"amount": show.amount(first)}
    return _("to %(amount)s") % {"amount": show.amount(last)} if last is not None else ""


def _days(state: ListState, today: date) -> Menu:
    wanted = state.wanted
    month = today.replace(day=1)
    month_before = month - timedelta(days=1)
    spans = (
        (_("Today"), today, today),
        (_("Yesterday"), today - timedelta(days=1), today - timedelta(days=1)),
        (_("Last 7 days"), today - timedelta(days=6), today),
        (_("This month"), month, today),
        (_("Last month"), month_before.replace(day=1), month_before),
    )
    return Menu(
        name="created",
        label=_("Date created"),
        value=span(wanted.created_from, wanted.created_to),
        clear=state.query(created_from=None, created_to=None),
        choices=tuple(
            Choice(
                label=label,
                url=state.query(created_from=first, created_to=last),
                is_current=(wanted.created_from, wanted.created_to) == (first, last),
                icon="calendar",
            )
            for label, first, last in spans
        ),
    )


def _status(state: ListState) -> Menu:
    chosen = state.wanted.statuses
    return Menu(
        name="status",
        label=_("Status"),
        value=", ".join(str(words.STATUSES[value].word) for value in chosen),
        clear=state.query(statuses=()),
        choices=tuple(
            Choice(label=sign.word, url=value, is_current=value in chosen, icon=sign.icon, color=sign.color)
            for value, sign in words.STATUSES.items()
        ),
    )


def _shop(state: ListState, shops: Mapping[int, str]) -> Menu:
    current = state.wanted.shop_id
    return Menu(
        name="shop",
        label=_("Shop"),
        value=shops.get(current, str(current)) if current else "",
        clear=state.query(shop_id=None),
        choices=tuple(
            Choice(label=name, url=state.query(shop_id=key), is_current=key == current, icon="building-store")
            for key, name in shops.items()
        ),
    )


def _payment(state: ListState) -> Menu:
    current = state.wanted.payment
    return Menu(
        name="payment",
        label=_("Payment"),
        value=str(words.PAYMENTS[PaymentState(current)].word) if current else "",
        clear=state.query(payment=""),
        choices=tuple(
            Choice(
                label=sign.word,
                url=state.query(payment=value),
                is_current=value == current,
                icon=sign.icon,
                color=sign.color,
            )
            for value, sign in words.PAYMENTS.items()
        ),
    )


def _invoice(state: ListState) -> Menu:
    asks, asks_not = _("asks for an invoice"), _("does not ask")
    current = state.wanted.wants_invoice
    return Menu(
        name="invoice",
        label=_("Invoice"),
        value="" if current is None else asks if current else asks_not,
        clear=state.query(wants_invoice=None),
        choices=(
            Choice(label=asks, url=state.query(wants_invoice=True), is_current=current is True, icon="check"),
            Choice(
                label=asks_not,
                url=state.query(wants_invoice=False),
                is_current=current is False,
                icon="minus",
            ),
        ),
    )


def _document(state: ListState) -> Menu:
    current = state.wanted.documents
    icons = {"no": "file-off", "yes": "files"}
    return Menu(
        name="document",
        label=_("Documents"),
        value=str(words.DOCUMENTS[current]) if current else "",
        clear=state.query(documents=""),
        choices=tuple(
            Choice(
                label=label,
                url=state.query(documents=value),
                is_current=value == current,
                icon=icons.get(value, "file-invoice"),
            )
            for value, label in words.DOCUMENTS.items()
        ),
    )


def _problem(state: ListState) -> Menu:
    current = state.wanted.problem
    return Menu(
        name="problem",
        label=_("Problem"),
        value=words.problem_name(current) if current else "",
        clear=state.query(problem=""),
        choices=tuple(
            Choice(
                label=label,
                url=state.query(problem=value),
                is_current=value == current,
                icon="alert-circle",
                color="red",
            )
            for value, label in words.PROBLEMS.items()
        ),
    )


def _chip(name: str, value: str, *, clear: str) -> Chip:
    return Chip(label=f"{name}: {value}", clear=clear)


def _chips(state: ListState, product: str) -> tuple[Chip, ...]:
    """Conditions from "+ condition" and the search box."""
    wanted = state.wanted
    chips = []
    if wanted.deleted:
        chips.append(Chip(label=_("Bin"), clear=state.query(deleted=False)))
    if wanted.product_id:
        name = product or str(wanted.product_id)
        chips.append(_chip(_("Product"), name, clear=state.query(product_id=None)))
    if wanted.text:
        chips.append(_chip(_("Search"), wanted.text, clear=state.query(text="")))
    if bought := span(wanted.bought_from, wanted.bought_to):
        chips.append(_chip(_("Bought"), bought, clear=state.query(bought_from=None, bought_to=None)))
    if amounts := _amounts(wanted.total_from, wanted.total_to):
        chips.append(_chip(_("Amount"), amounts, clear=state.query(total_from=None, total_to=None)))
    if wanted.delivery_method:
        chips.append(_chip(_("Delivery"), wanted.delivery_method, clear=state.query(delivery_method="")))
    if wanted.marketplace:
        market = links.MARKETPLACES.get(wanted.marketplace, wanted.marketplace)
        chips.append(_chip(_("Marketplace"), market, clear=state.query(marketplace="")))
    if wanted.currency:
        chips.append(_chip(_("Currency"), wanted.currency, clear=state.query(currency="")))
    return tuple(chips)
