"""Sentences for codes: what happened, why, what to do. English here, Polish in the catalog.

Errors carry a stable code and parameters; pages and commands ask ``text_of`` for the sentence.
A test fails when an error class has none.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stragan.core.errors import StraganError
from stragan.kit.messages import allegro, companies, core, documents, jobs, orders, shops

_AMOUNT: Final = re.compile(r"-?\d+\.\d{2}")
_POLISH: Final = str.maketrans({",": "\u00a0", ".": ","})

TEXTS: Final[dict[str, Promise]] = {
    "internal_error": _("Something broke here. Nothing was half done. Reference: %(reference)s."),
    **allegro.TEXTS,
    **companies.TEXTS,
    **core.TEXTS,
    **documents.TEXTS,
    **jobs.TEXTS,
    **orders.TEXTS,
    **shops.TEXTS,
}


def text_of(code: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence for *code* in the active language, with its parameters filled in.

    A code without a sentence comes back as it is: seen by the test, harmless to a user.
    """
    text = TEXTS.get(code)
    if text is None:
        return code
    given = {key: _spoken(value) for key, value in (params or {}).items()}
    try:
        return str(text) % given
    except KeyError:
        return str(text)


def _spoken(value: object) -> object:
    """Write amounts as the active language does: parameters carry them as exact decimal text."""
    if value is None:
        return ""
    if isinstance(value, Decimal) or (isinstance(value, str) and _AMOUNT.fullmatch(value)):
        amount = f"{Decimal(value):,.2f}".replace("-", "−")
        return amount.translate(_POLISH) if (get_language() or "pl").startswith("pl") else amount
    return value


def text_of_error(error: StraganError) -> str:
    """The sentence for an anticipated error."""
    return text_of(error.code, error.params)
