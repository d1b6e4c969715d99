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
from stragan.kit.messages import (
    allegro,
    archive,
    books,
    changes,
    checks,
    companies,
    contractors,
    core,
    documents,
    jobs,
    orders,
    outbox,
    products,
    shops,
    warehouse,
)
from stragan.kit.messages.reasons import reason_text

_AMOUNT: Final = re.compile(r"-?\d+\.\d{2}")
_DAY: Final = re.compile(r"(20\d\d)-(\d\d)-(\d\d)")
_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_POLISH: Final = str.maketrans({",": "\u00a0", ".": ","})

TEXTS: Final[dict[str, Promise]] = {
    "internal_error": _("Something broke here. Nothing was half done. Reference: %(reference)s."),
    **allegro.TEXTS,
    **archive.TEXTS,
    **books.TEXTS,
    **changes.TEXTS,
    **checks.TEXTS,
    **companies.TEXTS,
    **contractors.TEXTS,
    **core.TEXTS,
    **documents.TEXTS,
    **jobs.TEXTS,
    **orders.TEXTS,
    **outbox.TEXTS,
    **products.TEXTS,
    **shops.TEXTS,
    **warehouse.TEXTS,
}


def text_of(code: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence for *code* in the active language, with its parameters filled in.

    A code without a sentence comes back as it is: seen by the test, harmless to a user.
    """
    text = TEXTS.get(code)
    if text is None:
        return code
    given = {key: _spoken(key, value) for key, value in (params or {}).items()}
    try:
        return str(text) % given
    except KeyError:
        return str(text)


def _spoken(name: str, value: object) -> object:
    """Say reasons, amounts and days as the active language does; parameters carry exact and ISO text."""
    if value is None:
        return ""
    if name == "reason" and isinstance(value, str):
        return reason_text(value)
    is_polish = (get_language() or "pl").startswith("pl")
    if isinstance(value, Decimal) or (isinstance(value, str) and _AMOUNT.fullmatch(value)):
        amount = f"{Decimal(value):,.2f}".replace("-", "−")
        return amount.translate(_POLISH) if is_polish else amount
    if is_polish and isinstance(value, str):
        if day := _DAY.fullmatch(value):
            return f"{day[3]}.{day[2]}.{day[1]}"
        if month := _MONTH.fullmatch(value):
            return f"{month[2]}/{month[1]}"
    return value


def text_of_error(error: StraganError) -> str:
    """The sentence for an anticipated error."""
    return text_of(error.code, error.params)
