"""One shop of a check: reads Allegro's list of a period, then looks twice at all that does not agree."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from stragan.core.dates import start_of_warsaw_day
from stragan.core.money import ZERO
from stragan.flows.list_walk import By, walk
from stragan.flows.order_mapping import order_of
from stragan.flows.reconcile_journal import JournalCheck
from stragan.flows.reconcile_payments import PaymentsCheck
from stragan.flows.reconcile_refunds import RefundsCheck
from stragan.flows.tokens import Session
from stragan.gateways.allegro import (
    AllegroClient,
    AllegroRejected,
    AllegroUnavailable,
    FormGone,
    FormPage,
    Heard,
    RawForm,
    ScopeMissing,
    UnreadableAnswer,
    UnreadablePayload,
    content_hash,
    parse_form,
)
from stragan.kit.clock import real_now
from stragan.orders import check_runs
from stragan.orders.compared_figures import ComparedFigures
from stragan.orders.models import ReconcileRun
from stragan.orders.reconciling import Found, Ours, Theirs, differences, values_agree
from stragan.orders.reconciling_money import Paying
from stragan.orders.states import CheckCause, CheckDifference
from stragan.shops.models import PendingForm, QuarantinedForm, Shop, SyncRun

READ_AGAIN: Final = 300  # single forms; what differs in greater numbers does not differ by chance
ABSENT_ASKED: Final = 300  # forms of ours that the list lacks; what more of them there is, is said
TOLD_EVERY_S: Final = 10.0  # that it lives, while Allegro is asked
LATELY: Final = timedelta(minutes=2)  # two rounds of the background sync
COMPARED, NOT_COMPARED, UNKNOWN = "compared", "not_compared", "unknown"  # how it went with a source
_MS: Final = timedelta(milliseconds=1)
_PART: Final = 500


class ShopCheck:
    """Reads one shop; afterwards ``found``, ``orders``, ``totals`` and ``sources`` say what there was.

    ``figures`` is what our orders add up to, each as it stood when it was compared.

    *heard* is told of every answer of Allegro it rests on.
    """

    def __init__(
        self,
        *,
        run: ReconcileRun,
        shop: Shop,
        read_before: int = 0,
        heard: Callable[[Heard], None] | None = None,
    ) -> None:
        self.run = run
        self._heard = heard
        self.shop = shop
        self.found: list[Found] = []
        self.orders = 0
        self.totals: dict[str, Decimal] = {}
        self.sources: dict[str, dict[str, object]] = {}
        start, end = check_runs.bounds(run)
        self.figures = ComparedFigures(start=start, end=end)
        self._paying: dict[str, Paying] = {}
        self._lines: dict[str, str] = {}
        self._syncs = _is_synced_lately(shop)
        self._read_before = read_before
        self._told_s = 0.0  # of the monotonic clock
        self._to_do = 0
        self._seen: set[str] = set()
        self._asked: set[str] = set()  # by their id, because the list lacks them
        self._left: set[str] = set()  # the list lacks them, and they were too many to be asked about
        self._doubts: dict[str, Theirs] = {}
        self._paid: PaymentsCheck | None = None  # once its operations are read

    def work(self) -> None:
        """Read everything and judge it.

        :raises StraganError: Allegro could not be asked to the end.
        """
        start, end = check_runs.bounds(self.run)
        with Session(self.shop.pk, heard=self._heard) as session:
            session.while_waiting(self._live)
            for step in walk(session.call, by=By.BOUGHT, start=start, end=end - timedelta(milliseconds=1)):
                self._take(step.forms)
                self._to_do = max(self._to_do, step.total)
                self._tell()
            absent = self._absent(start=start, end=end)
            self._judge_doubts(session)
            self._judge_all_absent(session, absent)
            self.sources["list"] = {"state": COMPARED, "orders": self.orders, **self._told_of_left()}
            self._ask_source("journal", lambda: self._journal(session, start=start, end=end))
            self._ask_source("payments", lambda: self._payments(session, start=start, end=end))
            self._ask_source("refunds", lambda: self._refunds(session, start=start, end=end))

    def _ask_source(self, name: str, ask: Callable[[], dict[str, object]]) -> None:
        """Compare with one more source; one that may not be asked is said, one that is silent is a gap."""
        try:
            self.sources[name] = ask()
        except (ScopeMissing, AllegroRejected, UnreadableAnswer) as refusal:
            self.sources[name] = {"state": NOT_COMPARED, "code": refusal.code}
        except AllegroUnavailable as trouble:
            self.sources[name] = {"state": UNKNOWN, "code": trouble.code}
            self.found.append(
                Found(
                    difference=CheckDifference.SOURCE_NOT_ASKED,
                    allegro_id="",
                    cause=CheckCause.NO_ANSWER,
                    facts={"code": trouble.code, "source": name},
                )
            )

    def _journal(self, session: Session, *, start: datetime, end: datetime) -> dict[str, object]:
        start = max(start, start_of_warsaw_day(self.shop.since_date))
        forms = frozenset(key for key in self._seen if not key.startswith("?"))
        check = JournalCheck(shop=self.shop, start=start, end=end, forms=forms, lines=self._lines)
        check.work(session)
        if not check.is_kept:
            return {"state": NOT_COMPARED, "code": "journal_forgotten"}
        self._tell()
        ours = check_runs.ids_by_form(self.shop, check.silent)
        for form_id in sorted(check.silent):
            self.found += self._unnamed(form_id, order_id=ours.get(form_id))
        known = check_runs.forms_here(self.shop, check.named) | self._seen | self._asked | self._left
        unknown = [one for one in check.named if one not in known]
        withdrawn = 0
        for form_id in unknown[:READ_AGAIN]:
            try:
                self._add_missing(session.call(_single(form_id)))
            except FormGone:
                withdrawn += 1  # it was merged or withdrawn before anybody could fetch it
        for form_id in unknown[READ_AGAIN:]:
            self.found.append(Found(difference=CheckDifference.MISSING, allegro_id=form_id))
        named = len(check.named)
        return {"state": COMPARED, "events": check.events, "orders": named, "withdrawn": withdrawn}

    def _unnamed(self, form_id: str, *, order_id: int | None) -> Iterator[Found]:
        """An order of the list that no event names; one bought before the first day concerns nobody."""
        order = self._paying.get(form_id)
        first = start_of_warsaw_day(self.shop.since_date)
        if order is not None and order.bought_at is not None and order.bought_at < first:
            return
        yield Found(
            difference=CheckDifference.JOURNAL_SILENT,
            allegro_id=form_id,
            order_id=order_id,
            bought_at=order.bought_at if order else None,
        )

    def _payments(self, session: Session, *, start: datetime, end: datetime) -> dict[str, object]:
        start = max(start, start_of_warsaw_day(self.shop.since_date))
        check = PaymentsCheck(shop=self.shop, start=start, end=end, orders=self._paying)
        check.work(session, ours=lambda ids: check_runs.ids_by_form(self.shop, ids))
        self._paid = check
        self._tell()
        first = start_of_warsaw_day(self.shop.since_date)
        self.found += (gap for gap in check.gaps if gap.bought_at is None or gap.bought_at >= first)
        for form in check.forms:
            self._add_missing(form)
        totals = {name: _told(sums) for name, sums in check.totals.items()}
        return {"state": COMPARED, "operations": check.count, **totals}

    def _refunds(self, session: Session, *, start: datetime, end: datetime) -> dict[str, object]:
        """Hold the list of refunds against the operations; without those it cannot be compared."""
        if self._paid is None:
            told = self.sources["payments"]
            return {"state": told["state"], "code": told["code"]}
        start = max(start, start_of_warsaw_day(self.shop.since_date))
        check = RefundsCheck(shop=self.shop, start=start, end=end, paid=self._paid)
        check.work(session)
        self._tell()
        for form in check.forms:
            self._add_missing(form)
        # One refund is named once: by itself, where the list has it, not by its operation too.
        self.found = [one for one in self.found if not _is_refund_of(one, check.unknown)] + check.gaps
        told = {"state": COMPARED, "refunds": check.count, "refunded": _told(check.totals)}
        return told | ({"not_asked": check.not_asked} if check.not_asked else {})

    def _add_missing(self, form: RawForm) -> None:
        """Name an order that another source knows of, unless it is named already or is here after all."""
        theirs = _read(form, key=form.form_id or f"?{content_hash(form.payload)[:59]}")
        key = theirs.allegro_id
        if any(one.allegro_id == key for one in self.found):
            return
        ours = check_runs.ours_by_form(self.shop, [key]).get(key)
        if ours is None:
            self.found.append(self._missing(theirs, known=self._reasons([key]).get(key)))
        elif ours.is_gone:
            self.found += differences(ours, theirs)

    def _take(self, forms: Iterable[RawForm]) -> None:
        """Count a page; what does not agree at first sight is kept for a second look."""
        theirs = {}
        for form in forms:
            key = form.form_id or f"?{content_hash(form.payload)[:59]}"
            if key not in self._seen:
                self._seen.add(key)
                theirs[key] = _read(form, key=key)
        self.orders += len(theirs)
        for one in theirs.values():
            self._lines |= dict.fromkeys(one.line_ids, one.allegro_id)
            if not one.unreadable:
                self._paying[one.allegro_id] = Paying.of(one)
                self._add_total(one.currency, one.total)
        ours = check_runs.ours_by_form(self.shop, theirs)
        for key, one in theirs.items():
            if key not in ours or not values_agree(ours[key], one):
                self._doubts[key] = one
            else:
                self.figures.add([ours[key]])

    def _add_total(self, currency: str, total: Decimal) -> None:
        self.totals[currency] = self.totals.get(currency, ZERO) + total

    def _absent(self, *, start: datetime, end: datetime) -> list[str]:
        """Forms of ours that Allegro's list does not show; read after the list, so new ones are no gap."""
        ids = check_runs.bought_between(self.shop, start=start, end=end)
        return [form_id for form_id in ids if form_id not in self._seen]

    def _judge_all_absent(self, session: Session, absent: list[str]) -> None:
        """Judge what the list lacks. Where that is too much to ask about, the rest is named as a gap."""
        asked = check_runs.asked_first(self.shop, absent, limit=ABSENT_ASKED)
        for part in _parts(absent):
            for one in check_runs.ours_by_form(self.shop, part).values():
                if one.successor is not None or one.allegro_id in asked:
                    self._count_absent(one, list(self._judge_absent(session, one)))
                    continue
                self._left.add(one.allegro_id)
                self._count_absent(one, [_extra(one, cause="", explained=False)] if one.lives else [])
            self._tell()
        if self._left:
            self.found.append(
                Found(
                    difference=CheckDifference.SOURCE_NOT_ASKED,
                    allegro_id="",
                    cause=CheckCause.TOO_MANY_GONE,
                    facts={"source": "list", "count": len(self._left), "asked": ABSENT_ASKED},
                )
            )

    def _told_of_left(self) -> dict[str, object]:
        return {"not_asked": len(self._left)} if self._left else {}

    def _count_absent(self, ours: Ours, found: list[Found]) -> None:
        """Count an order the list had not shown; on Allegro's side too where it came while that was read."""
        self.found += found
        self.figures.add([ours])
        if ours.lives and all(one.cause == CheckCause.SURCHARGE for one in found):
            self.orders += 1
            self._add_total(ours.currency, ours.total)

    def _judge_doubts(self, session: Session) -> None:
        again = len(self._doubts) <= READ_AGAIN
        for part in _parts(list(self._doubts)):
            latest: dict[str, Theirs | None] = {
                key: _ask_again(session, self._doubts[key]) if again else self._doubts[key] for key in part
            }
            ours = check_runs.ours_by_form(self.shop, part)  # after Allegro's word: it can only be newer
            self.figures.add(ours.values())
            reasons = self._reasons([key for key in part if key not in ours])
            for key, theirs in latest.items():
                self._count_anew(self._doubts[key], theirs)
                if theirs is None:
                    self._vanished(ours.get(key))
                elif key in ours:
                    self.found += differences(
                        ours[key], theirs, is_fresh=self._is_on_its_way(theirs.updated_at)
                    )
                else:
                    self.found.append(self._missing(theirs, known=reasons.get(key)))
            self._tell()

    def _count_anew(self, before: Theirs, latest: Theirs | None) -> None:
        """Let Allegro's latest word on an order count in its figures, not the first."""
        self.orders -= latest is None
        if not before.unreadable:
            self._add_total(before.currency, -before.total)
        if latest is not None and not latest.unreadable:
            self._add_total(latest.currency, latest.total)

    def _vanished(self, ours: Ours | None) -> None:
        """Between two looks Allegro let the form go: it was merged or withdrawn just now."""
        if ours is not None and ours.successor is None and not ours.is_gone:
            self.found.append(_extra(ours, cause=CheckCause.ARRIVING, explained=False))

    def _missing(self, theirs: Theirs, *, known: tuple[CheckCause, str] | None) -> Found:
        cause, reason = known or ("", "")
        first = start_of_warsaw_day(self.shop.since_date)
        if theirs.unreadable:
            cause, reason = CheckCause.UNREADABLE, theirs.unreadable
        elif theirs.bought_last is not None and theirs.bought_last < first:
            cause = CheckCause.BEFORE_FIRST_DAY
        elif cause != CheckCause.UNREADABLE and self._is_on_its_way(theirs.bought_last):
            cause = CheckCause.ARRIVING
        return Found(
            difference=CheckDifference.MISSING,
            allegro_id=theirs.allegro_id,
            cause=str(cause),
            explained=cause == CheckCause.BEFORE_FIRST_DAY,
            bought_at=theirs.bought_first,
            allegro="" if theirs.unreadable else f"{theirs.total:.2f}",
            currency=theirs.currency,
            facts={"reason": reason[:300], "since": self.shop.since_date.isoformat()},
        )

    def _is_on_its_way(self, instant: datetime | None) -> bool:
        """Whether the background sync is alive and has had no time yet to bring what happened then."""
        return self._syncs and instant is not None and real_now() - instant < LATELY

    def _reasons(self, form_ids: list[str]) -> dict[str, tuple[CheckCause, str]]:
        """What is known of forms that are not here: waiting to be fetched, or put aside as unreadable."""
        waiting = PendingForm.objects.filter(shop=self.shop, form_id__in=form_ids)
        found = dict.fromkeys(waiting.values_list("form_id", flat=True), (CheckCause.PENDING, ""))
        unread = QuarantinedForm.objects.for_company(self.shop.company_id).filter(
            shop=self.shop, form_id__in=form_ids, resolved_at__isnull=True
        )
        return found | {
            form_id: (CheckCause.UNREADABLE, reason)
            for form_id, reason in unread.values_list("form_id", "reason")
        }

    def _judge_absent(self, session: Session, ours: Ours) -> Iterator[Found]:
        """Say why Allegro's list lacks an order of ours; what was not merged away is asked for by its id."""
        if ours.successor is not None:
            yield _extra(ours, cause=CheckCause.MERGED)
        else:
            self._asked.add(ours.allegro_id)
            try:
                form = session.call(_single(ours.allegro_id))
            except FormGone:
                cause = CheckCause.DELETED if ours.is_deleted else CheckCause.GONE
                is_known = ours.is_deleted or ours.is_gone
                yield _extra(ours, cause=cause, explained=is_known and not ours.has_original)
                return
            theirs = _read(form, key=ours.allegro_id)
            found = list(differences(ours, theirs))
            yield from found
            if not found and not self._is_listed(session, theirs):
                yield _extra(ours, cause="", explained=False, difference=CheckDifference.LIST_SILENT)

    def _is_listed(self, session: Session, theirs: Theirs) -> bool:
        """Look into the list once more, around the purchase: it may have come while the list was read."""
        at = theirs.bought_first
        if at is None:
            return True  # the list is asked by date of purchase and cannot show it
        page: FormPage = session.call(lambda client: client.list_forms(bought_from=at, bought_to=at + _MS))
        return any(form.form_id == theirs.allegro_id for form in page.forms)

    def _live(self) -> None:
        """Show now and then that the check lives, however long one source takes."""
        if time.monotonic() - self._told_s >= TOLD_EVERY_S:
            self._tell()

    def _tell(self) -> None:
        self._told_s = time.monotonic()
        check_runs.tell(
            self.run,
            stage=self.shop.name,
            read=self._read_before + self.orders,
            to_do=self._read_before + max(self._to_do, self.orders),
            now=real_now(),
        )


