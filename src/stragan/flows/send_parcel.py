"""Tells Allegro the tracking number of a parcel: looked for first, since adding it twice shows it twice."""

from stragan.flows.send_plan import Done, Failed, Outcome, parcel_there
from stragan.flows.sending import Hold
from stragan.gateways.allegro import AllegroConflict
from stragan.outbox.actions import Why


def step(hold: Hold) -> Outcome:
    """Do the next step for one parcel."""
    parcel = hold.row.parcel
    assert parcel is not None, "the database sees to it"
    known = hold.look(lambda client: client.list_shipments(hold.form_id))
    there = parcel_there(known, waybill=parcel.waybill)
    if there is not None:
        return Done(remote_id=there.id)
    try:
        made = hold.write(
            lambda client: client.add_shipment(
                hold.form_id,
                carrier_id=parcel.carrier,
                carrier_name=parcel.carrier_name,
                waybill=parcel.waybill,
            )
        )
    except AllegroConflict as used:
        return Failed(why=Why(code="sending_waybill_used", words=used.user_message, trace_id=used.trace_id))
    return Done(remote_id=made.id)
