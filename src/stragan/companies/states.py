"""What each role may do. One table, read by pages and commands alike."""

from enum import StrEnum
from typing import Final

# How long contact data of buyers are kept, in months after the purchase. Goods can be claimed not to conform
# for two years from delivery (Consumer Rights Act art. 43c), which comes within a month of the purchase.
CONTACT_MONTHS: Final = 25
LEAST_MONTHS: Final = 6
MOST_MONTHS: Final = 120


class Ability(StrEnum):
    """A deed that needs permission."""

    SEE = "see"
    FETCH_ORDERS = "fetch_orders"
    CHANGE_ORDERS = "change_orders"
    ISSUE_DOCUMENTS = "issue_documents"
    ISSUE_UNRELEASED = "issue_unreleased"
    UNDO_DOCUMENTS = "undo_documents"  # void, correct, unlink
    CHANGE_PRODUCTS = "change_products"
    MOVE_STOCK = "move_stock"
    CHANGE_CONTRACTORS = "change_contractors"
    KEEP_BOOKS = "keep_books"
    CLOSE_MONTHS = "close_months"
    MANAGE_SHOPS = "manage_shops"
    MANAGE_COMPANY = "manage_company"
    MANAGE_MEMBERS = "manage_members"


_CLERK: Final = frozenset(
    {
        Ability.SEE,
        Ability.FETCH_ORDERS,
        Ability.CHANGE_ORDERS,
        Ability.ISSUE_DOCUMENTS,
        Ability.UNDO_DOCUMENTS,
        Ability.CHANGE_PRODUCTS,
        Ability.MOVE_STOCK,
        Ability.CHANGE_CONTRACTORS,
    }
)

ABILITIES: Final[dict[str, frozenset[Ability]]] = {
    "owner": frozenset(Ability),
    "clerk": _CLERK,
    "accountant": _CLERK | {Ability.ISSUE_UNRELEASED, Ability.KEEP_BOOKS, Ability.CLOSE_MONTHS},
    "viewer": frozenset({Ability.SEE}),
}


def may(role: str, ability: Ability) -> bool:
    """Whether a member with *role* may do *ability*; an unknown role may nothing."""
    return ability in ABILITIES.get(role, frozenset())
