"""Every address, opened by an owner, a colleague who may only look, a stranger, and somebody not logged in.

A new address without an entry in ``WALK`` fails the first test: say there who may read and who may change.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from builders.changes import cancelled
from builders.checks import a_check, a_statement
from builders.companies import NOW, a_company, a_member, a_shop
from builders.issuing import a_hand_draft
from builders.moneys import a_stored_payout
from builders.offers import an_offer
from builders.orders import a_numbered_form, for_a_company, stored
from builders.sendings import a_sending
from builders.stock import a_product, in_stock

SOURCE: Final = Path(__file__).resolve().parents[2] / "src" / "stragan"
ALL: Final = "viewer"  # everybody who works in the company
SOME: Final = "owner"  # not viewers
NOBODY: Final = ""
LONG_ENOUGH: Final = 16
NOT_OURS: Final = {
    "word",
    "kind",
    "base36",
    "month",
    "day",
    "format",
    "note_kind",
    "sending_kind",
    "json_format",
}
TODAY: Final = NOW.date()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Who may GET and POST an address; *ids* name what of the first company stands in it."""

    get: str = NOBODY
    post: str = NOBODY
    ids: tuple[str, ...] = ()
    is_public: bool = False
    is_own: bool = field(default=False)  # about the person alone: their password, their language


PAGE: Final = Entry(get=ALL)
OWN: Final = Entry(get=ALL, post=ALL, is_own=True)
PUBLIC: Final = Entry(is_public=True)
RUN: Final = ("run",)
DRAFT: Final = ("order", "kind")

