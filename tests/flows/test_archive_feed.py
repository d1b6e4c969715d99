"""What Allegro answered is archived once, without secrets; a fresh database fed from it is the same."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from builders.archives import a_season, offers_of, tables_of
from builders.companies import a_company, a_member
from builders.markets import NOW, Market, a_market
from stragan.archive.content import unpacked
from stragan.archive.models import ArchivedAnswer
from stragan.cli.main import main
from stragan.companies.models import Company
from stragan.flows.archive_export import export
from stragan.flows.archive_feed import (
    ArchiveFileUnreadable,
    ArchiveNotFresh,
    ArchiveOfAnother,
    feed,
)
from stragan.flows.fetch_billing import fetch_billing
from stragan.flows.fetch_payments import fetch_payments
from stragan.flows.reconcile_deeds import fetch_again
from stragan.flows.reconcile_orders import check_now
from stragan.flows.refresh_offers import refresh
from stragan.orders import check_runs
from stragan.orders.models import Order, OrderRevision
from stragan.shops.models import PendingForm, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(settings: Any) -> Iterator[Market]:
    with a_market(settings, orders=120) as found:
        a_season(found)
        yield found


@pytest.fixture
def file(market: Market, tmp_path: Path) -> Path:
    path = tmp_path / "archive.jsonl.gz"
    assert export(market.company, path, now=NOW) == kept(market).count()
    return path


def kept(market: Market) -> Any:
    return ArchivedAnswer.objects.for_company(market.company).order_by("id")


def a_fresh_company(market: Market) -> Company:
    """The same company in a database of its own, as far as the tables of orders know."""
    company = Company.objects.get(pk=market.company.pk)
    nip, company.nip = company.nip, "1234563218"
    company.save(update_fields=["nip"])
    return a_company(nip=nip)


def test_a_fresh_database_fed_from_the_archive_is_the_same_row_for_row(market: Market, file: Path) -> None:
    copy = a_fresh_company(market)
    fed = feed(copy, file, now=NOW)
    assert (fed.answers, fed.passed_over, fed.purged) == (kept(market).count(), 0, set())
    ours, theirs = tables_of(copy), tables_of(market.company)
    for name, rows in theirs.items():
        assert rows, f"the season has {name}"
        assert ours[name] == rows, name
    assert offers_of(copy) == offers_of(market.company) != []
    assert [row["successor"] for row in theirs["orders"] if row["successor"]], "orders were merged"
    assert [row for row in theirs["orders"] if row["gone_at"]], "one was withdrawn"
    assert max(row["revision_count"] for row in theirs["orders"]) > 2
    shop, original = (Shop.objects.for_company(one).get() for one in (copy, market.company))
    assert (shop.cursor, shop.updates_until) == (original.cursor, original.updates_until)
    assert (shop.state, shop.access_token) == ("reconnect", "")
    pending = [
        list(PendingForm.objects.filter(shop=one).values_list("form_id", "event_at"))
        for one in (shop, original)
    ]
    assert pending[0] == pending[1]


def test_figures_that_were_altered_and_put_right_are_fed_as_they_are(market: Market, tmp_path: Path) -> None:
    shop = Shop.objects.for_company(market.company).get()
    rows = Order.objects.for_company(market.company).filter(
        visible=True, allegro_status="READY_FOR_PROCESSING"
    )
    order = rows.order_by("id")[0]
    rows.filter(pk=order.pk).update(total=F("total") + 1)
    found = check_runs.findings_of(
        check_now(company=market.company, shop=shop, since=shop.since_date, until=NOW.date())
    )
    altered = [row for row in found if row.order_id == order.pk]
    assert {row.cause for row in altered} == {"altered_here"}
    fetch_again(company=market.company, findings=altered, by=a_member(market.company), now=NOW)
    market.fetch(shop)
    path = tmp_path / "archive.jsonl.gz"
    export(market.company, path, now=NOW)
    copy = a_fresh_company(market)
    feed(copy, path, now=NOW)
    ours, theirs = tables_of(copy), tables_of(market.company)
    for tables in (ours, theirs):  # when somebody put it right stands in the timeline of that house only
        tables["events"] = [row for row in tables["events"] if row["verb"] != "replayed"]
        tables["orders"] = [{**row, "changed_at": None} for row in tables["orders"]]
    assert ours == theirs


def test_feeding_goes_on_where_it_was_killed(
    market: Market, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = a_fresh_company(market)
    half = kept(market).count() // 2

    def die(*_: Any, **__: Any) -> None:
        if ArchivedAnswer.objects.for_company(copy).count() >= half:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("stragan.flows.archive_feed._Table._check_order", die)
        with pytest.raises(KeyboardInterrupt):
            feed(copy, file, now=NOW)
    done = ArchivedAnswer.objects.for_company(copy).count()
    assert 0 < done < kept(market).count()
    fed = feed(copy, file, now=NOW)
    assert fed.passed_over == done
    assert tables_of(copy) == tables_of(market.company)
    again = feed(copy, file, now=NOW)
    assert again.answers == 0
    assert tables_of(copy) == tables_of(market.company)


def test_the_archive_that_was_fed_is_the_same_archive(market: Market, file: Path, tmp_path: Path) -> None:
    copy = a_fresh_company(market)
    feed(copy, file, now=NOW)
    again = tmp_path / "again.gz"
    export(copy, again, now=NOW)
    assert gzip.decompress(again.read_bytes()) == gzip.decompress(file.read_bytes())


def test_only_a_fresh_database_of_that_company_is_fed(market: Market, file: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveOfAnother):
        feed(a_company(nip="7010012348"), file, now=NOW)
    cut, strange = tmp_path / "cut.gz", tmp_path / "strange.gz"
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    cut.write_bytes(gzip.compress(b"".join(lines[:-3])))
    strange.write_bytes(b"{}")
    copy = a_fresh_company(market)
    for path in (cut, strange, tmp_path / "missing.gz"):
        with pytest.raises(ArchiveFileUnreadable):
            feed(copy, path, now=NOW)
    ArchivedAnswer.objects.for_company(copy).order_by("id")[:1].get().delete()
    with pytest.raises(ArchiveNotFresh):
        feed(copy, file, now=NOW)


def test_what_was_as_we_had_it_is_not_kept(market: Market) -> None:
    shop = Shop.objects.for_company(market.company).get()
    before = [row.path for row in kept(market)]
    market.fetch(shop)
    market.fetch(shop)
    assert fetch_payments(shop_id=shop.pk)
    assert fetch_billing(shop_id=shop.pk)
    assert refresh(shop_id=shop.pk, now=NOW)
    assert [row.path for row in kept(market)] == before
    numbers = [
        part.number
        for row in kept(market)
        for part in unpacked(bytes(row.content)).parts
        if row.kind == "forms"
    ]
    brought = OrderRevision.objects.filter(order__company=market.company).count()
    assert len([number for number in numbers if number]) == brought, "each revision came with one answer"


def test_each_answer_says_what_was_asked_and_holds_no_secret(market: Market, file: Path) -> None:
    shop = Shop.objects.for_company(market.company).get()
    rows = list(kept(market))
    assert {row.kind for row in rows} == {"journal", "forms", "gone", "payments", "fees", "offers"}
    assert all(row.method == "GET" and row.path.startswith("/") and len(row.sha256) == 64 for row in rows)
    assert all(row.trace_id and row.status in {200, 404} for row in rows)
    secrets = [shop.access_token, shop.refresh_token, shop.client_secret or "client_secret", "Bearer"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM archive_archivedanswer")
        told = [
            str(value) if not isinstance(value, bytes | memoryview) else _plain(value)
            for row in cursor
            for value in row
        ]
    text = "\n".join([*told, gzip.decompress(file.read_bytes()).decode()])
    assert all(secret and secret not in text for secret in secrets)


def _plain(value: Any) -> str:
    try:
        return zlib.decompress(bytes(value)).decode(errors="replace")
    except zlib.error:
        return bytes(value).decode(errors="replace")


def test_orders_from_before_the_archive_are_fed_too(market: Market, tmp_path: Path) -> None:
    ArchivedAnswer.objects.for_company(market.company).filter(kind__in=["journal", "forms", "gone"]).delete()
    path = tmp_path / "old.gz"
    export(market.company, path, now=NOW)
    head = json.loads(gzip.decompress(path.read_bytes()).splitlines()[0])
    assert head["company"] == market.company.nip
    copy = a_fresh_company(market)
    feed(copy, path, now=NOW)
    ours, theirs = tables_of(copy), tables_of(market.company)
    for name in ("orders", "lines", "revisions", "events", "payments", "operations"):
        assert ours[name] == theirs[name], name
    assert Order.objects.for_company(copy).count() == len(theirs["orders"])


def told(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["archive", *command, "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_hash_is_worked_out_again_and_what_was_altered_is_named(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    code, [verdict] = told(capsys, "verify")
    assert (code, verdict["ok"], verdict["answers"]) == (0, True, kept(market).count())
    assert verdict["whole"] >= 4, "a page of new orders is put together again byte for byte"
    answer = kept(market).filter(kind="journal").first()
    ArchivedAnswer.objects.for_company(market.company).filter(pk=answer.pk).update(
        content=zlib.compress(zlib.decompress(bytes(answer.content)).replace(b"id", b"di"))
    )
    revision = OrderRevision.objects.select_related("order").order_by("-id")[0]
    payload = zlib.decompress(bytes(revision.payload)).replace(b'"quantity":1', b'"quantity":2')
    OrderRevision.objects.filter(pk=revision.pk).update(payload=zlib.compress(payload + b" "))
    code, lines = told(capsys, "verify")
    assert (code, lines[-1]["ok"]) == (1, False)
    assert answer.pk in {line.get("altered") for line in lines}


def test_the_archive_goes_through_the_command(
    market: Market, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, [status] = told(capsys, "status")
    assert (code, status["answers"], status["purged"]) == (0, kept(market).count(), 0)
    path = tmp_path / "a.gz"
    assert told(capsys, "export", str(path))[1][0]["answers"] == status["answers"]
    assert path.stat().st_mode & 0o777 == 0o600
    copy = a_fresh_company(market)
    code, [fed] = told(capsys, "feed", str(path), "--company", copy.nip)
    assert (code, fed) == (
        0,
        {"answers": status["answers"], "passed_over": 0, "orders_without_contact": 0},
    )
    code, [refused] = told(capsys, "export", str(tmp_path / "no" / "a.gz"), "--company", copy.nip)
    assert (code, refused["code"]) == (1, "archive_file_unwritable")
