"""Every other list at a million documents, moves and register rows: in the view, and as a whole page."""

from collections.abc import Callable
from typing import Any, Final

from bench.measuring import Figure, median, p95, say, tell, timed_ms
from bench.places import EMAIL
from bench.targets import Database
from stragan.cli.main import set_up_django
from stragan.cli.web import clear_away

TIMES: Final = 20
TIMES_WHOLE: Final = 10
ROUNDS: Final = 2
ENOUGH_MS: Final = 30.0
# Area → addresses: the list as it opens, then its filters, sorts and searches.
ADDRESSES: Final[dict[str, tuple[str, ...]]] = {
    "documents": (
        "/documents/",
        "/documents/?kind=invoice",
        "/documents/?kind=receipt",
        "/documents/?from=2026-11-01&to=2026-11-30",
        "/documents/?from=2025-06-01&to=2025-06-30",
        "/documents/?ksef=outside",
        "/documents/?state=valid",
        "/documents/?order=with",
        "/documents/?order=without",
        "/documents/?shop=1",
        "/documents/?q=zolw",
        "/documents/?q=fv+456789",
    ),
    "products": (
        "/products/",
        "/products/?q=kubek",
        "/products/?q=p-77777",
        "/products/?vat=8",
        "/products/?kind=no_ean",
        "/products/?archived=1",
        "/products/?sort=-name",
        "/products/?page=500",
        "/products/offers/",
        "/products/offers/?sort=most",
        "/products/offers/?q=kubek",
        "/products/offers/?seller=7001",
    ),
    "offers": (
        "/offers/",
        "/offers/?tab=unmatched",
        "/offers/?tab=ended",
        "/offers/?q=kubek",
        "/offers/?below=10",
        "/offers/?below=1&sort=-sold",
        "/offers/?sold=no",
        "/offers/?product=yes",
        "/offers/?shop=1",
        "/offers/?sort=price",
        "/offers/?page=500",
    ),
    "stock": (
        "/warehouse/",
        "/warehouse/?q=kubek",
        "/warehouse/?only=below",
        "/warehouse/notes/",
        "/warehouse/notes/?kind=pz",
        "/warehouse/notes/?q=n+45678",
        "/warehouse/?only=none",
        "/warehouse/?only=reserved",
        "/warehouse/?sort=-on_hand",
        "/warehouse/?sort=available",
        "/warehouse/?page=500",
    ),
    "contractors": (
        "/contractors/",
        "/contractors/?q=zolw",
        "/contractors/?q=zolw&who=company",
        "/contractors/?sort=name",
        "/contractors/?trait=nip",
        "/contractors/?trait=undocumented",
    ),
    "money": (
        "/orders/?view=1&tab=all",
        "/changes/",
        "/changes/?tab=settled",
        "/changes/?page=50",
        "/payouts/?shop=1",
        "/payouts/?shop=1&page=10",
        "/payouts/1000100/",
        "/payouts/fees/?shop=1",
        "/payouts/fees/?shop=1&month=2025-06",
    ),
    "frame": ("/", "/search/?q=kubek", "/search/?q=12"),
    "books": (
        "/books/vat/?period=2026-11",
        "/books/vat/?period=2025-06",
        "/books/revenue/?period=2026-11",
        "/books/vat/?period=2026-11&q=zolw",
        "/books/vat/?period=2026-11&part=named",
        "/books/vat/?period=2026-11&part=daily",
        "/books/months/",
        "/books/months/2026-11/",
    ),
}


def measure(_database: Database) -> None:
    """Time each address, then tell the slowest of each area."""
    set_up_django()
    pages = _Pages()
    for area, addresses in ADDRESSES.items():
        found = {address: pages.timing(address) for address in addresses}
        name, slowest = max(found.items(), key=lambda pair: pair[1][1])
        middle = median([one[0] for one in found.values()])
        whole = max(one[2] for one in found.values())
        details = {
            one: dict(zip(("view_p50", "view_p95", "whole_p95"), timing, strict=True))
            for one, timing in found.items()
        }
        note = f"{name}; median of all {middle:.0f} ms; slowest whole page {whole:.0f} ms"
        tell(Figure(key=f"list_{area}", value=slowest[1], note=note, details=details))


class _Pages:
    """Views called as the frame calls them, and whole pages through all middleware."""

    def __init__(self) -> None:
        from django.test import Client, RequestFactory

        from stragan.companies.models import Membership, User

        self.user = User.objects.get(email=EMAIL)
        self.membership = Membership.objects.across_companies().select_related("company").get(user=self.user)
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(self.user)
        self.factory = RequestFactory(headers={"HX-Request": "true", "host": "127.0.0.1"})

    def timing(self, address: str) -> tuple[float, float, float]:
        """Give median and p95 in the view and p95 of the whole page, in ms; the quieter of two rounds."""
        rounds = [self._timing(address)]
        while rounds[-1][1] > ENOUGH_MS and len(rounds) < ROUNDS:
            rounds.append(self._timing(address))
        found = min(rounds, key=lambda one: one[1])
        say(f"{address}: {found[0]:.1f} / {found[1]:.1f} / {found[2]:.1f} ms")
        return found

    def _timing(self, address: str) -> tuple[float, float, float]:
        view = timed_ms(self._view(address), times=TIMES, warm_up=3, between=clear_away)
        whole = timed_ms(self._whole(address), times=TIMES_WHOLE, warm_up=1, between=clear_away)
        return round(median(view), 1), round(p95(view), 1), round(p95(whole), 1)

    def _view(self, address: str) -> Callable[[], object]:
        from django.contrib.messages.storage.fallback import FallbackStorage
        from django.urls import resolve

        match = resolve(address.partition("?")[0])

        def work() -> None:
            request: Any = self.factory.get(address)
            request.user, request.membership = self.user, self.membership
            request.company, request.session = self.membership.company, {}
            request.resolver_match = match
            request._messages = FallbackStorage(request)  # noqa: SLF001 -- as the middleware does
            assert match.func(request, *match.args, **match.kwargs).status_code == 200, address

        return work

    def _whole(self, address: str) -> Callable[[], object]:
        def work() -> None:
            answer = self.client.get(address)
            assert answer.status_code == 200, (answer.status_code, address)

        return work
