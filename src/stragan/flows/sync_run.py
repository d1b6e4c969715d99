"""One process's hold on a shop while it fetches: lease, progress, what became of each form."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.db import DataError, IntegrityError, OperationalError, transaction

from stragan.flows.hearing import Ears, keep_forms
from stragan.flows.import_orders import Outcome, Prepared, Rules, prepare_forms, rules_of, store_forms
from stragan.flows.sync_tally import KINDS, Tally
from stragan.flows.tokens import Session
from stragan.gateways.allegro import AllegroClient, Heard, RawForm, content_hash
from stragan.kit.clock import real_now
from stragan.kit.shared_clock import shared_now
from stragan.shops import leases, pending
from stragan.shops.actions import ModuleOff, ShopNotConnected
from stragan.shops.models import Shop, SyncRun
from stragan.shops.queries import may_go_on

T = TypeVar("T")

RENEWED_EVERY_S: Final = 5.0
GLANCE_EVERY_S: Final = 20.0
_TRIES: Final = 4
_PAUSE_S: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """Forms that are stored together, and the answers they came in."""

    forms: Sequence[RawForm]
    heard: Sequence[Heard]


class SyncHold:
    """The shop is ours while this lives; every transaction first makes sure that it still is."""

    def __init__(self, *, shop: Shop, row: SyncRun, owner: str, session: Session, now: datetime) -> None:
        self.shop = shop
        self.row = row
        self.rules: Rules = rules_of(company=shop.company, shop=shop, now=now)
        self.tally = Tally()
        self._owner = owner
        self._session = session
        self.ears = Ears()
        session.listen(self.ears.hear)
        session.while_waiting(self._stay)
        self._started_at = now
        self._started_s = self._renewed_s = self._glanced_s = time.monotonic()
        self._reached_allegro = False

    def now(self) -> datetime:
        """Business time: that of the start, ticking on."""
        return self._started_at + timedelta(seconds=time.monotonic() - self._started_s)

    def ask(self, question: Callable[[AllegroClient], T]) -> T:
        """Ask Allegro; the lease is renewed between tries and while an answer comes in.

        :raises ShopNotConnected: somebody switched the shop off or removed it meanwhile.
        :raises ModuleOff: somebody switched the Allegro module off meanwhile.
        :raises LeaseLost: another process took the shop over.
        """
        require_on(self.shop)
        answer = self._session.call(question)
        if not self._reached_allegro:
            self._reached_allegro = True
            if self.row.trigger == "manual":
                rows = Shop.objects.across_companies().filter(pk=self.shop.pk)
                rows.update(manual_fetch_at=self.row.started_at)
        return answer

    def _stay(self) -> None:
        """Renew the lease now and then.

        :raises LeaseLost: another process took the shop over.
        """
        if time.monotonic() - self._renewed_s > RENEWED_EVERY_S:
            leases.renew(self.shop.pk, owner=self._owner, now=shared_now())
            self._renewed_s = time.monotonic()

    def is_time_to_glance(self) -> bool:
        """Whether the newest orders were not looked at for a while; the next answer is no."""
        is_time = time.monotonic() - self._glanced_s > GLANCE_EVERY_S
        if is_time:
            self._glanced_s = time.monotonic()
        return is_time

    def stage(self, name: str, *, to_do: int = 0) -> None:
        """Tell those who watch what is being done now."""
        self.row.stage, self.row.to_do = name, to_do
        self.commit(lambda: None)

    def commit(self, write: Callable[[], object]) -> None:
        """Do *write*, which may be tried anew, and note progress in one transaction of the lease's holder.

        :raises LeaseLost: another process took the shop over.
        """
        for tries_left in reversed(range(_TRIES)):
            try:
                with transaction.atomic(durable=True):
                    leases.renew(self.shop.pk, owner=self._owner, now=shared_now())
                    write()
                    self._note_progress()
                break
            except OperationalError:  # a deadlock with somebody who issues, or a database long busy
                if not tries_left:
                    raise
                time.sleep(_PAUSE_S)
        self._renewed_s = time.monotonic()

    def store(
        self,
        forms: Sequence[RawForm],
        *,
        asked: Iterable[str] = (),
        write: Callable[[], object] = lambda: None,
    ) -> Outcome:
        """Store a page of forms; *asked* were requested by id; *write* commits with them.

        The answers heard since the last time are archived as far as they changed something.

        :raises LeaseLost: another process took the shop over.
        """
        page = _Page(forms=forms, heard=self.ears.take())
        return self._store_page(page, asked=asked, write=write)

    def _store_page(
        self, page: _Page, *, asked: Iterable[str] = (), write: Callable[[], object] = lambda: None
    ) -> Outcome:
        forms = page.forms
        prepared = prepare_forms(shop=self.shop, forms=forms, rules=self.rules)
        try:
            return self._store(page, prepared, asked=asked, write=write)
        except (DataError, IntegrityError) as trouble:
            self.tally.take_back_page()
            if len(forms) == 1:
                return self._store(page, set_aside(forms[0], trouble), asked=asked, write=write)
        # One form the database cannot hold must not keep the others out.
        stored = [self._store_page(_Page(forms=[form], heard=page.heard)) for form in forms]
        self._store(page, Prepared(), asked=asked, write=write)
        return Outcome(
            new=frozenset().union(*(part.new for part in stored)),
            changed=frozenset().union(*(part.changed for part in stored)),
            unchanged=frozenset().union(*(part.unchanged for part in stored)),
            superseded=frozenset().union(*(part.superseded for part in stored)),
            quarantined=frozenset().union(*(part.quarantined for part in stored)),
        )

    def note(self, form_id: str, kind: str) -> None:
        """Count a form once, as the strongest of what happened to it; saved with the next commit."""
        self.tally.note(form_id, kind)
        self._tell_counts()

    def _tell_counts(self) -> None:
        for kind in KINDS:
            setattr(self.row, kind, self.tally.counts[kind])

    def _store(
        self, page: _Page, prepared: Prepared, *, asked: Iterable[str], write: Callable[[], object]
    ) -> Outcome:
        outcomes: list[Outcome] = []
        self.tally.begin_page()

        def all_of_it() -> None:
            self.tally.take_back_page()  # of a try that failed
            now = self.now()
            outcome = store_forms(shop=self.shop, prepared=prepared, now=now)
            keep_forms(self.shop, page.heard, forms=page.forms, outcome=outcome, at=now)
            pending.settle_forms(shop=self.shop, done=asked, readable=(), now=now)
            for kind in ("superseded", "new", "changed", "quarantined", "unchanged", "outside"):
                for form_id in getattr(outcome, kind):
                    self.tally.note(form_id, kind)
            outcomes.append(outcome)
            write()

        self.commit(all_of_it)
        return outcomes[-1]

    def _note_progress(self) -> None:
        self._tell_counts()
        self.row.requests = self._session.requests
        self.row.heartbeat_at = real_now()
        self.row.save(update_fields=[*KINDS, "requests", "heartbeat_at", "stage", "to_do"])


def update_shop(shop: Shop, **values: object) -> None:
    """Write single columns, so that tokens and states others change meanwhile stay as they are."""
    Shop.objects.across_companies().filter(pk=shop.pk).update(**values)
    for name, value in values.items():
        setattr(shop, name, value)


def require_on(shop: Shop) -> None:
    """See that nobody has switched the shop or the module off; what is recorded stays for later.

    :raises ShopNotConnected: the shop is off or removed.
    :raises ModuleOff: the company's Allegro module is off.
    """
    is_shop_on, is_module_on = may_go_on(shop.pk)
    if not is_shop_on:
        raise ShopNotConnected(shop=shop.name)
    if not is_module_on:
        raise ModuleOff


def set_aside(form: RawForm, trouble: Exception) -> Prepared:
    """What to store of a form that the database cannot hold."""
    return Prepared(
        unreadable=(
            pending.Unreadable(
                form_id=form.form_id,
                payload=form.payload,
                content_sha256=content_hash(form.payload),
                path="$",
                reason=f"the database cannot hold this order ({type(trouble).__name__})",
                trace_id=form.trace_id,
            ),
        )
    )
