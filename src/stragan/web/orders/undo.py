"""Taking back a change of status or a deletion: what was done is kept for a quarter of an hour."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from stragan.companies.models import Company
from stragan.orders.actions import StatusChange
from stragan.orders.states import OrderStatus

KEPT_S: Final = 900
_SESSION_KEY: Final = "orders.toast"
_Stored = tuple[int, str, bool, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """One sentence for the next page, with the address that takes the change back."""

    text: str
    undo_url: str


def keep(company: Company, changes: list[StatusChange]) -> str:
    """Keep *changes* for undoing; gives the address to post to."""
    token = secrets.token_urlsafe(16)
    rows: list[_Stored] = [
        (change.order_id, change.from_.value, change.was_by_hand, change.to.value) for change in changes
    ]
    cache.set(_key(company, token), rows, KEPT_S)
    return reverse("orders:undo_status", args=[token])


def take(company: Company, token: str) -> list[StatusChange]:
    """Give the kept changes once; none when too much time has passed."""
    rows: list[_Stored] = cache.get(_key(company, token)) or []
    cache.delete(_key(company, token))
    return [
        StatusChange(order_id=pk, from_=OrderStatus(before), was_by_hand=by_hand, to=OrderStatus(to))
        for pk, before, by_hand, to in rows
    ]


def keep_deleted(company: Company, order_ids: Sequence[int]) -> str:
    """Keep which orders were deleted; gives the address to post to."""
    token = secrets.token_urlsafe(16)
    cache.set(_key(company, token), list(order_ids), KEPT_S)
    return reverse("orders:undo_delete", args=[token])


def take_deleted(company: Company, token: str) -> list[int]:
    """Give the kept orders once; none when too much time has passed."""
    ids: list[int] = cache.get(_key(company, token)) or []
    cache.delete(_key(company, token))
    return ids


def announce(request: HttpRequest, toast: Toast) -> None:
    """Have the next page show *toast*."""
    request.session[_SESSION_KEY] = {"text": toast.text, "undo_url": toast.undo_url}


def announced(request: HttpRequest) -> dict[str, Any] | None:
    """Give the toast for this page, once."""
    if _SESSION_KEY not in request.session:
        return None
    stored: dict[str, Any] = request.session.pop(_SESSION_KEY)
    return stored


def _key(company: Company, token: str) -> str:
    return f"orders.undo.{company.pk}.{token}"
