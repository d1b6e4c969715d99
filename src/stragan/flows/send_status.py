"""Sets Allegro's fulfilment status of an order: read first, written only where it is another one."""

from stragan.flows.send_plan import Done, Later, Outcome, status_step
from stragan.flows.sending import Hold
from stragan.gateways.allegro import AllegroConflict, parse_form
from stragan.outbox.actions import Why


def step(hold: Hold) -> Outcome:
    """Do the next step for one status; the revision proves that nothing changed since it was read."""
    row = hold.row
    raw = hold.look(lambda client: client.get_form(hold.form_id))
    form = parse_form(raw.payload)
    verdict = status_step(form, target=row.target, is_automatic=row.is_automatic)
    if verdict is not None:
        return verdict
    try:
        hold.write(
            lambda client: client.set_fulfillment(hold.form_id, status=row.target, revision=form.revision)
        )
    except AllegroConflict as changed:
        return Later(why=Why(code="sending_order_changed", trace_id=changed.trace_id))
    return Done()