def _told(sums: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: f"{amount:.2f}" for currency, amount in sorted(sums.items())}


def _is_refund_of(found: Found, payment_ids: Collection[str]) -> bool:
    is_refund = str(found.facts.get("kind", "")).startswith("REFUND_")
    unknown = found.difference == CheckDifference.PAYMENT_UNKNOWN
    return unknown and is_refund and found.facts["payment"] in payment_ids


def _is_synced_lately(shop: Shop) -> bool:
    """Whether the background sync of the shop lives: it finished a run in the last two minutes."""
    rows = SyncRun.objects.for_company(shop.company_id).filter(shop=shop, trigger="background", state="done")
    finished_at = rows.order_by("-id").values_list("finished_at", flat=True).first()
    return finished_at is not None and real_now() - finished_at < LATELY


def _read(form: RawForm, *, key: str) -> Theirs:
    sha = content_hash(form.payload)
    try:
        return Theirs.of(order_of(parse_form(form.payload)), content_sha256=sha)
    except UnreadablePayload as trouble:
        return Theirs(
            allegro_id=key, content_sha256=sha, unreadable=f"{trouble.reason} ({trouble.path})"[:300]
        )


def _ask_again(session: Session, before: Theirs) -> Theirs | None:
    """Read one form once more; None when Allegro has it no more."""
    if before.allegro_id.startswith("?"):
        return before
    try:
        form = session.call(_single(before.allegro_id))
    except FormGone:
        return None
    return _read(form, key=before.allegro_id)


def _single(form_id: str) -> Callable[[AllegroClient], RawForm]:
    return lambda client: client.get_form(form_id)


def _extra(
    ours: Ours,
    *,
    cause: str,
    explained: bool = True,
    difference: CheckDifference = CheckDifference.EXTRA,
) -> Found:
    return Found(
        difference=difference,
        allegro_id=ours.allegro_id,
        cause=str(cause),
        explained=explained,
        order_id=ours.pk,
        revision=ours.revision,
        bought_at=ours.bought_at,
        ours=f"{ours.total:.2f}",
        currency=ours.currency,
        facts={"number": ours.number, "successor": ours.successor or 0},
    )


def _parts(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _PART):
        yield items[start : start + _PART]
