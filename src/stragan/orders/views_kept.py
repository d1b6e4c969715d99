"""How people like their list: columns, saved views, the view it opens with. Some views are shared."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from stragan.companies.models import Company, User
from stragan.core.errors import Refused
from stragan.kit.audit import Deed, record
from stragan.kit.compiled import Values, made_once
from stragan.orders.models import ListChoice, SavedView

MOST: Final = 100  # views of one person in one company
NAME_LENGTH: Final = 60


class ViewNameTaken(Refused):
    """The person has another view of that name."""

    code = "view_name_taken"


class ViewNameMissing(Refused):
    """A view needs a name."""

    code = "view_name_missing"


class TooManyViews(Refused):
    """A person keeps at most ``MOST`` views."""

    code = "too_many_views"


def views_of(company: Company, user: User) -> QuerySet[SavedView]:
    """The person's own views and those shared in the company, by name."""
    return _seen_by(company, user.pk).select_related("owner")


def _seen_by(company: Company, user_id: int) -> QuerySet[SavedView]:
    rows = SavedView.objects.for_company(company).filter(Q(owner_id=user_id) | Q(is_shared=True))
    return rows.order_by("name", "id")


def choice_of(company: Company, user: User) -> ListChoice | None:
    """What the person chose for the list of this company; the opening view only while it may be seen."""
    rows = ListChoice.objects.for_company(company).filter(user=user)
    return rows.select_related("opening_view").first()


class ViewRow(NamedTuple):
    """What a menu of views says of one."""

    id: int
    name: str
    query: str
    columns: list[str]
    is_shared: bool
    owner_id: int
    owner: str


def rows_of_views(company: Company, user: User) -> list[ViewRow]:
    """``views_of`` for a menu: no more than it says."""
    return [ViewRow._make(row) for row in _views(company, user.pk).rows()]


@made_once
def _views(company: Company, user_id: int) -> Values:
    fields = ("id", "name", "query", "columns", "is_shared", "owner_id", "owner__email")
    return _seen_by(company, user_id).values_list(*fields)


def choice_in_short(company: Company, user: User) -> tuple[list[str], int | None]:
    """Columns the person chose, none for the default set, and the id of the view their list opens with."""
    for columns, opening in _choice(company, user.pk).rows():
        return columns, opening
    return [], None


@made_once
def _choice(company: Company, user_id: int) -> Values:
    rows = ListChoice.objects.for_company(company).filter(user_id=user_id)
    return rows.order_by("id").values_list("columns", "opening_view_id")[:1]


def choose_columns(*, company: Company, user: User, columns: Sequence[str]) -> None:
    """Keep the person's columns in their order; none means the default set."""
    ListChoice.objects.for_company(company).update_or_create(
        company=company, user=user, defaults={"columns": list(columns)}
    )


def open_with(*, company: Company, user: User, view: SavedView | None) -> None:
    """Have the list open with *view*, or plainly."""
    ListChoice.objects.for_company(company).update_or_create(
        company=company, user=user, defaults={"opening_view": view}
    )


@transaction.atomic
def save_view(
    *,
    company: Company,
    user: User,
    name: str,
    query: str,
    columns: Sequence[str],
    is_shared: bool,
    now: datetime,
) -> SavedView:
    """Save a view, in place of the person's own view of that name.

    :raises ViewNameMissing: *name* is empty.
    :raises TooManyViews: the person has ``MOST`` others.
    """
    name = _named(name)
    rows = SavedView.objects.for_company(company).filter(owner=user)
    if rows.exclude(name=name).count() >= MOST:
        raise TooManyViews(most=MOST)
    view, _is_new = rows.update_or_create(
        company=company,
        owner=user,
        name=name,
        defaults={"query": query, "columns": list(columns), "is_shared": is_shared},
        create_defaults={
            "query": query,
            "columns": list(columns),
            "is_shared": is_shared,
            "created_at": now,
        },
    )
    _record("view.saved", view, user, now)
    return view


@transaction.atomic
def rename_view(*, view: SavedView, user: User, name: str, is_shared: bool, now: datetime) -> None:
    """Change a view's name, and whether the company shares it.

    :raises ViewNameMissing: *name* is empty.
    :raises ViewNameTaken: its owner has another view of that name.
    """
    name = _named(name)
    twins = SavedView.objects.for_company(view.company_id).filter(owner_id=view.owner_id, name=name)
    if twins.exclude(pk=view.pk).exists():
        raise ViewNameTaken(name=name)
    view.name, view.is_shared = name, is_shared
    view.save(update_fields=["name", "is_shared"])
    if not is_shared:  # nobody else's list may open with it any more
        others = ListChoice.objects.for_company(view.company_id).filter(opening_view=view)
        others.exclude(user_id=view.owner_id).update(opening_view=None)
    _record("view.changed", view, user, now)


@transaction.atomic
def delete_view(*, view: SavedView, user: User, now: datetime) -> None:
    """Forget a view; lists that opened with it open plainly."""
    _record("view.deleted", view, user, now)
    view.delete()


def _named(name: str) -> str:
    clean = " ".join(name.split())[:NAME_LENGTH]
    if not clean:
        raise ViewNameMissing
    return clean


def _record(verb: str, view: SavedView, user: User, now: datetime) -> None:
    deed = Deed(
        verb=verb,
        subject="view",
        subject_id=view.pk,
        company_id=view.company_id,
        user_id=user.pk,
        facts={"shared": view.is_shared},
    )
    record([deed], at=now)
