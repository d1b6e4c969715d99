"""What START says of the latest check against Allegro."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stragan.companies.models import Company
from stragan.orders import check_runs
from stragan.web.shell import show


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """The latest check that ended, in words; ``at`` is None where nobody has checked yet."""

    color: str
    icon: str
    word: str
    note: str
    at: datetime | None = None


def latest(company: Company) -> CheckLine:
    """Say how the latest check ended: all agree, so many differences, a shop that was not asked."""
    run = check_runs.latest(company)
    if run is None:
        return CheckLine(
            color="grey",
            icon="circle",
            word=_("not checked yet"),
            note=_("Before issuing, see that every order is here and every amount agrees."),
        )
    period = f"{show.day(run.since)} – {show.day(run.until)}"
    orders = ngettext("%(count)s order", "%(count)s orders", run.orders) % {"count": show.number(run.orders)}
    if run.complete:
        color, icon, word = "green", "circle-check", _("everything agrees")
    elif run.gaps:
        text = ngettext("%(count)s difference", "%(count)s differences", run.gaps)
        color, icon, word = "amber", "alert-triangle", text % {"count": show.number(run.gaps)}
    else:
        color, icon, word = "amber", "alert-triangle", _("a shop could not be asked")
    return CheckLine(color=color, icon=icon, word=word, note=f"{orders} · {period}", at=run.finished_at)
