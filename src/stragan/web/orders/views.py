"""Saved views and columns as the list shows them."""

from dataclasses import dataclass

from stragan.companies.models import Company, User
from stragan.orders import views_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewLine:
    """One line of the menu of views."""

    id: int
    name: str
    url: str
    columns: tuple[str, ...]
    is_own: bool
    is_shared: bool
    owner: str
    is_current: bool
    is_opening: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Liking:
    """How the list looks for a person now: columns of the open view, else their own."""

    views: tuple[ViewLine, ...]
    columns: tuple[str, ...]

    @property
    def current(self) -> ViewLine | None:
        """The view the list was opened with."""
        return next((view for view in self.views if view.is_current), None)


def liking_of(company: Company, user: User, *, view_id: int | None = None) -> Liking:
    """Read the person's views and columns: two statements."""
    columns, opening = views_kept.choice_in_short(company, user)
    lines = [
        ViewLine(
            id=view.id,
            name=view.name,
            url=address(view.query, view.id),
            columns=tuple(view.columns),
            is_own=view.owner_id == user.pk,
            is_shared=view.is_shared,
            owner=view.owner,
            is_current=view.id == view_id,
            is_opening=view.id == opening,
        )
        for view in views_kept.rows_of_views(company, user)
    ]
    own_first = tuple(sorted(lines, key=lambda line: not line.is_own))
    liking = Liking(views=own_first, columns=tuple(columns))
    current = liking.current
    return Liking(views=own_first, columns=current.columns) if current else liking


def opening_address(company: Company, user: User) -> str:
    """The address the list opens with, empty for the plain list."""
    choice = views_kept.choice_of(company, user)
    view = choice.opening_view if choice else None
    return address(view.query, view.pk) if view else ""


def address(query: str, view_id: int) -> str:
    """The address of a view."""
    return f"?{query}&view={view_id}" if query else f"?view={view_id}"
