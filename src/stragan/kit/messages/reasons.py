"""Reasons that rooms below write in plain English, said in the active language.

Gateways and files tell exactly what they could not read; what they quote (amounts, names of fields) stays
as it is, and a reason nobody has foreseen is said as it came.
"""

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_PLACE: Final = re.compile(r"(?P<what>.+) \((?P<path>\$\S*)\)", re.DOTALL)
_PATTERNS: Final[tuple[tuple[re.Pattern[str], Promise], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), text)
    for pattern, text in (
        (r"the required field (?P<name>\S+) is missing", _("the required field %(name)s is missing")),
        (r"(?P<amount>.+) is not a possible amount", _("%(amount)s is not a possible amount")),
        (r"expected (?P<wanted>.+), found (?P<found>.*)", _("expected %(wanted)s, found %(found)s")),
        (r"two lines share one id", _("two lines share one id")),
        (r"an id is too long", _("an id is too long")),
        (r"amounts add up to the absurd", _("the amounts add up to something impossible")),
        (r"the form is not complete JSON", _("the order came incomplete")),
        (
            r"an amount in (?P<one>\w+) in an order in (?P<other>\w+)",
            _("an amount in %(one)s in an order in %(other)s"),
        ),
        (
            r"the database cannot hold this order \((?P<trouble>\w+)\)",
            _("the database cannot hold this order (%(trouble)s)"),
        ),
        (r"not JSON", _("this is not JSON")),
        (r"not an object", _("this is not a JSON object")),
        (r"unknown field (?P<name>.+)", _("there is no field “%(name)s”")),
        (r"wrong value", _("a value is wrong")),
        (r"no line is named", _("no line is named")),
        (r"a line is named twice", _("a line is named in two ways")),
        (r"(?P<name>\w+) must be true or false", _("%(name)s must be true or false")),
        (r"(?P<name>\w+) must be a number", _("%(name)s must be a number")),
        (r"(?P<name>\w+) must be a whole number", _("%(name)s must be a whole number")),
        (r"(?P<name>\w+) must be a day", _("%(name)s must be a day such as 2026-11-23")),
        (r"timeout", _("no answer in time")),
        (r"network", _("no connection")),
        (r"key", _("the key is wrong")),
        (r"too_large", _("the answer is too large")),
        (r"status_(?P<status>\d+)", _("status %(status)s")),
    )
)
_WORDS: Final[dict[str, Promise]] = {
    "text": _("text"),
    "a whole number": _("a whole number"),
    "yes or no": _("yes or no"),
    "an amount such as 12.34": _("an amount such as 12.34"),
    "a point in time": _("a point in time"),
    "a list": _("a list"),
    "a group of fields": _("a group of fields"),
    "nothing": _("nothing"),
}


def reason_text(reason: str) -> str:
    """Say *reason* in the active language; what is not known comes back as it is."""
    if place := _PLACE.fullmatch(reason):
        return f"{reason_text(place['what'])} ({place['path']})"
    for pattern, text in _PATTERNS:
        if match := pattern.fullmatch(reason):
            return str(text) % {name: str(_WORDS.get(word, word)) for name, word in match.groupdict().items()}
    return reason
