"""Tracking numbers reach their orders on Allegro: by hand, by file, by command; each of them once."""

import json
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builders.markets import Market, a_market
from builders.sendings import Desk, a_desk, impatient
from standins.allegro import changes
from standins.allegro.faults import Fault
from standins.allegro.world import Shipment
from stragan.cli.orders_shipping import ship
from stragan.core.errors import Refused
from stragan.flows import outgoing, parcels
from stragan.flows.parcels import Added, NotAdded
from stragan.gateways.allegro import WRITTEN_WITHIN_S
from stragan.kit.audit import Actor
from stragan.kit.models import AuditEvent
from stragan.outbox import actions
from stragan.outbox import parcels as outbox
from stragan.outbox.models import Carrier, Parcel
from stragan.outbox.states import Kind

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(tz=UTC)
POST = "POST /order/checkout-forms/{form_id}/shipments "


@pytest.fixture
def market(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    monkeypatch.setattr("stragan.flows.tokens.client_of", impatient)
    with a_market(settings) as found:
        yield found


@pytest.fixture
def desk(market: Market) -> Desk:
    desk = a_desk(market)
    parcels.refresh_carriers(shop_id=desk.shop.pk, now=NOW)
    return desk


def parcel(desk: Desk, waybill: str, *, carrier: str = "InPost", number: int = 1) -> Added:
    return parcels.add_parcel(
        order=desk.order(number), carrier=carrier, waybill=waybill, user=desk.boss, actor=Actor.USER, now=NOW
    )


def on_allegro(desk: Desk, number: int = 1) -> list[tuple[str, str, str]]:
    found = desk.market.world.shipments.get(desk.order(number).allegro_id, [])
    return [(one.carrier, one.carrier_name, one.waybill) for one in found]


def test_a_number_is_noted_here_and_sent_only_where_the_shop_wants_that(desk: Desk) -> None:
    assert parcel(desk, "600 111").sending is None
    desk.look()
    assert on_allegro(desk) == []
    desk.switch(Kind.PARCEL)
    assert parcel(desk, "600111").sending is not None  # the button was pressed again: now it is sent
    parcel(desk, "X-1", carrier="Kurier Kowalski")
    desk.settle()
    assert on_allegro(desk) == [("INPOST", "", "600111"), ("OTHER", "Kurier Kowalski", "X-1")]
    assert desk.states() == [("done", ""), ("done", "")]
    assert not parcel(desk, "600111").is_new
    desk.settle()
    assert len(on_allegro(desk)) == 2
    assert Parcel.objects.for_company(desk.market.company).count() == 2
    assert AuditEvent.objects.for_company(desk.market.company).filter(verb="order.parcel_added").count() == 2


def test_carriers_come_from_allegro_once_a_day_and_one_is_guessed(desk: Desk) -> None:
    parcels.refresh_carriers(shop_id=desk.shop.pk, now=NOW)
    assert desk.market.asked("GET /order/carriers") == 1
    assert {one.key for one in outbox.carriers()} >= {"INPOST", "DPD", "POCZTA_POLSKA"}
    assert not {"OTHER", "ALLEGRO"} & {one.key for one in outbox.carriers()}
    assert outbox.guess("Paczkomaty InPost, pobranie", outbox.carriers()) == "INPOST"
    assert outbox.guess("Gołębiem", outbox.carriers()) == ""
    outbox.keep_carriers({"NOWY": "Nowy"}, now=NOW)
    assert list(Carrier.objects.values_list("key", flat=True)) == ["NOWY"]


@pytest.mark.parametrize(
    ("carrier", "waybill", "code"),
    [
        ("InPost", "", "parcel_waybill_invalid"),
        ("InPost", "<b>", "parcel_waybill_invalid"),
        ("InPost", "1" * 65, "parcel_waybill_invalid"),
        ("", "600", "parcel_carrier_unknown"),
        ("Allegro", "600", "parcel_carrier_unknown"),
        ("K" * 31, "600", "parcel_carrier_name"),
    ],
)
def test_what_is_no_parcel_is_refused(db: Any, company: Any, carrier: str, waybill: str, code: str) -> None:  # noqa: ARG001 -- opens the database
    from builders.companies import a_shop  # noqa: PLC0415 -- Django is ready here
    from builders.orders import a_numbered_form, stored  # noqa: PLC0415

    outbox.keep_carriers({"INPOST": "InPost", "ALLEGRO": "Allegro"}, now=NOW)
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    with pytest.raises(Refused) as refusal:
        parcels.add_parcel(
            order=order, carrier=carrier, waybill=waybill, user=None, actor=Actor.USER, now=NOW
        )
    assert refusal.value.code == code
    assert not Parcel.objects.for_company(company).exists()


def test_a_call_that_goes_wrong_ends_with_one_parcel(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    kinds = ("drop_after", "drop_before", "server_error", "rate_limit", "cut_body")
    desk = a_desk(market, orders=len(kinds) + 2)
    parcels.refresh_carriers(shop_id=desk.shop.pk, now=NOW)
    desk.switch(Kind.PARCEL)
    for number, kind in enumerate(kinds, 1):
        parcel(desk, f"60{number}", number=number)
        wrong = Fault(kind=kind, path="/shipments", method="POST", count=1, retry_after=600)
        fault = market.world.faults.add(wrong)
        desk.settle()
        assert fault.struck
        assert on_allegro(desk, number) == [("INPOST", "", f"60{number}")], kind
    for number, name in enumerate(("begin", "succeed"), len(kinds) + 1):
        parcel(desk, f"60{number}", number=number)

        def die(*_args: Any, **_more: Any) -> None:
            raise Killed

        with monkeypatch.context() as killing:
            killing.setattr(actions, name, die)
            with pytest.raises(Killed):
                desk.settle()
        desk.settle()
        assert on_allegro(desk, number) == [("INPOST", "", f"60{number}")], name
    assert set(desk.states()) == {("done", "")}


def test_a_number_that_is_there_already_is_adopted(desk: Desk) -> None:
    desk.switch(Kind.PARCEL)
    theirs = Shipment("byla", "DPD", "", "ab-600", desk.market.world.now_ms())
    desk.market.world.shipments[desk.order(1).allegro_id] = [theirs]
    parcel(desk, "AB-600")
    desk.settle()
    assert desk.rows().get().remote_id == "byla"
    assert desk.market.asked(POST) == 0


def test_what_allegro_refuses_is_said(desk: Desk) -> None:
    desk.switch(Kind.PARCEL)
    desk.market.world.settings.used_waybills = ("600",)
    parcel(desk, "600")
    Carrier.objects.create(key="ZNIKAJACY", name="Znikający", seen_at=NOW)
    parcel(desk, "601", carrier="Znikający")
    desk.settle()
    row = desk.rows().last()
    assert desk.states() == [("failed", "sending_waybill_used"), ("failed", "sending_refused")]
    assert "przewoźnik" in row.reason
    assert row.trace_id


def test_a_merged_order_gets_its_parcel_at_the_successor(market: Market) -> None:
    desk = a_desk(market, orders=2)
    parcels.refresh_carriers(shop_id=desk.shop.pk, now=NOW)
    desk.switch(Kind.PARCEL)
    parcel(desk, "600")
    world = market.world
    new = changes.merge(world, [world.by_id[desk.order(number).allegro_id] for number in (1, 2)])
    market.fetch(desk.shop)
    desk.settle()
    assert [one.waybill for one in world.shipments[new.id]] == ["600"]
    old = str(desk.order(1).number)
    assert parcels.order_named(market.company, old).allegro_id == new.id


def test_a_file_adds_what_it_can_and_says_what_it_cannot(desk: Desk) -> None:
    number = desk.order(1).number
    data = (
        "Zamówienie;Przewoźnik;Numer przesyłki\r\n"
        f"{number};InPost;600\r\n"
        f"{desk.order(1).allegro_id};dpd;601\r\n"
        "\r\n"
        "999999;InPost;602\r\n"
        f"{number};InPost;???\r\n"
    ).encode("cp1250")
    for is_new in (True, False):
        found = list(
            parcels.add_from_file(
                company=desk.market.company, data=data, user=None, actor=Actor.USER, now=NOW
            )
        )
        added = [one for one in found if isinstance(one, Added)]
        refused = [(one.line, one.refusal.code) for one in found if isinstance(one, NotAdded)]
        assert [(one.parcel.carrier, one.parcel.waybill, one.is_new) for one in added] == [
            ("INPOST", "600", is_new),
            ("DPD", "601", is_new),
        ]
        assert refused == [(5, "parcel_order_unknown"), (6, "parcel_waybill_invalid")]
    for wrong in (b"", b"a;b\n1;2\n", b"\x00"):
        with pytest.raises(parcels.ParcelFileUnreadable):
            parcels.add_from_file(
                company=desk.market.company, data=wrong, user=None, actor=Actor.USER, now=NOW
            )


def test_who_writes_holds_the_row_for_longer_than_any_write() -> None:
    assert actions.HELD.total_seconds() > WRITTEN_WITHIN_S


def test_the_command_leaves_what_nobody_asked_it_for_to_the_worker(desk: Desk, capsys: Any) -> None:
    desk.switch(Kind.PARCEL)
    desk.switch(Kind.STATUS)
    outgoing.send_status(order=desk.order(1), target="PROCESSING", by=desk.boss, now=NOW)
    parcel(desk, "599")
    named = {"order": desk.order(1).allegro_id, "carrier": "DPD", "waybill": "600"}
    assert ship(Namespace(**named, file=None, company="", json=True)) == 0
    assert json.loads(capsys.readouterr().out)["allegro"] == "sent"
    assert on_allegro(desk) == [("DPD", "", "600")]
    assert sorted(desk.rows().values_list("kind", "state")) == [
        ("parcel", "done"),
        ("parcel", "waiting"),
        ("status", "waiting"),
    ]


def test_the_command_sends_before_it_ends(desk: Desk, tmp_path: Path, capsys: Any) -> None:
    def asked(**given: Any) -> tuple[int, list[dict[str, Any]]]:
        options = {"order": None, "carrier": None, "waybill": None, "file": None, "company": "", "json": True}
        code = ship(Namespace(**(options | given)))
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    order = desk.order(1).allegro_id
    code, [row] = asked(order=order, carrier="DPD", waybill="600")
    assert (code, row) == (0, {"order": order, "carrier": "DPD", "waybill": "600", "allegro": "off"})
    desk.switch(Kind.PARCEL)
    code, [row] = asked(order=order, carrier="DPD", waybill="600")
    assert (code, row["allegro"]) == (0, "sent")
    assert on_allegro(desk) == [("DPD", "", "600")]
    file = tmp_path / "numery.csv"
    file.write_text(f"order,carrier,waybill\n{order},DPD,601\nx,DPD,602\n")
    desk.market.world.settings.used_waybills = ("601",)
    code, rows = asked(file=file)
    assert code == 1
    assert [row.get("allegro") or row["refused"] for row in rows] == ["failed", "parcel_order_unknown"]
    assert rows[0]["code"] == "sending_waybill_used"
    with pytest.raises(Refused):
        asked(file=tmp_path / "brak.csv")