WALK: Final[dict[str, Entry]] = {
    "start": PAGE,
    "healthz": PUBLIC,
    "attention:list": PAGE,
    "attention:retry": Entry(post=SOME, ids=("job",)),
    "attention:dismiss": Entry(post=SOME, ids=("job",)),
    "attention:raw": Entry(get=SOME, ids=("form",)),
    "attention:fetch_again": Entry(post=SOME, ids=("form",)),
    "shell:freshness": PAGE,
    "shell:search": PAGE,
    "people:setup": Entry(is_public=True, ids=("word",)),
    "people:join": Entry(is_public=True, ids=("word",)),
    "people:no_company": Entry(get=ALL, is_own=True),
    "people:choose_company": Entry(post=ALL, is_own=True),
    "orders:list": PAGE,
    "orders:columns": Entry(post=ALL),
    "orders:views": PAGE,
    "orders:view_save": Entry(post=ALL),
    "orders:view": Entry(post=ALL, ids=("view",)),
    "orders:versions": Entry(get=ALL, ids=("order",)),
    "orders:note": Entry(post=SOME, ids=("order",)),
    "orders:export": Entry(post=ALL),
    "orders:freeze": Entry(post=ALL),
    "orders:delete": Entry(post=SOME),
    "orders:undo_delete": Entry(post=SOME, ids=("word",)),
    "orders:restore": Entry(post=SOME),
    "orders:products": PAGE,
    "orders:delivery_methods": PAGE,
    "orders:issue": Entry(post=SOME),
    "orders:status": Entry(post=SOME),
    "orders:undo_status": Entry(post=SOME, ids=("word",)),
    "orders:fetch": Entry(post=SOME),
    "orders:progress": PAGE,
    "orders:detail": Entry(get=ALL, ids=("order",)),
    "changes:list": PAGE,
    "changes:settle": Entry(post=SOME, ids=("changed_order",)),
    "payouts:list": PAGE,
    "payouts:fees": PAGE,
    "payouts:one": Entry(get=ALL, ids=("payout",)),
    "payouts:export": Entry(get=ALL, ids=("payout",)),
    "checks:latest": PAGE,
    "checks:start": Entry(post=SOME),
    "checks:run": Entry(get=ALL, ids=("check",)),
    "checks:progress": Entry(get=ALL, ids=("check",)),
    "checks:fetch": Entry(post=SOME, ids=("check",)),
    "checks:export": Entry(get=ALL, ids=("check",)),
    "checks:statements": PAGE,
    "checks:statement_make": Entry(post=SOME),
    "checks:statement_file": Entry(get=ALL, ids=("statement", "json_format")),
    "offers:list": PAGE,
    "offers:export": PAGE,
    "offers:refresh": Entry(post=SOME),
    "offers:progress": PAGE,
    "offers:stock": PAGE,
    "offers:switch": Entry(post=SOME),
    "offers:retry": Entry(post=SOME),
    "offers:product": Entry(get=SOME, post=SOME, ids=("offer",)),
    "offers:unlink": Entry(post=SOME, ids=("offer",)),
    "outbox:queue": Entry(get=ALL, ids=("sending_kind",)),
    "outbox:retry": Entry(post=SOME, ids=("sending_kind",)),
    "outbox:give_up": Entry(post=SOME, ids=("sending_kind",)),
    "outbox:send_document": Entry(post=SOME, ids=("document",)),
    "outbox:add_parcel": Entry(post=SOME, ids=("order",)),
    "outbox:send_status": Entry(post=SOME, ids=("order",)),
    "outbox:import_parcels": Entry(get=SOME, post=SOME),
    "contractors:list": PAGE,
    "contractors:export": Entry(get=ALL, ids=("format",)),
    "contractors:new": Entry(get=SOME, post=SOME),
    "contractors:detail": Entry(get=ALL, ids=("contractor",)),
    "contractors:edit": Entry(get=SOME, post=SOME, ids=("contractor",)),
    "contractors:release": Entry(post=SOME, ids=("contractor",)),
    "contractors:check": Entry(post=SOME, ids=("contractor",)),
    "contractors:merge": Entry(get=SOME, ids=("contractor",)),
    "contractors:merge_preview": Entry(get=SOME, post=SOME, ids=("contractor", "other_contractor")),
    "contractors:split": Entry(post=SOME, ids=("contractor",)),
    "documents:list": PAGE,
    "documents:draft": Entry(get=SOME, post=SOME, ids=DRAFT),
    "documents:issue": Entry(post=SOME, ids=DRAFT),
    "documents:discard": Entry(post=SOME, ids=DRAFT),
    "documents:draft_pdf": Entry(get=SOME, ids=DRAFT),
    "documents:preview": Entry(get=SOME, ids=RUN),
    "documents:run_rate": Entry(post=SOME, ids=RUN),
    "documents:run_recheck": Entry(post=SOME, ids=RUN),
    "documents:run_start": Entry(post=SOME, ids=RUN),
    "documents:run_progress": Entry(get=SOME, ids=RUN),
    "documents:run_stop": Entry(post=SOME, ids=RUN),
    "documents:run_retry": Entry(post=SOME, ids=RUN),
    "documents:receipts": Entry(get=SOME, post=SOME),
    "documents:convert": Entry(post=SOME, ids=("document", "kind")),
    "documents:totals": PAGE,
    "documents:print": Entry(post=ALL),
    "documents:export": Entry(post=ALL),
    "documents:freeze": Entry(post=ALL),
    "documents:new": Entry(get=SOME, post=SOME),
    "documents:hand": Entry(get=SOME, post=SOME, ids=("hand",)),
    "documents:issue_hand": Entry(post=SOME, ids=("hand",)),
    "documents:discard_hand": Entry(post=SOME, ids=("hand",)),
    "documents:void": Entry(get=SOME, post=SOME, ids=("document",)),
    "documents:correct": Entry(get=SOME, post=SOME, ids=("document",)),
    "documents:link": Entry(get=SOME, post=SOME, ids=("order",)),
    "documents:link_order": Entry(get=SOME, post=SOME, ids=("document",)),
    "documents:unlink": Entry(get=SOME, post=SOME, ids=("document", "link")),
    "documents:detail": Entry(get=ALL, ids=("document",)),
    "documents:pdf": Entry(get=ALL, ids=("document",)),
    "documents:json": Entry(get=ALL, ids=("document",)),
    "books:vat": PAGE,
    "books:waiting": Entry(get=ALL, post=SOME),
    "books:revenue": PAGE,
    "books:daily": PAGE,
    "books:day": Entry(get=ALL, ids=("day",)),
    "books:months": PAGE,
    "books:month": Entry(get=ALL, ids=("month",)),
    "books:close": Entry(post=SOME, ids=("month",)),
    "books:reopen": Entry(post=SOME, ids=("month",)),
    "books:received": Entry(post=SOME, ids=("month", "document")),
    "books:report": Entry(get=SOME, post=SOME, ids=("month",)),
    "books:report_take_back": Entry(post=SOME, ids=("report",)),
    "books:past": Entry(get=SOME, post=SOME),
    "books:past_progress": Entry(get=SOME),
    "warehouse:stock": PAGE,
    "warehouse:export": Entry(get=ALL, ids=("format",)),
    "warehouse:card": Entry(get=ALL, ids=("product",)),
    "warehouse:notes": PAGE,
    "warehouse:note_new": Entry(get=SOME, post=SOME, ids=("note_kind",)),
    "warehouse:note": Entry(get=ALL, ids=("note",)),
    "warehouse:note_reverse": Entry(post=SOME, ids=("note",)),
    "products:list": PAGE,
    "products:selected": Entry(post=SOME),
    "products:export": PAGE,
    "products:new": Entry(get=SOME, post=SOME),
    "products:import": Entry(get=SOME, post=SOME),
    "products:import_confirm": Entry(post=SOME, ids=("word",)),
    "products:unmatched": PAGE,
    "products:selected_offers": Entry(post=SOME),
    "products:choose": Entry(get=SOME),
    "products:link": Entry(post=SOME),
    "products:make": Entry(post=SOME),
    "products:unlink": Entry(post=SOME),
    "products:undo": Entry(post=SOME, ids=("word",)),
    "products:detail": Entry(get=ALL, ids=("product",)),
    "products:edit": Entry(get=SOME, post=SOME, ids=("product",)),
    "products:archive": Entry(post=SOME, ids=("product",)),
    "settings:company": Entry(get=ALL, post=SOME),
    "settings:taxes": Entry(get=ALL, post=SOME),
    "settings:logo": PAGE,
    "settings:logo_upload": Entry(post=SOME),
    "settings:logo_remove": Entry(post=SOME),
    "settings:vat_add": Entry(get=SOME, post=SOME),
    "settings:vat_change": Entry(get=SOME, post=SOME, ids=("vat",)),
    "settings:vat_remove": Entry(get=SOME, post=SOME, ids=("vat",)),
    "settings:warehouse": Entry(get=ALL, post=SOME),
    "settings:archive": Entry(get=ALL, post=SOME),
    "settings:series": Entry(get=ALL, post=SOME),
    "settings:members": Entry(get=SOME, post=SOME),
    "settings:member_role": Entry(post=SOME, ids=("member",)),
    "settings:member_remove": Entry(get=SOME, post=SOME, ids=("member",)),
    "settings:withdraw": Entry(post=SOME, ids=("invitation",)),
    "settings:account": PAGE,
    "settings:shops": Entry(get=ALL, post=SOME),
    "settings:shop_add": Entry(get=SOME, post=SOME),
    "settings:allegro_callback": Entry(get=SOME),
    "settings:device": Entry(get=SOME, ids=("device",)),
    "settings:device_poll": Entry(post=SOME, ids=("device",)),
    "settings:shop": Entry(get=ALL, post=SOME, ids=("shop",)),
    "settings:shop_reconnect": Entry(post=SOME, ids=("shop",)),
    "settings:shop_writers": Entry(post=SOME, ids=("shop",)),
    "settings:shop_disable": Entry(post=SOME, ids=("shop",)),
    "settings:shop_enable": Entry(post=SOME, ids=("shop",)),
    "settings:shop_remove": Entry(get=SOME, post=SOME, ids=("shop",)),
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_signup": PUBLIC,
    "account_reauthenticate": OWN,
    "account_email": OWN,
    "account_email_verification_sent": PUBLIC,
    "account_change_password": OWN,
    "account_set_password": OWN,
    "account_reset_password": PUBLIC,
    "account_confirm_login_code": PUBLIC,
    "account_confirm_email": Entry(is_public=True, ids=("word",)),
    "account_reset_password_from_key_done": PUBLIC,
    "account_reset_password_from_key": Entry(is_public=True, ids=("base36", "word")),
    "account_reset_password_done": PUBLIC,
    "mfa_index": OWN,
    "mfa_authenticate": PUBLIC,
    "mfa_reauthenticate": OWN,
    "mfa_activate_totp": OWN,
    "mfa_deactivate_totp": OWN,
    "mfa_view_recovery_codes": OWN,
    "mfa_generate_recovery_codes": OWN,
    "mfa_download_recovery_codes": OWN,
    "set_language": PUBLIC,
}


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            yield f"{prefix}{entry.name or entry.pattern}"


