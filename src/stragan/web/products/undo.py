"""Taking back a link: how offers stood before is kept for a quarter of an hour."""

import secrets
from dataclasses import asdict
from typing import Any, Final

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from stragan.companies.models import Company
from stragan.products.actions import Undo

KEPT_S: Final = 900
_SESSION_KEY: Final = "products.toast"


def announce(request: HttpRequest, company: Company, text: str, before: tuple[Undo, ...]) -> None:
    """Have the next page say what was done, with the way back."""
    token = secrets.token_urlsafe(16)
    cache.set(_key(company, token), [asdict(one) for one in before], KEPT_S)
    request.session[_SESSION_KEY] = {"text": text, "undo_url": reverse("products:undo", args=[token])}


def announced(request: HttpRequest) -> dict[str, Any] | None:
    """Give the toast for this page, once."""
    if _SESSION_KEY not in request.session:
        return None
    stored: dict[str, Any] = request.session.pop(_SESSION_KEY)
    return stored


def take(company: Company, token: str) -> list[Undo]:
    """Give what was kept, once; nothing when too much time has passed."""
    rows: list[dict[str, Any]] = cache.get(_key(company, token)) or []
    cache.delete(_key(company, token))
    return [Undo(**row) for row in rows]


def _key(company: Company, token: str) -> str:
    return f"products.undo.{company.pk}.{token}"
