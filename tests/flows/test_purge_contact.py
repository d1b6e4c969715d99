"""Contact data go with age, from every table; what is proved by hashes and amounts stays as it was."""

import json
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from builders.archives import a_season, tables_of
from builders.checks import a_statement
from builders.companies import a_company
from builders.issuing import an_invoice
from builders.markets import NOW, Market, a_market
from builders.orders import a_numbered_form
from stragan.archive.models import ArchivedAnswer, PurgeRun
from stragan.cli.main import main
from stragan.companies.models import Company
from stragan.core.dates import months_before, warsaw_date
from stragan.core.folding import fold
from stragan.flows import purge_contact, statement_files
from stragan.flows.archive_export import export
from stragan.flows.archive_feed import feed
from stragan.flows.document_files import pdf_of
from stragan.flows.import_orders import prepare_forms, rules_of, store_forms
from stragan.flows.order_content import load
from stragan.gateways.allegro import RawForm
from stragan.kit.models import AuditEvent
from stragan.orders import statements
from stragan.orders.models import Order, OrderRevision
from stragan.shops.models import Shop

pytestmark = pytest.mark.django_db

PERSON = {
    "login": "zolw_przewrotny",
    "email": "skryty+4f5@allegromail.pl",
    "firstName": "Żegota",
    "lastName": "Ćwiękalski",
    "phoneNumber": "+48 601 234 987",
    "personalIdentity": "90090515836",
    "companyName": "Pracownia Ćwiękalskiego",
}
STREET, CITY, MESSAGE = "ul. Ukryta 17/4", "Zatajewo", "proszę dzwonić po szesnastej"
SECRETS = (*PERSON.values(), STREET, CITY, MESSAGE)
# Later than every purchase of the season may be kept.
LATER = NOW + timedelta(days=3 * 366)
KEPT_COLUMNS = (
    "number",
    "total",
    "received",
    "currency",
    "bought_at",
    "status",
    "payment_state",
    "buyer_nip",
)


def a_personal_form(number: int) -> dict[str, Any]:
    form = a_numbered_form(number)
    form["buyer"] |= PERSON
    form["buyer"]["address"] = {"street": STREET, "city": CITY, "postCode": "09-871", "countryCode": "PL"}
    form["delivery"]["address"] = {
        "firstName": PERSON["firstName"],
        "lastName": PERSON["lastName"],
        "phoneNumber": PERSON["phoneNumber"],
        "street": STREET,
        "city": CITY,
        "zipCode": "09-871",
        "countryCode": "PL",
    }
    form["messageToSeller"] = MESSAGE
    form["note"] = {"text": f"stały klient {PERSON['lastName']}"}
    return form


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings, orders=20) as found:
        for number in range(1, 4):
            found.put(a_personal_form(number))
        a_season(found)
        yield found


def everything() -> str:
    """All that stands in any table, decompressed, the index of words included."""
    told: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- tables of our own
            told += [_plain(value) for row in cursor.fetchall() for value in row]
    return "\n".join(told)


def _plain(value: Any) -> str:
    if not isinstance(value, bytes | memoryview):
        return json.dumps(value, ensure_ascii=False, default=str)
    try:
        return zlib.decompress(bytes(value)).decode(errors="replace")
    except zlib.error:
        return bytes(value).decode(errors="replace")


def purged(market: Market, now: datetime = LATER) -> PurgeRun:
    run = purge_contact.purge(company_id=market.company.pk, now=now)
    assert run is not None
    return run


def test_nothing_personal_is_left_and_everything_else_is(market: Market) -> None:
    before = everything()
    for secret in SECRETS:
        assert secret in before
    kept = list(Order.objects.for_company(market.company).order_by("id").values_list(*KEPT_COLUMNS))
    hashes = list(
        OrderRevision.objects.order_by("id").values_list("content_sha256", "trace_id", "fetched_at")
    )
    answers = list(
        ArchivedAnswer.objects.for_company(market.company).order_by("id").values_list("sha256", "path", "at")
    )
    run = purged(market)
    after = everything()
    for secret in SECRETS:
        assert secret not in after, secret
        assert secret.lower() not in after, secret
    assert run.orders == len(kept)
    assert run.revisions == len(hashes)
    assert (run.unreadable, run.finished_at) == (1, LATER)
    assert list(Order.objects.for_company(market.company).order_by("id").values_list(*KEPT_COLUMNS)) == kept
    assert (
        list(OrderRevision.objects.order_by("id").values_list("content_sha256", "trace_id", "fetched_at"))
        == hashes
    )
    assert (
        list(
            ArchivedAnswer.objects.for_company(market.company)
            .order_by("id")
            .values_list("sha256", "path", "at")
        )
        == answers
    )