@dataclass(frozen=True, kw_only=True)
class World:
    """The first company with one of everything, and words of it that nobody else may read."""

    company: Any
    ids: dict[str, Any]
    secrets: tuple[str, ...]
    language: str = "pl"

    def client(self, role: str) -> Client:
        client = Client(headers={"Accept-Language": self.language})
        if role == "stranger":
            other = a_company(nip="5252248481", name="Inna S.A.", books="kpir")
            client.force_login(a_member(other, email="kto@inna.example"))
        elif role:
            client.force_login(a_member(self.company, email=f"{role}@firma.example", role=role))
        return client

    def url(self, name: str) -> str:
        return reverse(name, args=[self.ids[each] for each in WALK[name].ids])


@pytest.fixture
def world(company: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    from stragan.companies import actions as people  # noqa: PLC0415 -- Django is ready here
    from stragan.companies.models import Invitation, Membership  # noqa: PLC0415
    from stragan.core.snapshot import DocumentKind  # noqa: PLC0415
    from stragan.documents.actions import Author  # noqa: PLC0415
    from stragan.flows import issue_document, issue_many  # noqa: PLC0415
    from stragan.flows.issue_preparing import Wish  # noqa: PLC0415
    from stragan.kit.audit import Actor  # noqa: PLC0415

    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())
    company.books = "kpir"
    company.save(update_fields=["books"])
    shop = a_shop(company, synced_at=NOW)
    boss = a_member(company, email="szefowa@firma.example")
    forms = [for_a_company(a_numbered_form(number)) for number in range(1, 4)]
    issued, drafted, bulk = stored(shop, forms, now=NOW)
    author = Author(user=boss, actor=Actor.USER, now=NOW, asked_at=NOW)
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)
    [outcome] = issue_document.issue_documents([issued.pk], wish=wish, author=author)
    run = issue_many.prepare_run(
        company=company, order_ids=[bulk.pk], kind=DocumentKind.INVOICE, issue_date=TODAY, user=boss, now=NOW
    )
    people.invite_member(company=company, email="gosc@firma.example", role="clerk", by=boss, now=NOW)
    assert isinstance(outcome, issue_document.Issued)
    stored(shop, [cancelled(forms[0])], now=NOW + timedelta(minutes=1))
    ids = {
        "changed_order": issued.pk,
        "link": outcome.document.order_links.get().pk,
        "hand": a_hand_draft(company, boss).public_id,
        "month": "2026-11",
        "day": "2026-11-23",
        "report": a_report(company, by=boss).public_id,
        "offer": an_offer(shop, name="tajne zegarki").pk,
        "payout": a_stored_payout(shop, "tajny-numer").pk,
        "check": a_check(shop, drafted, finding_of="tajne-zamowienie").pk,
        "statement": a_statement(shop, drafted).pk,
        "json_format": "json",
        "order": drafted.pk,
        "kind": "invoice",
        "run": run.public_id,
        "document": outcome.document.public_id,
        "member": Membership.objects.for_company(company).get(user=boss).pk,
        "invitation": Invitation.objects.get(company=company).pk,
        **waiting_things(company, shop, boss),
        **stock_of(company),
        "shop": shop.pk,
        "sending_kind": a_sending(outcome.document, order=issued, reason="tajne").kind,
        "contractor": outcome.document.contractor_id,
        "format": "csv",
        "word": "slowo",
        "base36": "1",
        **settings_and_buyers(company, boss),
    }
    words = (company.name, shop.name, "firma.example", drafted.buyer_login, "WZR-4KD", "tajne", company.nip)
    return World(company=company, ids=ids, secrets=(*words, "Tajny"))


