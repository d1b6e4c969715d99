"""The switches of what is sent to a shop's orders on Allegro, with the consequence said before."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from stragan.companies.queries import name_of
from stragan.outbox import queries
from stragan.outbox.actions import NO_CHOICE, Choice
from stragan.outbox.models import Writer
from stragan.outbox.states import AUTOMATIC, Kind
from stragan.shops.models import Shop
from stragan.web.outbox.words import FULFILLMENTS

WRITE_SCOPE: Final = "allegro:api:orders:write"
NAMES: Final[dict[Kind, tuple[str | Promise, str | Promise]]] = {
    Kind.INVOICE: (
        gettext_lazy("Attach documents to orders"),
        gettext_lazy(
            "After switching on: the PDF of each invoice and correction issued from then on goes to its"
            " order, and Allegro writes to the buyer about it. What was sent cannot be taken back or voided,"
            " only corrected. Allegro takes ten documents an order."
        ),
    ),
    Kind.PARCEL: (
        gettext_lazy("Send tracking numbers"),
        gettext_lazy(
            "After switching on: a number entered on an order’s page, by a file or by command goes to its"
            " order, and the buyer sees it there. Numbers that are on Allegro already are not added again."
            " Allegro may then call the order sent, if its own settings say so."
        ),
    ),
    Kind.STATUS: (
        gettext_lazy("Set the fulfilment status"),
        gettext_lazy(
            "After switching on: a person can set Allegro’s status on an order’s page, and the deeds below"
            " set it where you choose one. By itself it only goes forward. The statuses of Stragan never go"
            " to Allegro."
        ),
    ),
}
DEEDS: Final[dict[str, str | Promise]] = {
    "on_issue": gettext_lazy("after a sales document is issued"),
    "on_parcel": gettext_lazy("after a tracking number is entered"),
}


def context_of(shop: Shop) -> dict[str, Any]:
    """The switches of a shop, as its page shows them."""
    writers = queries.writers_of(shop.company)
    rows = []
    for kind, (name, hint) in NAMES.items():
        writer = writers.get((shop.pk, kind.value))
        rows.append(
            {
                "kind": kind.value,
                "name": name,
                "hint": hint,
                "is_on": bool(writer and writer.is_on),
                "unasked": bool(writer and writer.unasked),
                "has_unasked": kind is Kind.INVOICE,
                "deeds": _deeds(writer) if kind is Kind.STATUS else [],
                "change": {"at": writer.changed_at, "by": name_of(writer.changed_by)} if writer else None,
            }
        )
    return {
        "writers": rows,
        "lacks_scope": bool(shop.scopes) and WRITE_SCOPE not in shop.scopes,
        "is_any_on": any(row["is_on"] for row in rows),
    }


def chosen(kind: Kind, posted: Mapping[str, str]) -> Choice:
    """What was chosen besides on and off; a status that no deed may set counts as none."""
    if kind is Kind.INVOICE:
        return Choice(unasked=posted.get("invoice_unasked") == "on")
    if kind is not Kind.STATUS:
        return NO_CHOICE
    given = {deed: posted.get(deed, "") for deed in DEEDS}
    on_issue, on_parcel = (given[deed] if given[deed] in AUTOMATIC else "" for deed in DEEDS)
    return Choice(on_issue=on_issue, on_parcel=on_parcel)


def _deeds(writer: Writer | None) -> list[dict[str, Any]]:
    return [
        {
            "key": deed,
            "name": name,
            "targets": [
                (target, FULFILLMENTS[target], writer is not None and getattr(writer, deed) == target)
                for target in AUTOMATIC
            ],
        }
        for deed, name in DEEDS.items()
    ]
