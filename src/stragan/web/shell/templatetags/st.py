"""Tags and filters of our templates; built in, so no ``{% load %}`` is needed."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from stragan.kit.messages.reasons import reason_text
from stragan.web.shell import show

register = template.Library()

SPRITE: Final = "vendor/tabler-icons-3.51.0/sprite.svg"
COLORS: Final = frozenset({"", "grey", "accent", "green", "amber", "red", "blue"})


@register.filter
def money(value: Decimal | None, currency: str = "PLN") -> str:
    """``{{ order.total|money:order.currency }}``: ``1 234,56 zł``; a dash for None."""
    return show.money(value, currency)


@register.filter
def amount(value: Decimal | None) -> str:
    """``{{ line.net|amount }}``: ``1 234,56``; a dash for None."""
    return show.amount(value)


@register.filter
def number(value: int) -> str:
    """``{{ rows|number }}``: ``4 812``."""
    return show.number(value)


@register.filter
def quantity(value: Decimal | None) -> str:
    """``{{ move.quantity|quantity }}``: ``1 234,5``."""
    return show.quantity(value)


@register.filter
def said(reason: str) -> str:
    """``{{ form.reason|said }}``: a reason written in plain English, in the active language."""
    return reason_text(reason)


@register.filter
def counted(value: int) -> str:
    """``{{ rows|counted }}``: exact to its limit (10 000), then ``10 000+``."""
    return show.counted(value)


@register.filter
def day(value: date | datetime | None, style: str = "") -> str:
    """``{{ document.issue_date|day }}``: ``23.11.2026``; ``|day:"short"``: ``23.11``."""
    return show.day(value, short=style == "short")


@register.filter
def moment(value: datetime | None, style: str = "") -> str:
    """``{{ order.created_at|moment }}`` in Warsaw time; styles ``short``, ``long``, ``time``."""
    return show.moment(value, style)


@register.filter
def age(value: datetime | None, now: datetime) -> str:
    """``{{ shop.synced_at|age:now }}``: ``12 s``, ``6 min``, ``15 godz.``."""
    return show.age(value, now)


@register.filter
def nip(value: str) -> str:
    """``{{ company.nip|nip }}``: ``123-456-32-18``."""
    return show.nip(value)


@register.filter
def iso(value: datetime | date) -> str:
    """``<time datetime="{{ x|iso }}">``."""
    return show.iso(value)


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """``{% icon "check" "st-green st-icon--14" %}``; with a label it speaks, without it is decoration."""
    return _icon(name, css, str(label))


@lru_cache(maxsize=1024)  # a page shows some dozens of them, always the same
def _icon(name: str, css: str, label: str) -> SafeString:
    classes = f"st-icon {css}".strip()
    address = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="{}" width="16" height="16" role="img" aria-label="{}"><title>{}</title>'
            '<use href="{}"/></svg>',
            classes,
            label,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" width="16" height="16" aria-hidden="true"><use href="{}"/></svg>', classes, address
    )


@register.simple_tag
def badge(color: str, name: str, text: str, title: str = "", href: str = "") -> SafeString:
    """``{% badge "red" "alert-circle" problem.label %}``: only for a result or what asks for a decision."""
    assert color in COLORS, color
    tone = f" badge--{color}" if color not in {"", "grey"} else ""
    inner = format_html("{}{}", icon(name) if name else "", text)
    hint = format_html(' title="{}"', title) if title else ""
    if href:
        return format_html('<a class="badge{}" href="{}"{}>{}</a>', tone, href, hint, inner)
    return format_html('<span class="badge{}"{}>{}</span>', tone, hint, inner)


@register.simple_tag
def status(color: str, name: str, text: str, css: str = "") -> SafeString:
    """``{% status "green" "circle-check" order.status_label %}``: a colored icon with a plain word."""
    assert color in COLORS, color
    classes = f"st-status st-status--{color or 'grey'} {css}".strip()
    return format_html('<span class="{}">{}<span>{}</span></span>', classes, icon(name), text)


@register.simple_tag
def progress(done: int, total: int, refused: int = 0, label: str = "", *, stage: bool = False) -> SafeString:
    """``{% progress job.done job.total job.refused label %}``: a bar without style attributes."""
    whole = max(total, 1)
    first = f"{100 * done / whole:.2f}%"
    second = f"{100 * refused / whole:.2f}%"
    return format_html(
        '<svg class="st-progress{}" role="progressbar" aria-label="{}" aria-valuemin="0" aria-valuemax="{}" '
        'aria-valuenow="{}"><rect width="{}" height="100%"/>'
        '<rect class="is-refused" x="{}" width="{}" height="100%"/></svg>',
        " st-progress--stage" if stage else "",
        label,
        total,
        done + refused,
        first,
        first,
        second,
    )


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, field: str, text: str, css: str = "") -> SafeString:
    """``{% sort_header "amount" _("Amount") "st-num" %}``: a head cell that sorts; reads ``sort``.

    The first press sorts amounts and days from the largest (the page's default direction is told by
    ``sort``, a field name with ``-`` before it for descending); the next press turns it round.
    """
    current = str(context.get("sort", ""))
    wanted = field if current == f"-{field}" else f"-{field}"
    query: QueryDict = context["request"].GET.copy()
    query["sort"] = wanted
    query.pop("page", None)
    direction, arrow = "", SafeString("")
    if current.removeprefix("-") == field:
        descending = current.startswith("-")
        direction = "descending" if descending else "ascending"
        arrow = format_html(" {}", icon("arrow-down" if descending else "arrow-up"))
    return format_html(
        '<th scope="col" class="{}"{}><a href="?{}" data-sort>{}{}</a></th>',
        css,
        format_html(' aria-sort="{}"', direction) if direction else "",
        query.urlencode(),
        text,
        arrow,
    )


@register.simple_tag
def hidden_inputs(query: Mapping[str, Any], *skip: str) -> SafeString:
    """``{% hidden_inputs request.GET "page" %}``: carry the rest of the address through a GET form."""
    pairs = query.lists() if isinstance(query, QueryDict) else ((key, [query[key]]) for key in query)
    return format_html_join(
        "",
        '<input type="hidden" name="{}" value="{}">',
        ((key, value) for key, values in pairs if key not in skip for value in values),
    )


@register.filter
def with_class(field: BoundField, css: str) -> SafeString:
    """``{{ field|with_class:"form-control" }}``: the widget with our class and its error state."""
    widget = field.field.widget
    kind = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{kind} {css}".strip()})