def waiting_things(company: Any, shop: Any, boss: Any) -> dict[str, Any]:
    """Ids of what waits for people or is kept for them: work, an unread form, a view, a device."""
    from stragan.kit.models import Job  # noqa: PLC0415 -- Django is ready here
    from stragan.orders.views_kept import save_view  # noqa: PLC0415
    from stragan.shops.models import Authorization, QuarantinedForm  # noqa: PLC0415

    times = dict.fromkeys(("due_at", "created_at", "finished_at"), NOW)
    job = Job.objects.create(company_id=company.pk, name="documents.render_pdf", state="failed", **times)
    unread = QuarantinedForm.objects.for_company(company).create(
        company=company,
        shop=shop,
        form_id="nieczytelne-1",
        payload=zlib.compress(b'{"tajne": "adres"}'),
        content_sha256="0" * 64,
        reason="kwota",
        created_at=NOW,
    )
    view = save_view(company=company, user=boss, name="Moje", query="", columns=(), is_shared=True, now=NOW)
    device = Authorization.objects.for_company(company).create(
        company=company,
        user=boss,
        kind="device",
        state_sha256="1" * 64,
        user_code="WZR-4KD",
        shop_name="Outlet",
        buyer_source="delivery",
        since_date=TODAY,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )
    return {"job": job.pk, "form": unread.pk, "view": view.pk, "device": device.pk}


