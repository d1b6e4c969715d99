"""What ``stragan orders ship`` does once Django is there."""

import argparse
from collections.abc import Iterable

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line
from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.flows import parcels, send_back
from stragan.flows.parcels import Added, NotAdded
from stragan.kit.audit import Actor
from stragan.kit.clock import real_now
from stragan.kit.messages import text_of, text_of_error
from stragan.outbox.models import Sending
from stragan.outbox.states import SendingState


class ParcelFileMissing(Refused):
    """The file is not there, or may not be read."""

    code = "parcel_file_missing"


def ship(options: argparse.Namespace) -> int:
    """Note parcels and send them, one line per parcel; gives 1 where a line was refused or not sent.

    ``allegro`` is ``sent``, ``waiting``, ``failed``, or ``off`` where the shop sends none.
    """
    company = chosen_company(options)
    found = list(_noted(company, options))
    added = [one for one in found if isinstance(one, Added)]
    asked: dict[int, set[int]] = {}
    for new in added:
        if new.sending is not None:
            asked.setdefault(new.order.shop_id, set()).add(new.sending.pk)
    for shop_id, sendings in sorted(asked.items()):
        send_back.work(shop_id=shop_id, only=sendings)
    worst = 0
    for one in found:
        worst = max(worst, _told(one, as_json=options.json))
    return worst


def _noted(company: Company, options: argparse.Namespace) -> Iterable[Added | NotAdded]:
    now = real_now()
    if options.file is not None:
        try:
            data = options.file.read_bytes()
        except OSError as error:
            raise ParcelFileMissing(file=str(options.file)) from error
        yield from parcels.add_from_file(company=company, data=data, user=None, actor=Actor.COMMAND, now=now)
        return
    yield parcels.add_parcel(
        order=parcels.order_named(company, options.order),
        carrier=options.carrier,
        waybill=options.waybill,
        user=None,
        actor=Actor.COMMAND,
        now=now,
    )


def _told(one: Added | NotAdded, *, as_json: bool) -> int:
    if isinstance(one, NotAdded):
        line = {"line": one.line, "order": one.order, "refused": one.refusal.code}
        write_line({**line, "message": text_of_error(one.refusal)}, as_json=as_json)
        return 1
    row: dict[str, object] = {
        "order": one.order.allegro_id,
        "carrier": one.parcel.carrier_name or one.parcel.carrier,
        "waybill": one.parcel.waybill,
        "allegro": "off",
    }
    if one.sending is not None:
        sending = Sending.objects.for_company(one.order.company_id).get(pk=one.sending.pk)
        row["allegro"] = {
            SendingState.DONE.value: "sent",
            SendingState.WAITING.value: "waiting",
            SendingState.SENDING.value: "waiting",
        }.get(sending.state, "failed")
        if sending.state != SendingState.DONE:
            row |= {"code": sending.reason_code, "message": text_of(sending.reason_code)}
    write_line(row, as_json=as_json)
    return int(row["allegro"] in {"waiting", "failed"})
