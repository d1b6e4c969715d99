"""What each role may do. One table, read by pages and commands alike."""

from enum import StrEnum
from typing import Final


class Ability(StrEnum):
    """A deed that needs permission."""

    SEE = "see"
    FETCH_ORDERS = "fetch_orders"
    CHANGE_ORDERS = "change_orders"
    ISSUE_DOCUMENTS = "issue_documents"
    ISSUE_UNRELEASED = "issue_unreleased"
    MANAGE_SHOPS = "manage_shops"
    MANAGE_COMPANY = "manage_company"
    MANAGE_MEMBERS = "manage_members"


_CLERK: Final = frozenset({Ability.SEE, Ability.FETCH_ORDERS, Ability.CHANGE_ORDERS, Ability.ISSUE_DOCUMENTS})

ABILITIES: Final[dict[str, frozenset[Ability]]] = {
    "owner": frozenset(Ability),
    "clerk": _CLERK,
    "accountant": _CLERK | {Ability.ISSUE_UNRELEASED},
    "viewer": frozenset({Ability.SEE}),
}


def may(role: str, ability: Ability) -> bool:
    """Whether a member with *role* may do *ability*; an unknown role may nothing."""
    return ability in ABILITIES.get(role, frozenset())
