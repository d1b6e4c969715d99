"""Names of jobs and what does them. A handler's module is loaded when its first job comes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from stragan.core.errors import Refused

Handler = Callable[[Mapping[str, object], datetime], None]
HandlerOfSeveral = Callable[[Sequence[Mapping[str, object]], datetime], None]

# name → module:function. A handler takes the arguments of the row and the present instant, makes one
# call into a flow, and is safe to repeat. It raises what the flow raises.
HANDLERS: Final[dict[str, str]] = {
    "shops.sync": "stragan.jobs.shops:sync",
    "shops.sync_now": "stragan.jobs.shops:sync_now",
    "orders.reassess": "stragan.jobs.orders:reassess",
    "orders.reconcile": "stragan.jobs.orders:reconcile",
    "orders.statement": "stragan.jobs.orders:statement",
    "orders.payments": "stragan.jobs.orders:payments",
    "orders.billing": "stragan.jobs.orders:billing",
    "orders.money": "stragan.jobs.orders:money",
    "archive.purge": "stragan.jobs.archive:purge",
    "offers.refresh": "stragan.jobs.offers:refresh",
    "offers.plan": "stragan.jobs.offers:plan",
    "offers.push": "stragan.jobs.offers:push",
    "outbox.carriers": "stragan.jobs.outbox:carriers",
    "outbox.send": "stragan.jobs.outbox:send",
    "documents.issue_run": "stragan.jobs.documents:issue_run",
    "products.rematch": "stragan.jobs.products:rematch",
    "documents.render_pdf": "stragan.jobs.files:render_pdf",
    "stock.reserve_open": "stragan.jobs.warehouse:reserve_open",
    "books.post_past": "stragan.jobs.books:post_past",
}


# Small jobs that cost less together: name → module:function, and how many at a time. The function takes the
# arguments of all rows; where it raises, each job is done by itself.
TOGETHER: Final[dict[str, tuple[str, int]]] = {
    "documents.render_pdf": ("stragan.jobs.files:render_pdfs", 20),
}


class JobUnknown(Refused):
    """No handler has that name: the row was written by another version."""

    code = "job_unknown"


def handler_of(name: str) -> Handler:
    """Give the function that does jobs of *name*.

    :raises JobUnknown: there is none.
    """
    path = HANDLERS.get(name)
    if path is None:
        raise JobUnknown(name=name)
    handler: Handler = _loaded(path)
    return handler


def at_once(name: str) -> int:
    """How many jobs of *name* are taken together."""
    return TOGETHER[name][1] if name in TOGETHER else 1


def handler_of_several(name: str) -> HandlerOfSeveral:
    """Give the function that does several jobs of *name* at once; there is one where ``at_once`` says so."""
    handler: HandlerOfSeveral = _loaded(TOGETHER[name][0])
    return handler


def _loaded(path: str) -> Any:
    module, _, function = path.partition(":")
    return getattr(import_module(module), function)


def id_of(arguments: Mapping[str, object], name: str) -> int:
    """The id a job was given; a row without it is a bug of whoever asked."""
    value = arguments[name]
    assert isinstance(value, int), f"{name} of a job is {value!r}"
    return value
