"""Products from a file: uploaded, looked at row by row, then read in."""

import secrets
import zlib
from typing import Any, Final

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stragan.companies.models import Company
from stragan.companies.states import Ability
from stragan.core.errors import StraganError
from stragan.flows.import_products import Preview, SheetTooLarge, import_sheet, preview, read_file
from stragan.formats.sheets import MAX_BYTES_IN
from stragan.kit import clock
from stragan.kit.messages import text_of, text_of_error
from stragan.products import queries
from stragan.products.planning import Planned, RowState
from stragan.products.reading import ProductData
from stragan.products.sheet import join_list
from stragan.web.products import words
from stragan.web.shell import show
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest

KEPT_S: Final = 7_200
SHOWN: Final = 500
_ORDER: Final = (RowState.REFUSED, RowState.CHANGED, RowState.NEW, RowState.UNCHANGED)


@require_http_methods(["GET", "POST"])
@member_page(Ability.CHANGE_PRODUCTS)
def import_file(request: CompanyRequest) -> HttpResponse:
    """Ask for a file; with one, say what would become of each row. Nothing is written yet."""
    if request.method != "POST":
        return render(request, "products/import.html", {})
    sent = request.FILES.get("file")
    if sent is None:
        return _again(request, _("Choose a file first."))
    if sent.size is None or sent.size > MAX_BYTES_IN:
        return _again(request, text_of_error(SheetTooLarge()))
    data = sent.read()
    try:
        found = preview(company=request.company, sheet=read_file(data))
    except StraganError as refusal:
        return _again(request, text_of_error(refusal))
    token = secrets.token_urlsafe(16)
    cache.set(_key(request.company, token), zlib.compress(data), KEPT_S)
    return render(request, "products/preview.html", _context(request.company, found, token, sent.name or ""))


@require_POST
@member_page(Ability.CHANGE_PRODUCTS)
def confirm(request: CompanyRequest, token: str) -> HttpResponse:
    """Read the file in that was looked at."""
    kept: bytes | None = cache.get(_key(request.company, token))
    if kept is None:
        messages.warning(request, _("The file is not kept any more. Choose it again."))
        return redirect("products:import")
    try:
        done = import_sheet(
            company=request.company,
            sheet=read_file(zlib.decompress(kept)),
            by=request.user,
            now=clock.business_now(),
        )
    except StraganError as refusal:
        messages.error(request, text_of_error(refusal))
        return redirect("products:import")
    cache.delete(_key(request.company, token))
    counts = {state: len(done.preview.of(state)) for state in RowState}
    new = ngettext("%(count)s new product", "%(count)s new products", counts[RowState.NEW])
    changed = ngettext("%(count)s changed", "%(count)s changed ones", counts[RowState.CHANGED])
    unchanged = ngettext("%(count)s unchanged", "%(count)s unchanged ones", counts[RowState.UNCHANGED])
    refused = ngettext("%(count)s refused row", "%(count)s refused rows", counts[RowState.REFUSED])
    parts = [
        text % {"count": show.number(counts[state])}
        for state, text in (
            (RowState.NEW, new),
            (RowState.CHANGED, changed),
            (RowState.UNCHANGED, unchanged),
            (RowState.REFUSED, refused),
        )
        if counts[state]
    ]
    messages.success(request, _("Read the file in: %(what)s.") % {"what": ", ".join(parts)})
    return redirect("products:list")


def _key(company: Company, token: str) -> str:
    return f"products.import.{company.pk}.{token}"


def _again(request: CompanyRequest, trouble: str) -> HttpResponse:
    return render(request, "products/import.html", {"trouble": trouble}, status=422)


def _context(company: Company, found: Preview, token: str, name: str) -> dict[str, Any]:
    by_state = {state: found.of(state) for state in RowState}
    ordered = [row for state in _ORDER for row in by_state[state]]
    shown = ordered[:SHOWN]
    ids = {part.product_id for row in shown for part in row.parts or () if part.product_id}
    ids |= {c.product_id for row in shown if row.before for c in row.before.components}
    keys = {product.pk: product.sku or product.name for product in queries.products_of(company, ids)}
    names = {row.row: row.data.sku or row.data.name for row in found.rows}
    return {
        "token": token,
        "file_name": name,
        "counts": [
            {
                "label": words.STATES[state],
                "count": len(by_state[state]),
                "color": words.COLORS[state][0],
            }
            for state in _ORDER
        ],
        "refused": len(by_state[RowState.REFUSED]),
        "to_write": len(by_state[RowState.NEW]) + len(by_state[RowState.CHANGED]),
        "openings": sum(row.opening is not None and not row.errors for row in found.rows),
        "has_warehouse": company.warehouse,
        "columns": [
            {"heading": heading, "field": words.FIELDS[field]} for heading, field in found.sheet.columns
        ],
        "ignored": found.sheet.ignored,
        "rows": [_row(row, keys, names) for row in shown],
        "hidden": len(ordered) - len(shown),
        "total": len(ordered),
    }


def _row(row: Planned, keys: dict[int, str], names: dict[int, str]) -> dict[str, Any]:
    state = row.state
    color, icon = words.COLORS[state]
    changes = []
    if state in {RowState.NEW, RowState.CHANGED}:
        changes = [
            {
                "field": words.FIELDS[field],
                "old": _value(row.before, field, keys) if row.before else "",
                "new": _new_value(row, field, keys, names),
            }
            for field in row.changes
            if field != "name" or row.before
        ]
    return {
        "number": row.row,
        "name": row.data.name or (row.before.name if row.before else ""),
        "sku": row.data.sku,
        "state": words.STATES[state],
        "color": color,
        "icon": icon,
        "changes": changes,
        "opening": row.opening,
        "errors": [
            {"field": words.FIELDS[error.field], "text": text_of(error.code, error.params)}
            for error in row.errors
        ],
        "product": row.product,
    }


def _new_value(row: Planned, field: str, keys: dict[int, str], names: dict[int, str]) -> str:
    if field != "components":
        return _value(row.data, field, keys)
    return ", ".join(
        f"{keys.get(part.product_id or 0) or names.get(part.row or 0, '')} × {part.quantity:f}"
        for part in row.parts or ()
    )


def _value(data: ProductData, field: str, keys: dict[int, str]) -> str:
    if field == "price":
        return "" if data.price is None else show.money(data.price)
    if field == "vat_code":
        return words.vat_name(data.vat_code)
    if field == "names":
        return join_list(data.names)
    if field == "components":
        return ", ".join(f"{keys.get(one.product_id, '')} × {one.quantity:f}" for one in data.components)
    return str(getattr(data, field))
