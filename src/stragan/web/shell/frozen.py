"""All rows that matched a list's filter at one moment, kept for a day; later ones do not join them."""

import secrets
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from stragan.companies.models import Company
from stragan.core.errors import Refused

LARGEST_SET: Final = 100_000
_KEPT_S: Final = 24 * 3600


class SelectionTooLarge(Refused):
    """More rows match than can be worked on at once."""

    code = "selection_too_large"


class SelectionGone(Refused):
    """The frozen set was made too long ago."""

    code = "selection_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenSet:
    """What the page's script is told of a set."""

    token: str
    count: int


def keep(company: Company, area: str, ids: Sequence[int]) -> FrozenSet:
    """Keep *ids* in their order; *area* tells lists apart. Pass at most one more than ``LARGEST_SET``.

    :raises SelectionTooLarge: there are more than can be worked on at once.
    """
    if len(ids) > LARGEST_SET:
        raise SelectionTooLarge(limit=LARGEST_SET)
    token = secrets.token_urlsafe(16)
    cache.set(_key(company, area, token), array("q", ids).tobytes(), _KEPT_S)
    return FrozenSet(token=token, count=len(ids))


def kept(company: Company, area: str, token: str) -> list[int]:
    """Give the ids of a set; one of another company is none.

    :raises SelectionGone: it was made too long ago.
    """
    found = cache.get(_key(company, area, token))
    if found is None:
        raise SelectionGone
    ids = array("q")
    ids.frombytes(found)
    return ids.tolist()


def _key(company: Company, area: str, token: str) -> str:
    return f"{area}.set.{company.pk}.{token[:64]}"
