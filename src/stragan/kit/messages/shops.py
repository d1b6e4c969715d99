"""Sentences about shops and fetching their orders."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "shop_seller_differs": _(
        "“%(shop)s” belongs to the Allegro account %(known_login)s, and you logged in as %(login)s. Log in to"
        " the other account, or choose another name."
    ),
    "shop_seller_known": _(
        "The Allegro account %(login)s is connected already, as “%(known_shop)s”. To rename it, open its"
        " settings; to add another account, log in to that one on Allegro."
    ),
    "shop_name_missing": _("Give the shop a name of 1 to 60 characters."),
    "shop_name_taken": _("Another shop is called “%(shop)s” already. Choose another name."),
    "shop_unknown": _("There is no shop called “%(shop)s”."),
    "shop_not_connected": _(
        "“%(shop)s” is not connected. Switch it on or connect it again, then fetch the orders."
    ),
    "allegro_module_off": _(
        "The Allegro module is switched off, so nothing is fetched. Switch it on in the settings; fetching"
        " goes on where it stopped."
    ),
    "shop_fetched_recently": _(
        "New orders of “%(shop)s” can be fetched by hand every 10 minutes. Wait %(left_s)s s more; in the"
        " background they come all the time."
    ),
    "shop_lease_lost": _("Another process took over fetching this shop and goes on with it."),
    "sync_interrupted": _("Fetching was interrupted. It goes on by itself where it stopped."),
    "push_needs_warehouse": _(
        "Stock is sent to Allegro only where it is kept: switch the warehouse on in the company settings."
    ),
    "push_offer_ended": _("The offer has ended. Put it up again on Allegro; its stock follows by itself."),
    "push_refused": _("Allegro refused the change."),
    "push_unanswered": _(
        "Allegro took the change in and said nothing of it for a day. Look at the stock on Allegro, then try"
        " again."
    ),
    "authorization_unknown": _(
        "This connection was not started in this browser. Start connecting the shop once more."
    ),
    "authorization_used": _("This connection was finished before. Start connecting the shop once more."),
    "authorization_expired": _(
        "This connection was started too long ago. Start connecting the shop once more."
    ),
}