def stock_of(company: Any) -> dict[str, Any]:
    """Ids of a product and of the note that brought it in."""
    product = a_product(company, "tajne kubki")
    note = in_stock(company, product, 3)
    return {"product": product.public_id, "note": note.public_id, "note_kind": "pz", "format": "csv"}


def a_report(company: Any, *, by: Any) -> Any:
    """The monthly report of a cash register, posted to October."""
    from stragan.books.actions.reports import ReportFacts, enter_report  # noqa: PLC0415 -- Django is ready here
    from stragan.books.states import Register  # noqa: PLC0415
    from stragan.core.snapshot import RateTotal  # noqa: PLC0415

    rate = RateTotal(code="23", net=Decimal("100.00"), vat=Decimal("23.00"), gross=Decimal("123.00"))
    facts = ReportFacts(period="2026-10", number="RO tajne 1", register_id="ABC 1", rates=[rate])
    return enter_report(facts, company=company, book=Register.KPIR, by=by, now=NOW)


def settings_and_buyers(company: Any, boss: Any) -> dict[str, Any]:
    """Make a change of the VAT status, a logo and one more contractor; gives their names in addresses."""
    from stragan.companies.models import CompanyLogo, VatStatus  # noqa: PLC0415 -- Django is ready here
    from stragan.contractors import actions as buyers  # noqa: PLC0415

    since = date(2031, 1, 1)
    VatStatus.objects.for_company(company).create(company=company, since=since, vat_payer=True)
    CompanyLogo.objects.for_company(company).create(
        company=company, image=b"tajne", media_type="image/png", changed_at=NOW
    )
    data = buyers.ContractorData(name="Tajny Kupiec")
    other = buyers.add_contractor(company=company, data=data, by=boss, now=NOW)
    return {"vat": since.isoformat(), "other_contractor": other.pk}


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return unescape(bytes(content).decode(errors="replace")).replace("\xa0", " ")


