"""Sentences about what Allegro answers."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "allegro_unavailable": _(
        "Allegro does not answer now. Nothing is lost: what is missing will be fetched the next time."
    ),
    "allegro_rate_limited": _(
        "Allegro asks for a pause because of too many requests. Fetching goes on by itself in a moment."
    ),
    "allegro_token_rejected": _(
        "Allegro did not accept the shop's access. Try again; if it repeats, connect the shop again."
    ),
    "allegro_conflict": _("Something changed on Allegro meanwhile. Fetch the orders and try again."),
    "allegro_address_insecure": _(
        "The address of Allegro's server must start with https. Correct STRAGAN_ALLEGRO_API_URL"
        " and STRAGAN_ALLEGRO_AUTH_URL."
    ),
    "allegro_scope_missing": _(
        "The connection lacks a permission that is needed. Connect the shop again and agree to all of them."
    ),
    "allegro_reconnect_needed": _(
        "Allegro ended the connection with this shop. Connect it again; orders and the place in the"
        " journal are kept."
    ),
    "shop_late": _(
        "No word from Allegro for %(minutes)s minutes. If orders are being fetched just now, wait until"
        " that is done; else see that Stragan's worker runs and that the internet works."
    ),
    "allegro_client_rejected": _(
        "Allegro does not know the application's client ID or secret. Correct them, then connect the"
        " shop again."
    ),
    "allegro_client_missing": _(
        "No client ID of an Allegro application is set. Set STRAGAN_ALLEGRO_CLIENT_ID and"
        " STRAGAN_ALLEGRO_CLIENT_SECRET, or give them for the shop."
    ),
    "allegro_code_rejected": _(
        "Allegro's answer came too late or was used before. Start connecting the shop once more."
    ),
    "allegro_access_denied": _("The consent was refused on Allegro, so the shop was not connected."),
    "allegro_device_code_expired": _(
        "Nobody confirmed the connection on Allegro in time. Start connecting the shop once more."
    ),
    "allegro_authorization_pending": _("Allegro waits until the connection is confirmed."),
    "allegro_slow_down": _("Allegro asks to wait a little longer for the confirmation."),
    "allegro_form_gone": _("Allegro no longer has this order."),
    "allegro_orders_window_too_wide": _("Allegro lists at most 10,000 orders at once. Choose fewer days."),
    "allegro_rejected": _("Allegro refused the request (status %(status)s)."),
    "allegro_answer_unreadable": _("Allegro's answer could not be understood. Try again later."),
    "allegro_payload_unreadable": _(
        "The order was put aside, because it cannot be read: %(reason)s (%(path)s). Other orders are not"
        " affected."
    ),
    "allegro_demo_outside": _(
        "The demo speaks only to the Allegro stand-in on this computer, not to %(url)s."
    ),
    "allegro_address_differs": _(
        "The shop was connected at %(known_url)s, but %(url)s is set now. Restore the address or connect"
        " the account as a new company."
    ),
    "allegro_clock_shifted": _(
        "STRAGAN_NOW is set, so nothing is done with Allegro's production. Remove it and start again."
    ),
}
