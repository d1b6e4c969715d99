"""What stands on the paper of a statement of completeness; in the active language."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from stragan.core.dates import WARSAW
from stragan.formats.pdf.statement import Block, PrintedStatement, Table
from stragan.kit.messages import text_of
from stragan.orders import statements
from stragan.orders.check_runs import findings_of
from stragan.orders.check_words import message_of
from stragan.orders.models import Statement

_SOURCES: Final = ("list", "journal", "payments", "refunds")
_NOTHING: Final = "–"


def printed(statement: Statement) -> PrintedStatement:
    """Everything that is printed, made of the signed content and the findings of its check."""
    content: dict[str, Any] = json.loads(statements.content_of(statement))
    company, shop = content["company"], content["shop"]
    made = statement.made_at.astimezone(WARSAW)
    return PrintedStatement(
        title=_("Statement of completeness"),
        subtitle=f"{shop['name']} · {_day(statement.day)}",
        author=company["name"],
        footer=f"{company['name']} · NIP {company['nip']} · SHA-256 {statement.sha256[:16]}…",
        verdict=_("Complete") if statement.complete else _("Not complete"),
        reason=_reason(content),
        parties=(
            Block(label=_("Company"), lines=(company["name"], f"NIP {company['nip']}")),
            Block(
                label=_("Allegro account"),
                lines=(f"{shop['login']} ({shop['seller_id']})", _("made %s") % f"{made:%d.%m.%Y %H:%M}"),
            ),
        ),
        figures=_figures(content),
        sources=_sources(content),
        differences=_differences(statement),
        signature=(
            ("SHA-256", statement.sha256),
            (_("Signature (Ed25519)"), statement.signature),
            (_("Public key"), statement.public_key),
            (
                _("How to check"),
                _("Take the JSON of this statement and run: stragan orders verify FILE. Answers it rests on:")
                + f" {len(content['answers'])}",
            ),
        ),
        labels={
            "figures": _("What was compared"),
            "sources": _("Sources at Allegro"),
            "differences": _("Differences"),
            "signature": _("Signature"),
        },
    )


def _reason(content: Mapping[str, Any]) -> str:
    if content["complete"]:
        return _("Every source answered, and nothing is left without an explanation.")
    gaps = sum(not one["explained"] for one in content["differences"])
    silent = [_name(name) for name, source in _told(content) if source["state"] != "compared"]
    parts = []
    if gaps:
        parts.append(_("Differences without an explanation: %s.") % gaps)
    if silent:
        parts.append(_("Not compared: %s.") % ", ".join(silent))
    return " ".join(parts)


def _told(content: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The sources of a statement; older ones know no list of refunds."""
    return [(name, content["sources"][name]) for name in _SOURCES if name in content["sources"]]


def _name(source: str) -> str:
    names = {
        "list": _("List of orders"),
        "journal": _("Journal of events"),
        "payments": _("Payment operations"),
        "refunds": _("List of refunds"),
    }
    return names[source]


def _figures(content: Mapping[str, Any]) -> Table:
    ours, allegro = content["ours"], content["allegro"]
    rows = [
        (_("Orders"), str(ours["orders"]), str(allegro["orders"])),
        (_("of these cancelled"), str(ours["cancelled"]), ""),
        (_("of these on delivery, not settled yet"), str(ours["cash_on_delivery"]), ""),
        (_("of these not paid"), str(ours["unpaid"]), ""),
        (_("What buyers pay"), _sums(ours["totals"]), _sums(allegro["totals"])),
        (
            _("Money received (Allegro: operations of the day)"),
            _sums(ours["received"]),
            _sums(content["sources"]["payments"].get("paid")),
        ),
        *_refunds(content["sources"]),
        (_("retired by merging"), str(ours["merged"]), ""),
        (_("deleted here by a person"), str(ours["deleted"]), ""),
    ]
    return Table(header=("", "Stragan", "Allegro"), rows=tuple(rows))


def _refunds(sources: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What was given back to buyers, by each source that told it."""
    moved, listed = sources["payments"], sources.get("refunds", {})
    if listed.get("state") != "compared":
        text = _("Refunds in operations of the day: added up, not compared")
        return [(text, "", _sums(moved.get("refunded")))]
    return [
        (_("Refunds (Allegro: operations of the day)"), "", _sums(moved.get("refunded"))),
        (_("Refunds (Allegro: list of refunds of the day)"), "", _sums(listed.get("refunded"))),
    ]


def _sources(content: Mapping[str, Any]) -> Table:
    rows = []
    for name, source in _told(content):
        if source["state"] == "compared":
            words = {
                "orders": _("orders"),
                "events": _("events"),
                "operations": _("operations"),
                "refunds": _("refunds"),
                "withdrawn": _("withdrawn since"),
                "not_asked": _("not asked about"),
            }
            said = ", ".join(f"{word} {source[key]}" for key, word in words.items() if key in source)
            rows.append((_name(name), _("compared"), said))
        else:
            code = str(source.get("code") or "")
            rows.append((_name(name), _("not compared"), text_of(code) if code else _NOTHING))
    return Table(header=(_("Source"), _("State"), _("What it said")), rows=tuple(rows))


def _differences(statement: Statement) -> Table:
    rows = [
        (
            str(row.order.number) if row.order else (row.allegro_id or _NOTHING),
            " ".join((message_of(row), *([_("Explained.")] if row.explained else []))),
            _figure(row.ours),
            _figure(row.allegro),
        )
        for row in findings_of(statement.run)
    ]
    return Table(
        header=(_("Order"), _("What and why"), "Stragan", "Allegro"), rows=tuple(rows), none=_("None.")
    )


def _figure(text: str) -> str:
    try:
        return _amount(Decimal(text)) if text else _NOTHING
    except ArithmeticError:
        return text


def _sums(sums: Mapping[str, str] | None) -> str:
    return (
        " · ".join(f"{_amount(Decimal(one))} {currency}" for currency, one in (sums or {}).items())
        or _NOTHING
    )


def _amount(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",").replace("-", "−")


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