def as_page(*, is_fragment: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if is_fragment else {}


def test_every_address_has_its_place_in_the_walk() -> None:
    assert sorted(addresses()) == sorted(WALK)


@pytest.mark.once
@pytest.mark.parametrize("is_fragment", [False, True], ids=["page", "fragment"])
def test_somebody_not_logged_in_is_sent_to_the_log_in(world: World, *, is_fragment: bool) -> None:
    client = world.client("")
    for name, entry in WALK.items():
        for method in (client.get, client.post):
            response = method(world.url(name), headers=as_page(is_fragment=is_fragment))
            assert not any(word in body(response) for word in world.secrets), name
            if entry.is_public:
                assert response.status_code < 500, name
            else:
                assert response.status_code == 302, name
                assert response.headers["Location"].startswith(reverse("account_login")), name


@pytest.mark.once
@pytest.mark.parametrize("is_fragment", [False, True], ids=["page", "fragment"])
def test_a_stranger_sees_and_moves_nothing(world: World, *, is_fragment: bool) -> None:
    client = world.client("stranger")
    for name, entry in WALK.items():
        if name == "account_logout":
            continue
        ours = set(entry.ids) - NOT_OURS
        for method, may in (("get", entry.get), ("post", entry.post)):
            if not may and not entry.is_public:
                continue
            response = getattr(client, method)(world.url(name), headers=as_page(is_fragment=is_fragment))
            where = f"{method} {name}"
            assert not any(word in body(response) for word in world.secrets), where
            if ours:
                assert response.status_code == 404, where
            else:
                assert response.status_code < 500, where


def test_the_first_company_stays_as_it_was_after_the_stranger(world: World) -> None:
    from stragan.companies.models import Membership  # noqa: PLC0415 -- Django is ready here
    from stragan.documents.models import Document  # noqa: PLC0415
    from stragan.shops.models import Shop  # noqa: PLC0415

    client = world.client("stranger")
    for name, entry in WALK.items():
        if entry.post and not entry.is_own:
            chosen = {
                "order": world.ids["order"],
                "shop": world.ids["shop"],
                "status": "closed",
                "kind": "invoice",
            }
            client.post(world.url(name), chosen)
    order = world.company.orders.get(pk=world.ids["order"])
    assert order.status == "paid"
    assert Shop.objects.for_company(world.company).get().state == "connected"
    assert Membership.objects.for_company(world.company).get().role == "owner"
    assert Document.objects.for_company(world.company).count() == 1


def test_a_viewer_reads_and_changes_nothing(world: World) -> None:
    client = world.client("viewer")
    for name, entry in WALK.items():
        if entry.is_public or name == "account_logout":
            continue
        for method, may in (("get", entry.get), ("post", entry.post)):
            if not may or (method == "post" and may == ALL):
                continue
            status = getattr(client, method)(world.url(name)).status_code
            assert status in ({403} if may == SOME else opened(entry)), f"{method} {name}: {status}"


def test_an_owner_opens_every_page(world: World) -> None:
    client = world.client("owner")
    for name, entry in WALK.items():
        # The device page belongs to the person who started the connection.
        if entry.get and name not in {"account_logout", "settings:device"}:
            assert client.get(world.url(name)).status_code in opened(entry), name


def opened(entry: Entry) -> set[int]:
    """How a page answers who may see it; a second step that was not set up is not there."""
    return {200, 302, 404} if entry.is_own else {200, 302}


def test_pages_that_only_change_answer_no_questions(world: World) -> None:
    client = world.client("owner")
    for name, entry in WALK.items():
        if entry.post and not entry.get:
            assert client.get(world.url(name)).status_code == 405, name


@pytest.mark.once
@pytest.mark.parametrize(("language", "word"), [("pl", "Ustawienia"), ("en", "Settings")])
def test_pages_speak_one_language(world: World, language: str, word: str) -> None:
    client = Client(headers={"Accept-Language": language})
    client.force_login(a_member(world.company, email="wlascicielka@firma.example"))
    foreign = texts(other_than=language)
    for name, entry in WALK.items():
        if not entry.get or entry.is_own or name == "settings:device":
            continue
        response = client.get(world.url(name))
        if response.status_code != 200 or "text/html" not in response.headers["Content-Type"]:
            continue
        html = body(response)
        if "<html" in html:
            assert f'<html lang="{language}">' in html, name
        words = visible(html)
        assert [text for text in foreign if text in words] == [], name
    assert word in body(client.get(reverse("settings:shops")))


def texts(*, other_than: str) -> list[str]:
    """Sentences of the catalogs in the other language, long enough to be no accident."""
    found = set()
    for path in SOURCE.rglob("locale/pl/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="pl"):
                if not isinstance(message.id, str) or message.id == message.string or "%(" in message.id:
                    continue
                text = message.id if other_than == "pl" else str(message.string)
                if len(text) >= LONG_ENOUGH and "<" not in text:
                    found.add(text.replace("\xa0", " "))
    return sorted(found)


def visible(html: str) -> str:
    """The words of a page without its markup."""
    return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL).split())
