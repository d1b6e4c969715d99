"""What of an order was sent to Allegro, and what can be."""

from collections.abc import Sequence
from typing import Any

from stragan.companies.models import Company
from stragan.documents.models import Document
from stragan.flows.outgoing import is_sendable
from stragan.orders.models import Order
from stragan.outbox import parcels, queries
from stragan.outbox.states import SETTABLE, Kind, SendingState
from stragan.web.outbox import words


def sent_of(company: Company, order: Order, issued: Sequence[Document]) -> dict[str, Any]:
    """Things sent or to be sent, newest first; documents that could be, where the shop wants them."""
    sendings = queries.sendings_of_order(company, order.pk)
    kinds = queries.kinds_on(order.shop_id)
    choice = parcels.carriers()
    names = {one.key: one.name for one in choice}
    known = {one.document_id for one in sendings}
    can_send = [one for one in issued if one.pk not in known and is_sendable(one)]
    return {
        "sendings": [
            {
                "sending": one,
                "thing": words.thing(one, names),
                "sign": words.STATES[one.state],
                "why": words.why(one),
                "is_bad": one.state == SendingState.FAILED,
            }
            for one in sendings
        ],
        "parcels": [
            {"parcel": one, "carrier": one.carrier_name or names.get(one.carrier, one.carrier)}
            for one in parcels.parcels_of_order(company, order.pk)
        ],
        "carriers": choice,
        "carrier": parcels.guess(order.delivery_method, choice),
        "takes_parcels": order.superseded_by_id is None and not order.gone_at and not order.deleted_at,
        "targets": [(target, words.FULFILLMENTS[target]) for target in SETTABLE]
        if Kind.STATUS in kinds
        else [],
        "to_send": can_send if Kind.INVOICE in kinds else [],
        "sends": bool(kinds),
    }
