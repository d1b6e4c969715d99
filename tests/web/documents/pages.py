"""What a person reads and sends on pages of documents."""

import re
from html import unescape
from typing import Any

from django.urls import reverse

_FIELD = re.compile(r"<input[^>]*>|<textarea[^>]*>\n?([^<]*)</textarea>|<select.*?</select>", re.DOTALL)


def text_of(response: Any) -> str:
    """The words of a page, without its markup, spaces squeezed."""
    html = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


def draft_url(order: Any, name: str = "draft") -> str:
    """The draft of an order's invoice."""
    return reverse(f"documents:{name}", args=[order.pk, "invoice"])


def form_of(response: Any) -> dict[str, str]:
    """The fields of the draft form as a browser would send them untouched."""
    html = response.content.decode()
    start = html.index('id="draft-form"')
    html = html[start : html.index("</form>", start)]
    values: dict[str, str] = {}
    for match in _FIELD.finditer(html):
        tag = match.group(0)
        name = re.search(r'name="([^"]+)"', tag)
        if name is None or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        if tag.startswith("<select"):
            chosen = re.search(r'value="([^"]*)" selected', tag)
            values[name[1]] = chosen[1] if chosen else ""
        elif tag.startswith("<textarea"):
            values[name[1]] = unescape(match.group(1))
        else:
            value = re.search(r'value="([^"]*)"', tag)
            values[name[1]] = unescape(value[1]) if value else ""
    return values
