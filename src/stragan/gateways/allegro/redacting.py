"""Takes contact data out of Allegro's JSON; ids, amounts, dates and states stay.

Inside what speaks of a person only named keys stay, so that a field Allegro may add goes as well.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from stragan.gateways.allegro.parsing import decoded

_Keep = Callable[[Any], Any]


def without_contact(body: bytes) -> bytes:
    """Give the same JSON without contact data; readers still take it. What is no JSON becomes nothing."""
    try:
        node = decoded(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return b""
    return msgspec.json.encode(_cleared(node))


def _cleared(node: Any) -> Any:
    if isinstance(node, list):
        return [_cleared(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value if key in _OURS else _PERSONAL[key](value) if key in _PERSONAL else _cleared(value)
        for key, value in node.items()
    }


def _nothing(_value: Any) -> Any:
    return None


def _only(keys: Mapping[str, _Keep]) -> _Keep:
    """Keep these keys of an object, each in its way; the others stay as keys without a value."""

    def kept(value: Any) -> Any:
        if not isinstance(value, dict):
            return None
        return {key: keys[key](part) if key in keys else None for key, part in value.items()}

    return kept


def _as_it_is(value: Any) -> Any:
    return value


_COMPANY: Final = _only(dict.fromkeys(("name", "ids", "taxId", "vatPayerStatus"), _as_it_is))


def _company(value: Any) -> Any:
    """Keep a company that has a number: the document names it too, and is kept as the law demands."""
    has_number = isinstance(value, dict) and (value.get("ids") or value.get("taxId"))
    return _COMPANY(value) if has_number else None


_ADDRESS: Final = _only({"countryCode": _as_it_is, "modifiedAt": _as_it_is, "company": _company})
_BUYER: Final = _only({"id": _as_it_is, "guest": _as_it_is, "preferences": _as_it_is, "address": _ADDRESS})
_OURS: Final = frozenset({"seller"})  # the account itself: the user's own
_PERSONAL: Final[Mapping[str, _Keep]] = {
    "buyer": _BUYER,
    "participant": _only({"id": _as_it_is}),
    "address": _ADDRESS,
    "naturalPerson": _nothing,
    "pickupPoint": _nothing,
    "messageToSeller": _nothing,
    "note": _nothing,
    **dict.fromkeys(
        (
            "email",
            "login",
            "firstName",
            "lastName",
            "phoneNumber",
            "phone",
            "personalIdentity",
            "street",
            "city",
            "zipCode",
            "postCode",
        ),
        _nothing,
    ),
}
