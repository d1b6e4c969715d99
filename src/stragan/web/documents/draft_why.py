"""Answers to "where does it come from?" for one value of a draft."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stragan.core.snapshot import BuyerSource
from stragan.documents import buyers
from stragan.documents.content import DraftBuyer, DraftLine
from stragan.flows.draft_document import DraftView
from stragan.kit.messages import text_of
from stragan.web.documents import words
from stragan.web.shell import show

FIELD_NAMES: Final[dict[str, str | Promise]] = {
    "issue_date": gettext_lazy("Issue date"),
    "supply_date": gettext_lazy("Supply date"),
    "due_date": gettext_lazy("Payment due"),
    "payment.due_date": gettext_lazy("Payment due"),
    "valid_until": gettext_lazy("Valid until"),
    "fiscal_receipt.number": gettext_lazy("Number of the fiscal receipt"),
    "fiscal_receipt.register_id": gettext_lazy("Id of the cash register"),
    "fiscal_receipt.day": gettext_lazy("Day of the receipt"),
    "receipt_had_nip": gettext_lazy("NIP on the fiscal receipt"),
    "notes": gettext_lazy("Notes on the document"),
    "reason": gettext_lazy("Reason"),
    "buyer": pgettext_lazy("on a document", "Buyer"),
    "buyer.name": pgettext_lazy("on a document", "Buyer"),
    "buyer.street": gettext_lazy("Street and number"),
    "buyer.postal_code": gettext_lazy("Postal code"),
    "buyer.city": gettext_lazy("City"),
    "buyer.country": gettext_lazy("Country"),
    "buyer.nip": gettext_lazy("NIP"),
    "buyer.vat_eu": gettext_lazy("EU VAT number"),
    "lines": gettext_lazy("Lines"),
}
LINE_FIELD_NAMES: Final[dict[str, str | Promise]] = {
    "name": gettext_lazy("name"),
    "quantity": gettext_lazy("quantity"),
    "unit": pgettext_lazy("of a line", "unit"),
    "unit_gross": gettext_lazy("gross price"),
    "discount": gettext_lazy("discount"),
    "vat_code": gettext_lazy("VAT rate"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of an answer: what was used, agrees, differs, or is not known."""

    icon: str
    color: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The docked panel: what it is about, the facts, and the sources a buyer may be taken from."""

    field: str
    title: str
    facts: tuple[Fact, ...]
    sources: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """The field's id without its ``id_``."""
        return self.field.replace(".", "-")


def field_name(path: str) -> str:
    """Name the field at *path*: ``Kod pocztowy``, ``Pozycja 2: cena brutto``."""
    if path.startswith("lines.") and path.count(".") >= 1:
        place, _dot, name = path.removeprefix("lines.").partition(".")
        if not place.isdigit():
            return _("Removed line")
        title = _("Line %(place)s") % {"place": int(place) + 1}
        return f"{title}: {LINE_FIELD_NAMES[name]}" if name in LINE_FIELD_NAMES else title
    return str(FIELD_NAMES.get(path, path))


def answer(view: DraftView, path: str) -> Answer:
    """Say where the value at *path* came from; an unknown path asks about the rate of the first line."""
    parts = path.split(".")
    if parts[0] == "buyer":
        return _buyer(view)
    if path == "issue_date":
        return _dated(
            path, _("The day of issue"), _("Today, unless you choose an earlier day of the series.")
        )
    if path == "supply_date":
        return _supply(view)
    if path == "due_date":
        return _payment(view)
    if path == "valid_until":
        return _dated(
            path, _("Seven days for a pro forma, two weeks for an offer"), _("Change it as you agreed.")
        )
    place = int(parts[1]) if parts[0] == "lines" and len(parts) > 1 and parts[1].isdigit() else 0
    return _rate(view, place if place < len(view.content.lines) else 0)