def test_the_search_knows_the_order_and_no_longer_its_buyer(market: Market) -> None:
    order = market.orders()[a_numbered_form(1)["id"]]
    purged(market)
    order.refresh_from_db()
    assert (order.buyer_login, order.buyer_name, order.has_message) == ("", "", False)
    assert order.contact_purged_at == LATER
    assert order.allegro_id in order.search_text
    if connection.vendor == "sqlite":
        left = " ".join(Order.objects.for_company(market.company).values_list("search_text", flat=True))
        name = fold(f"{PERSON['login']} {PERSON['lastName']}")
        parts = {name[at : at + 3] for at in range(len(name) - 2)}
        gone = sorted(part for part in parts if part not in left)
        assert len(gone) > 10
        with connection.cursor() as cursor:
            cursor.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, orders_order_search, row)")
            cursor.execute("SELECT term FROM temp.words")
            terms = {term for (term,) in cursor.fetchall()}
            cursor.execute("DROP TABLE temp.words")
        assert terms
        assert terms & set(gone) == set()


def test_only_what_is_older_than_the_company_keeps_goes(market: Market) -> None:
    rows = Order.objects.for_company(market.company)
    old = rows.order_by("id")[0]
    day = months_before(warsaw_date(LATER), market.company.contact_months)
    rows.update(bought_at=datetime(day.year, day.month, day.day, 12, tzinfo=LATER.tzinfo))
    ArchivedAnswer.objects.for_company(market.company).update(at=LATER)
    rows.filter(pk=old.pk).update(bought_at=F("bought_at") - timedelta(days=1))
    due = purge_contact.due(market.company, now=LATER)
    assert (due.orders, due.answers) == (1, 0)
    assert purge_contact.due(market.company, now=LATER, months=market.company.contact_months + 1).orders == 0
    assert purged(market).orders == 1
    assert [order.pk for order in rows.filter(contact_purged_at__isnull=False)] == [old.pk]
    assert purge_contact.purge(company_id=market.company.pk, now=LATER) is None
    assert AuditEvent.objects.across_companies().filter(verb="archive.purged").count() == 1


