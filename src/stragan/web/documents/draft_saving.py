"""Saving what was typed into a draft, also when answers come later than the next keystroke."""

from datetime import datetime, timedelta
from typing import Final

from stragan.core.snapshot import BuyerSource
from stragan.documents.models import Draft
from stragan.flows import draft_document
from stragan.flows.draft_document import DraftChanged, DraftView
from stragan.kit import clock
from stragan.web.documents import draft_form
from stragan.web.shell.middleware import CompanyRequest

OWN_SAVE: Final = timedelta(seconds=10)


def saved(request: CompanyRequest, view: DraftView, deed: str) -> tuple[DraftView, dict[str, str]]:
    """Do what the form asks and save what differs; gives the view and the texts as typed.

    Deeds beside saving: ``add`` a line, ``remove.2``, take the buyer from ``source.delivery``.

    :raises DraftChanged: somebody else saved the draft since the form was shown.
    """
    values = draft_form.sent_values(request.POST)
    verb, _, rest = deed.partition(".")
    if verb == "add":
        place = draft_form.place_of_new_line(values, view.content)
        values = draft_form.with_added_line(values, place=place)
    elif verb == "remove" and rest.isdigit():
        values = draft_form.without_line(values, int(rest))
    if values != draft_form.values_of(view.content, reason=view.reason):
        view = _save(request, view, values)
    if verb == "source" and rest in set(BuyerSource):
        view = draft_document.use_buyer_source(
            company=request.company,
            order_id=view.order.pk,
            kind=view.kind,
            source=BuyerSource(rest),
            seen_at=view.seen_at,
            user=request.user,
            now=clock.business_now(),
        )
        values = draft_form.values_of(view.content, reason=view.reason)
    return view, values


def is_unread(view: DraftView) -> bool:
    """Whether something typed could not be read, so that leaving would lose it."""
    lost = {
        "field_not_readable",
        "quantity_not_positive",
        "amount_negative",
        "line_name_missing",
        "lines_missing",
    }
    return any(one.code in lost for one in view.refusals)


def _save(request: CompanyRequest, view: DraftView, values: dict[str, str]) -> DraftView:
    """Save; when a save of the same person came between, save once more over that one."""
    edit, seen_at = draft_form.edit_of(values), _seen_at(request, view.seen_at, view)
    try:
        return draft_document.save_draft(
            company=request.company,
            order_id=view.order.pk,
            kind=view.kind,
            edit=edit,
            seen_at=seen_at,
            user=request.user,
            now=clock.business_now(),
        )
    except DraftChanged:
        rows = Draft.objects.for_company(request.company).filter(order_id=view.order.pk, kind=view.kind)
        latest = rows.values_list("saved_at", flat=True).first()
        if latest is None or latest == seen_at or _seen_at(request, latest, view) != latest:
            raise
        return draft_document.save_draft(
            company=request.company,
            order_id=view.order.pk,
            kind=view.kind,
            edit=edit,
            seen_at=latest,
            user=request.user,
            now=clock.business_now(),
        )


def _seen_at(request: CompanyRequest, latest: datetime | None, view: DraftView) -> datetime | None:
    """Tell which save the form was made from.

    Whoever types fast sends the next change before the answer to the last one has come: a save of the
    same person a moment ago is no conflict, for the form holds everything that one held.
    """
    try:
        sent = datetime.fromisoformat(request.POST.get("seen_at", ""))
    except ValueError:
        sent = None
    if latest is None or sent == latest:
        return sent
    is_own = Draft.objects.for_company(request.company).filter(
        order_id=view.order.pk, kind=view.kind, saved_by=request.user, saved_at=latest
    )
    is_recent = clock.business_now() - latest < OWN_SAVE
    return latest if is_recent and is_own.exists() else sent
