"""What issuing moves and posts, in a few words: for the foot of a draft and the rows of a preview."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stragan.core.snapshot import DocumentKind
from stragan.flows.consequences import Consequences, does_count
from stragan.kit.fields import plain_quantity
from stragan.web.documents import words
from stragan.web.shell import show


def words_of(kind: DocumentKind, found: Consequences, *, repeats: bool) -> list[str]:
    """Say what a document will do besides being there: ``WZ``, ``rejestr VAT 11/2026``."""
    if not does_count(kind):
        return [_("moves no stock and is not posted")]
    if repeats:
        return [_("stock and books stay: the receipt has moved and posted them")]
    said = ["WZ"] if found.stock else []
    if names := [one.name for one in found.stock if one.is_short]:
        said.append(_("below the stock: %(names)s") % {"names": ", ".join(names)})
    periods: dict[str, str] = {}
    for entry in found.books:
        periods.setdefault(entry.register, entry.period)
    return said + [
        _("register %(name)s %(month)s") % {"name": register_name(name), "month": month_of(period)}
        for name, period in periods.items()
    ]


def register_name(register: str) -> str:
    """Name a register: ``VAT``, ``KPiR``."""
    return str(words.BOOKS.get(register, register))


def registers(names: Sequence[str]) -> str:
    """Name registers in one line: ``VAT, KPiR``."""
    return ", ".join(register_name(name) for name in names)


def month_of(period: str) -> str:
    """Write a month as in numbers of documents: ``11/2026``."""
    day = date.fromisoformat(f"{period}-01")
    return f"{day.month:02}/{day.year}"


def pieces(count: str) -> str:
    """Write how much leaves the stock: ``612 szt.``."""
    number = plain_quantity(Decimal(count))
    return _("%(count)s pcs") % {
        "count": show.number(int(number)) if number == int(number) else f"{number:f}"
    }


def warnings_of(facts: Mapping[str, Any]) -> list[str]:
    """Say, for each thing a person should know before issuing, of how many documents it is true."""
    counts = facts.get("warnings", {})
    texts = {
        "vat_due_before_exemption": ngettext(
            "%(count)s document is issued without VAT for a sale of the time when the company was a VAT "
            "payer. VAT of that day may be due (VAT Act art. 19a): ask the accountant first.",
            "%(count)s documents are issued without VAT for sales of the time when the company was a VAT "
            "payer. VAT of those days may be due (VAT Act art. 19a): ask the accountant first.",
            counts.get("vat_due_before_exemption", 0),
        ),
        "vat_not_due_before_registration": ngettext(
            "%(count)s document is issued with VAT for a sale of the time when the company was exempt. "
            "Printed VAT must be paid (VAT Act art. 108): ask the accountant first.",
            "%(count)s documents are issued with VAT for sales of the time when the company was exempt. "
            "Printed VAT must be paid (VAT Act art. 108): ask the accountant first.",
            counts.get("vat_not_due_before_registration", 0),
        ),
        "vat_month_closed": ngettext(
            "VAT of %(count)s document belongs to a month that is closed and would be posted to the next "
            "open one. Where the file of that month was sent, open it again and correct the file.",
            "VAT of %(count)s documents belongs to months that are closed and would be posted to the next "
            "open one. Where the files of those months were sent, open them again and correct the files.",
            counts.get("vat_month_closed", 0),
        ),
    }
    return [text % {"count": show.number(counts[code])} for code, text in texts.items() if code in counts]


def figures(facts: Mapping[str, Any]) -> dict[str, str]:
    """Give the figures of a preview for stock and books; empty where the package is off or idle."""
    notes, entries = facts.get("notes", 0), facts.get("entries", 0)
    shown: dict[str, str] = {}
    if notes:
        shown |= {"notes": f"{show.number(notes)} WZ", "pieces": pieces(facts["pieces"])}
    if short := facts.get("short", 0):
        text = ngettext("%(count)s below the stock", "%(count)s below the stock", short)
        shown["short"] = text % {"count": show.number(short)}
    if entries:
        text = ngettext("%(count)s entry", "%(count)s entries", entries)
        months = ", ".join(month_of(period) for period in facts["periods"])
        shown |= {
            "entries": text % {"count": show.number(entries)},
            "registers": f"{registers(facts['books'])}, {months}",
        }
    return shown