@pytest.mark.parametrize("dies_in", ["_purge_answers", "_purge_unreadable", "_is_first_of_month"])
def test_killed_in_the_middle_it_goes_on_and_its_counts_are_right(
    market: Market, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    orders, revisions = market.orders(), OrderRevision.objects.count()

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(purge_contact, "_ORDERS_AT_ONCE", 7)
    with monkeypatch.context() as patch:
        patch.setattr(purge_contact, dies_in, die)
        with pytest.raises(KeyboardInterrupt):
            purged(market)
    assert PurgeRun.objects.for_company(market.company).get().finished_at is None
    run = purged(market)
    assert (run.orders, run.revisions) == (len(orders), revisions)
    facts = AuditEvent.objects.across_companies().get(verb="archive.purged").facts
    assert (facts["orders"], facts["revisions"], facts["answers"]) == (run.orders, run.revisions, run.answers)
    assert all(secret not in everything() for secret in SECRETS)


def test_it_may_die_at_any_statement_and_ends_the_same(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, revisions = len(market.orders()), OrderRevision.objects.count()
    monkeypatch.setattr(purge_contact, "_ORDERS_AT_ONCE", 5)
    monkeypatch.setattr(purge_contact, "_ANSWERS_AT_ONCE", 3)
    deaths, lives = 0, 1
    while True:
        left = lives

        def count(execute: Any, sql: str, given: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django calls it so
            nonlocal left
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
            return execute(sql, given, many, context)

        try:
            with connection.execute_wrapper(count):
                run = purged(market)
            break
        except KeyboardInterrupt:
            deaths, lives = deaths + 1, lives + 3
    assert deaths > 10
    assert (run.orders, run.revisions) == (orders, revisions)
    assert PurgeRun.objects.for_company(market.company).count() == 1
    assert AuditEvent.objects.across_companies().filter(verb="archive.purged").count() == 1
    assert all(secret not in everything() for secret in SECRETS)


def test_a_longer_age_holds_for_a_run_that_was_killed_too(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(purge_contact, "_purge_orders", lambda *_, **__: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            purged(market)
    Company.objects.filter(pk=market.company.pk).update(contact_months=120)
    run = purged(market)
    assert (run.orders, run.months) == (0, 120)
    assert PERSON["lastName"] in everything()


def test_documents_stay_and_the_radar_sees_no_change(market: Market) -> None:
    order = market.orders()[a_numbered_form(1)["id"]]
    document = an_invoice(order)
    before, pdf = bytes(document.snapshot), pdf_of(document, now=NOW)
    purged(market)
    document.refresh_from_db()
    assert (bytes(document.snapshot), pdf_of(document, now=NOW)) == (before, pdf)
    shop = Shop.objects.for_company(market.company).select_related("company").get()
    form = a_personal_form(1)
    form["fulfillment"] = {"status": "SENT"}
    raw = RawForm(form_id=form["id"], payload=json.dumps(form).encode(), trace_id="t")
    rules = rules_of(company=market.company, shop=shop, now=LATER)
    store_forms(shop=shop, prepared=prepare_forms(shop=shop, forms=[raw], rules=rules), now=LATER)
    order.refresh_from_db()
    assert (order.fulfillment_status, order.changed_after_issue) == ("SENT", False)


def test_a_new_revision_of_a_purged_order_brings_nothing_personal_back(market: Market) -> None:
    shop = Shop.objects.for_company(market.company).select_related("company").get()
    purged(market)
    form = a_personal_form(1)
    form["status"] = "CANCELLED"
    raw = RawForm(form_id=form["id"], payload=json.dumps(form).encode(), trace_id="t")
    rules = rules_of(company=market.company, shop=shop, now=LATER)
    store_forms(shop=shop, prepared=prepare_forms(shop=shop, forms=[raw], rules=rules), now=LATER)
    order = market.orders()[form["id"]]
    assert (order.allegro_status, order.revision_count, order.buyer_name) == ("CANCELLED", 2, "")
    told = order.events.latest("id").facts["changes"]
    assert [
        change["field"] for change in told if "buyer" in change["field"] or "address" in change["field"]
    ] == []
    assert load(order).delivery.address is not None, "the country stays"
    assert all(secret not in everything() for secret in SECRETS)
    again = prepare_forms(shop=shop, forms=[raw], rules=rules)
    assert again.unchanged == {form["id"]}, "its hash is that of what Allegro sent"


def told(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, list[dict[str, Any]], str]:
    code = main([*command, "--json"])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err


def test_commands_say_plainly_what_is_gone(
    market: Market, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = len(market.orders())
    code, [line], err = told(capsys, "orders", "replay", "--dry-run")
    assert (code, line["purged"], err) == (0, 0, "")
    monkeypatch.setenv("STRAGAN_NOW", LATER.isoformat())
    assert told(capsys, "archive", "purge", "--dry-run")[1][0]["due_orders"] == orders
    assert told(capsys, "archive", "status")[1][0]["due_orders"] == orders
    code, [line], _ = told(capsys, "archive", "purge")
    assert (code, line["orders"]) == (0, orders)
    code, [line], _ = told(capsys, "archive", "purge")
    assert (code, line["orders"]) == (0, 0)
    code, [line], err = told(capsys, "orders", "replay")
    assert (code, line["different"], line["purged"]) == (0, 0, orders)
    assert "contact_data_purged" in err
    code, [line], _ = told(capsys, "archive", "verify")
    assert (code, line["ok"], line["purged_revisions"]) == (0, True, OrderRevision.objects.count())
    assert line["purged_answers"] > 0


def test_a_statement_verifies_all_the_same_and_says_so(
    market: Market, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop.objects.for_company(market.company).get()
    order = market.orders()[a_numbered_form(1)["id"]]
    statement = a_statement(shop, day=warsaw_date(order.bought_at) if order.bought_at else None)
    file = tmp_path / "statement.json"
    file.write_bytes(statements.file_of(statement))
    pdf = statement_files.pdf_of(statement)
    code, [line], err = told(capsys, "orders", "verify", str(file))
    assert (line["content"], line["signature"], line["purged_orders"], err) == (True, True, 0, "")
    purged(market)
    code_after, [after], err = told(capsys, "orders", "verify", str(file))
    assert (code_after, after["content"], after["signature"]) == (code, True, True)
    assert after["purged_orders"] >= 1
    assert "statement_orders_purged" in err
    assert statement_files.pdf_of(statement) == pdf
    assert statements.file_of(statement) == file.read_bytes()


def test_an_archive_without_contact_data_makes_the_same_orders_without_them(
    market: Market, tmp_path: Path
) -> None:
    purged(market)
    path = tmp_path / "a.gz"
    export(market.company, path, now=LATER)
    market.company.refresh_from_db()
    nip, market.company.nip = market.company.nip, "1234563218"
    market.company.save(update_fields=["nip"])
    copy = a_company(nip=nip)
    fed = feed(copy, path, now=LATER)
    assert len(fed.purged) == len(market.orders())
    ours, theirs = tables_of(copy), tables_of(market.company)
    for name in ("lines", "revisions", "payments", "operations"):
        assert ours[name] == theirs[name], name
    # What blocks a document was worked out with the address that is gone, and the purge moved the row.
    unlike = {"problem", "problems", "queue", "changed_at"}
    for mine, other in zip(ours["orders"], theirs["orders"], strict=True):
        assert {name for name in mine if mine[name] != other[name]} <= unlike
