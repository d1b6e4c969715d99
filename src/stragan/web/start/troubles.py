"""What needs a person: failed work, shops that do not answer, orders with problems."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stragan.companies.models import Company
from stragan.kit import jobs
from stragan.kit.messages import text_of
from stragan.orders import check_runs, statements
from stragan.orders.models import ReconcileRun
from stragan.orders.queries import Tab, count_problems
from stragan.outbox.queries import failed_of
from stragan.shops.models import Shop, ShopState
from stragan.web.orders.words import problem_name
from stragan.web.outbox.words import TITLES

JOB_NAMES: Final[dict[str, str | Promise]] = {
    "shops.sync": gettext_lazy("Fetching orders in the background"),
    "shops.sync_now": gettext_lazy("Fetching orders by hand"),
    "orders.reassess": gettext_lazy("Checking waiting orders anew"),
    "offers.refresh": gettext_lazy("Reading offers"),
    "offers.plan": gettext_lazy("Looking at stock to be sent"),
    "offers.push": gettext_lazy("Sending stock to Allegro"),
    "orders.payments": gettext_lazy("Reading payment operations"),
    "orders.statement": gettext_lazy("Stating the completeness of a day"),
    "orders.reconcile": gettext_lazy("Checking orders against Allegro"),
    "outbox.carriers": gettext_lazy("Asking Allegro for its carriers"),
    "outbox.send": gettext_lazy("Sending to orders on Allegro"),
    "documents.issue_run": gettext_lazy("Issuing many documents"),
    "documents.render_pdf": gettext_lazy("Making a PDF"),
}
FAILURES_TOLD: Final = 3  # a shop that fails once or twice mends itself
LATE: Final = timedelta(minutes=15)  # orders come every minute; later than that is an alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedJob:
    """Work that was given up."""

    id: int
    name: str
    what: str
    attempts: int
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopTrouble:
    """A shop orders do not come from."""

    id: int
    name: str
    what: str
    needs_consent: bool
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCount:
    """Orders with the same problem."""

    name: str
    number: int
    url: str


def failed_jobs(company: Company) -> list[FailedJob]:
    """Work of the company that was given up, newest first."""
    return [
        FailedJob(
            id=job.pk,
            name=str(JOB_NAMES.get(job.name, job.name)),
            what=text_of(job.error_code, job.error_params),
            attempts=job.attempts,
            at=job.finished_at,
        )
        for job in jobs.failed_jobs(company_id=company.pk)
    ]


def shop_troubles(company: Company, *, now: datetime) -> list[ShopTrouble]:
    """Shops that must be connected again, that keep failing, or that orders come from too late. Real time."""
    found = []
    for shop in Shop.objects.for_company(company).exclude(state=ShopState.REMOVED).order_by("name", "id"):
        needs_consent = shop.state == ShopState.RECONNECT
        is_on = shop.state == ShopState.CONNECTED and company.allegro_module
        keeps_failing = is_on and shop.failures_in_row >= FAILURES_TOLD
        late = now - shop.synced_at if shop.synced_at else timedelta()
        if needs_consent or keeps_failing or (is_on and late > LATE):
            code = shop.state_reason if needs_consent else shop.error_code if keeps_failing else "shop_late"
            facts = {"shop": shop.name, "reason": "", "minutes": int(late.total_seconds() // 60)}
            what = text_of(code or "internal_error", facts | shop.error_params)
            found.append(
                ShopTrouble(
                    id=shop.pk,
                    name=shop.name,
                    what=what,
                    needs_consent=needs_consent,
                    since=shop.synced_at,
                )
            )
    return found


def problem_counts(company: Company) -> list[ProblemCount]:
    """Waiting orders by what is wrong with them, the most frequent first; of the newest 10,000."""
    counts = count_problems(company)
    base = reverse("orders:list")
    return [
        ProblemCount(
            name=problem_name(problem),
            number=number,
            url=f"{base}?{urlencode({'tab': Tab.ATTENTION.value, 'problem': problem})}",
        )
        for problem, number in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    ]


def open_check(company: Company) -> ReconcileRun | None:
    """The latest check of orders against Allegro, where it left something unexplained."""
    run = check_runs.latest(company)
    return run if run is not None and not run.complete else None


def unproven(company: Company, *, now: datetime) -> int:
    """Days whose statement of completeness names something; none while the module is off."""
    return statements.days_with_gaps(company, now=now) if company.allegro_module else 0


def unsent(company: Company) -> list[ProblemCount]:
    """Things that could not be sent to orders on Allegro, by kind; none while the module is off."""
    counts = failed_of(company) if company.allegro_module else {}
    return [
        ProblemCount(
            name=str(TITLES[kind]),
            number=counts[kind],
            url=f"{reverse('outbox:queue', args=[kind])}?tab=failed",
        )
        for kind in TITLES
        if counts.get(kind)
    ]


def in_words(problems: list[ProblemCount], *, changed: int = 0, limit: int = 3) -> str:
    """The most frequent problems in one line: ``4 × Brak stawki VAT, 2 × Błędny NIP``."""
    parts = [f"{entry.number} × {entry.name}" for entry in problems[:limit]]
    if changed:
        name = _("changed after issuing")
        parts.append(f"{changed} × {name}")
    return ", ".join(parts) or _("nothing waits")