def _rate(view: DraftView, place: int) -> Answer:
    if not view.content.lines:
        return Answer(field="lines", title=_("Lines"), facts=())
    line = view.content.lines[place]
    label = words.vat_label(line.vat_code)
    used = str(words.VAT_SOURCES[line.vat_source])
    facts = []
    if line.vat_code is None:
        facts.append(Fact(icon="alert-circle", color="red", text=_("No certain rate"), note=_trouble(line)))
    else:
        text = _("Used: %(source)s, %(rate)s") % {"source": used, "rate": label}
        facts.append(
            Fact(icon="circle-check", color="green", text=text, note=text_of(line.why.code, line.why.facts))
        )
    facts.append(_allegro_rate(view, line))
    facts.append(
        Fact(
            icon="info-circle",
            color="grey",
            text=_("The percent holds on %(day)s") % {"day": show.day(view.content.law_date)},
        )
    )
    title = _("VAT %(rate)s, line %(place)s") % {"rate": label, "place": place + 1}
    return Answer(field=f"lines.{place}.vat_code", title=title, facts=tuple(facts))


def _trouble(line: DraftLine) -> str:
    if line.trouble is None:
        return _("Choose the rate in the line.")
    return text_of(line.trouble.code, line.trouble.params)


def _allegro_rate(view: DraftView, line: DraftLine) -> Fact:
    """Compare with the rate the draft began with."""
    same = [one for one in view.original.lines if (one.kind, one.line_id) == (line.kind, line.line_id)]
    if not same:
        return Fact(icon="minus", color="grey", text=_("Not on Allegro: the line was added by hand"))
    began = same[0].vat_code
    label = words.vat_label(began)
    if began == line.vat_code:
        return Fact(icon="equal", color="green", text=_("From the order: %(rate)s, agrees") % {"rate": label})
    return Fact(
        icon="arrows-diff", color="amber", text=_("From the order: %(rate)s, differs") % {"rate": label}
    )


def _buyer(view: DraftView) -> Answer:
    buyer = view.content.buyer
    used = _("Used: %(source)s") % {"source": words.SOURCES[buyer.source]}
    note = ""
    if buyer.replaced:
        note = _("The shop's rule says %(source)s, but a name or an address is missing there.") % {
            "source": words.SOURCES[buyer.asked]
        }
    facts = [Fact(icon="circle-check", color="green", text=used, note=note)]
    sources = []
    for source in (BuyerSource.INVOICE, BuyerSource.DELIVERY, BuyerSource.ACCOUNT):
        name = str(words.SOURCES[source])
        if source is BuyerSource.INVOICE and not view.data.invoice.required:
            facts.append(Fact(icon="minus", color="grey", text=_("No invoice was asked for")))
            continue
        other = buyers.buyer_from(view.data, source=source, asked=source)
        if not other.name:
            facts.append(Fact(icon="minus", color="grey", text=_("%(source)s: none") % {"source": name}))
        elif _is_same(buyer, other):
            facts.append(Fact(icon="equal", color="green", text=_("%(source)s: agree") % {"source": name}))
        else:
            facts.append(Fact(icon="arrows-diff", color="amber", text=f"{name}: {other.name}"))
            sources.append((source.value, name))
    return Answer(
        field="buyer.name", title=str(FIELD_NAMES["buyer"]), facts=tuple(facts), sources=tuple(sources)
    )


def _is_same(one: DraftBuyer, other: DraftBuyer) -> bool:
    fields = ("name", "street", "postal_code", "city", "nip")
    return all(getattr(one, name) == getattr(other, name) for name in fields)


def _supply(view: DraftView) -> Answer:
    began = view.original.supply_date
    if began is None:
        text = _("Not known: cash on delivery is paid when the parcel is handed over.")
        return _dated("supply_date", _("Allegro gives no day of payment"), text)
    text = _("The buyer paid before delivery, so that day counts (VAT Act art. 19a(8)).")
    return _dated("supply_date", _("Day of payment on Allegro: %(day)s") % {"day": show.day(began)}, text)


def _payment(view: DraftView) -> Answer:
    payment = view.content.payment
    text = _("Allegro: %(method)s, paid %(amount)s") % {
        "method": words.method_name(payment.method),
        "amount": show.money(payment.paid, view.content.currency),
    }
    return _dated("due_date", text, _("Fill in the day only if the buyer has a time limit to pay."))


def _dated(path: str, text: str, note: str) -> Answer:
    fact = Fact(icon="circle-check", color="green", text=text, note=note)
    return Answer(field=path, title=field_name(path), facts=(fact,))
