"""The lines of the page of unmatched offers, with every word ready for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stragan.products.listing import Suggestion
from stragan.products.models import SoldOffer
from stragan.web.products import words
from stragan.web.shell import show
from stragan.web.shell.templatetags.rows import NONE

_SHOWN: Final = 3
_ANY_ID: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What ``each_row`` places, all of it text; ``*_html`` may be a dash or more than words."""

    id: str
    number: str
    name: str
    shop: str
    sku: str
    sku_html: str
    price_html: str
    purchases: str
    sold: str
    suggestions_html: SafeString


def rows_of(
    offers: Sequence[SoldOffer],
    suggestions: Mapping[int, Sequence[Suggestion]],
    *,
    shops: Mapping[str, str],
    linking: SafeString | None,
) -> list[RowView]:
    """Make the lines of a page; *linking* is what every form that links holds, None for who may not."""
    detail = reverse("products:detail", args=[_ANY_ID])
    held, nothing = (
        format_html('<span class="st-3">{}</span>', text)
        for text in (_("a person unlinked it"), _("nothing alike"))
    )
    rows = []
    for offer in offers:
        shop = shops.get(offer.seller_id, "")
        lines = [
            _suggestion(offer, one, detail=detail, linking=linking)
            for one in suggestions.get(offer.pk, ())[:_SHOWN]
        ]
        rows.append(
            RowView(
                id=str(offer.pk),
                number=offer.offer_id,
                name=offer.name,
                shop=f" · {shop}" if shop else "",
                sku=offer.sku,
                sku_html=offer.sku or NONE,
                price_html=NONE if offer.price is None else show.money(offer.price),
                purchases=show.number(offer.purchases),
                sold=show.day(offer.sold_at),
                suggestions_html=mark_safe("".join(lines)) if lines else held if offer.is_held else nothing,  # noqa: S308 -- escaped below
            )
        )
    return rows


def linking_form(request: HttpRequest, *, back: str) -> SafeString:
    """The beginning of a form that links an offer and then returns to *back*; made once a page."""
    return format_html(
        '<form class="st-only-wide" method="post" action="{}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="next" value="{}">',
        reverse("products:link"),
        get_token(request),
        back,
    )


def _suggestion(offer: SoldOffer, one: Suggestion, *, detail: str, linking: SafeString | None) -> str:
    product = one.product
    url = detail.replace(str(_ANY_ID), str(product.public_id))
    word = escape(pgettext("deed", "Link"))
    button = (
        f'{linking}<button class="btn btn-sm" name="pair" value="{offer.pk}:{product.pk}">'
        f"{word}</button></form>"
        if linking
        else ""
    )
    why = escape(str(words.WHY[one.why]))
    return (
        f'<div class="pr-suggest"><span title="{escape(product.name)}"><a href="{url}">'
        f'{escape(product.sku or product.name)}</a> <span class="st-3">{why}</span></span>{button}</div>'
    )
