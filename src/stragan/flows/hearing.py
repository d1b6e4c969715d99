"""Listens to Allegro's answers and puts those that changed something into the archive.

An answer is kept in the transaction that stores what it brought, so the archive and the tables agree after
any kill. What was as we had it is not kept.
"""

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from stragan.archive import actions as archive
from stragan.archive.actions import Answer
from stragan.archive.content import MARK, Content, Part
from stragan.archive.states import Kind
from stragan.flows.import_orders import Outcome, key_of
from stragan.gateways.allegro import Heard, RawForm
from stragan.kit.clock import real_now
from stragan.shops.models import Shop

_FORMS: Final = "/order/checkout-forms"
_EVENTS: Final = "/order/events"
_GONE: Final = frozenset({404, 410})
_A_FORM: Final = b'"lineItems"'


@dataclass(slots=True)
class Ears:
    """Answers heard and not yet dealt with; refusals of forms are kept apart until they are."""

    heard: list[Heard] = field(default_factory=list)
    gone: dict[str, Heard] = field(default_factory=dict)

    def hear(self, heard: Heard) -> None:
        """Take note of an answer."""
        if heard.status in _GONE:
            self.gone[heard.path.rpartition("/")[2]] = heard
        elif heard.is_success:
            self.heard.append(heard)

    def take(self) -> list[Heard]:
        """Give what was heard since the last time."""
        found, self.heard = self.heard, []
        return found

    def take_gone(self, form_ids: Iterable[str]) -> dict[str, Heard]:
        """Give the refusals of these forms."""
        return {form_id: self.gone.pop(form_id) for form_id in form_ids if form_id in self.gone}


def keep_forms(
    shop: Shop, heard: Sequence[Heard], *, forms: Sequence[RawForm], outcome: Outcome, at: datetime
) -> None:
    """Keep the answers whose forms brought an order or a revision, or could not be read."""
    brought = outcome.revisions
    if not brought and not outcome.quarantined:
        return
    pages = [one for one in heard if one.method == "GET" and path_of(one).startswith(_FORMS)]
    found = ((one, _forms_kept(one.body, forms, brought, outcome.quarantined)) for one in pages)
    archive.keep(
        shop, [answer_of(one, Kind.FORMS, content) for one, content in found if content.parts], at=at
    )


def _forms_kept(
    body: bytes, forms: Sequence[RawForm], revisions: Mapping[str, int], quarantined: frozenset[str]
) -> Content:
    """Cut the forms out of a page: those that changed something become parts, the others are left away."""
    latest = {key_of(form): form for form in forms}
    around: list[bytes] = []
    parts: list[Part] = []
    place, is_whole = 0, True
    for form in forms:
        start = body.find(form.payload, place)
        if start < 0:
            continue
        name = key_of(form)
        number = revisions.get(name, 0)
        around.append(body[place:start])
        place = start + len(form.payload)
        if latest[name].payload != form.payload or not (number or name in quarantined):
            is_whole = False
            continue
        payload = "" if number else base64.b64encode(zlib.compress(form.payload)).decode()
        parts.append(Part(name=name, number=number, payload=payload))
    around.append(body[place:])
    frame = MARK.join(around) if is_whole else b""
    return Content(parts=tuple(parts), body=b"" if _A_FORM in frame else frame)


def keep_gone(shop: Shop, heard: Mapping[str, Heard], *, retired: Iterable[str], at: datetime) -> None:
    """Keep the refusals that retired an order of ours."""
    answers = [
        answer_of(
            heard[form_id],
            Kind.GONE,
            Content(body=heard[form_id].body, parts=(Part(name=form_id, number=0),)),
        )
        for form_id in retired
        if form_id in heard
    ]
    archive.keep(shop, answers, at=at)


def keep_journal(shop: Shop, heard: Sequence[Heard], *, at: datetime) -> None:
    """Keep a page of events that brought something to fetch."""
    pages = [one for one in heard if path_of(one) == _EVENTS]
    archive.keep(shop, [answer_of(one, Kind.JOURNAL, Content(body=one.body)) for one in pages[-1:]], at=at)


def keep_writes(shop: Shop) -> Callable[[Heard], None]:
    """Give a listener that keeps what Allegro said to writes of ours, refusals too, as soon as it is said."""

    def hear(heard: Heard) -> None:
        if heard.method != "GET":
            archive.keep(shop, [answer_of(heard, Kind.WRITE, Content(body=heard.body))], at=real_now())

    return hear


def path_of(heard: Heard) -> str:
    """The path that was asked, without its query."""
    return heard.path.partition("?")[0]


def answer_of(heard: Heard, kind: Kind, content: Content) -> Answer:
    """What is kept of an answer."""
    return Answer(
        kind=kind,
        method=heard.method,
        path=heard.path,
        status=heard.status,
        trace_id=heard.trace_id,
        sha256=hashlib.sha256(heard.body).hexdigest(),
        content=content,
        sent=heard.sent,
        sent_sha256=heard.sent_sha256,
    )
