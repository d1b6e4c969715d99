"""Which rule decides, and that nothing is ever guessed."""

from hypothesis import given
from hypothesis import strategies as st

from stragan.products.matching import Catalog, Match, Offer, Rule, exact_name

EAN = "5901234123457"
KEY = ("7001", "12001")


def an_offer(*, name: str = "Kubek", sku: str = EAN) -> Offer:
    return Offer(seller_id=KEY[0], offer_id=KEY[1], name=name, sku=sku)


def test_a_link_comes_before_everything() -> None:
    catalog = Catalog(links={KEY: 1}, by_sku={EAN: [2]}, by_ean={EAN: [3]}, by_name={"Kubek": [4]})
    assert catalog.match(an_offer()) == Match(rule=Rule.LINK, product_ids=(1,))


def test_then_the_sku_then_the_ean_then_the_name() -> None:
    everything = Catalog(by_sku={EAN: [2]}, by_ean={EAN: [3]}, by_name={"Kubek": [4]})
    assert everything.match(an_offer()).rule is Rule.SKU
    assert Catalog(by_ean={EAN: [3]}, by_name={"Kubek": [4]}).match(an_offer()).product_id == 3
    assert Catalog(by_name={"Kubek": [4]}).match(an_offer()) == Match(rule=Rule.NAME, product_ids=(4,))


def test_names_fit_sign_by_sign() -> None:
    catalog = Catalog(by_name={"Kubek": [4]})
    assert catalog.match(an_offer(name=" Kubek ")).product_id == 4
    assert catalog.match(an_offer(name="kubek")) == Match()
    assert catalog.match(an_offer(name="Kubek!")) == Match()


def test_an_sku_that_is_no_bar_code_is_not_looked_for_among_them() -> None:
    assert an_offer(sku="KUB-1").any_ean == ""
    assert an_offer(sku="590-1234-123457").any_ean == EAN


ids = st.lists(st.integers(1, 5), max_size=3)


@given(link=st.none() | st.integers(1, 5), sku=ids, ean=ids, name=ids)
def test_the_first_rule_that_finds_anything_decides_and_two_products_are_none(
    link: int | None, sku: list[int], ean: list[int], name: list[int]
) -> None:
    catalog = Catalog(
        links={KEY: link} if link else {}, by_sku={EAN: sku}, by_ean={EAN: ean}, by_name={"Kubek": name}
    )
    match = catalog.match(an_offer())
    tries = [[link] if link else [], sku, ean, name]
    deciding = next((set(found) for found in tries if found), set())
    assert set(match.product_ids) == deciding
    assert match.product_id == (deciding.pop() if len(deciding) == 1 else None)


@given(st.text())
def test_comparing_names_twice_changes_nothing(text: str) -> None:
    assert exact_name(exact_name(text)) == exact_name(text)
