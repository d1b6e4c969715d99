"""What waits is counted once for the whole frame of a page: every kind of it, of one company."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from builders.companies import NOW, a_company, a_member, a_shop
from builders.issuing import issued
from builders.orders import a_numbered_form, stored, without_rate
from builders.sendings import a_sending
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import OrderChange
from stragan.kit.counting import Counted
from stragan.kit.models import Job
from stragan.orders.queries import Tab, count_tabs
from stragan.shops.models import QuarantinedForm, ShopState
from stragan.web.shell import frame

pytestmark = pytest.mark.django_db(transaction=True)


def a_job(company: Any, *, state: str) -> Job:
    """Work of the company."""
    times = dict.fromkeys(("due_at", "created_at"), NOW)
    return Job.objects.create(company_id=company.pk, name="documents.render_pdf", state=state, **times)


def a_form(shop: Any, number: int, **changes: Any) -> QuarantinedForm:
    """A form nobody could read."""
    return QuarantinedForm.objects.for_company(shop.company).create(
        company=shop.company,
        shop=shop,
        form_id=f"unread-{number}",
        payload=b"x",
        content_sha256="0" * 64,
        reason="amount",
        created_at=NOW,
        **changes,
    )


def a_change(document: Any, order: Any, *, state: str = "open") -> OrderChange:
    """What changed about an order after its document was issued."""
    return OrderChange.objects.for_company(order.company).create(
        company=order.company,
        order=order,
        document=document,
        state=state,
        deed="correct",
        base_revision=1,
        found_at=NOW,
    )


def everything(shop: Any) -> None:
    """Three orders to issue, two with a problem, and one to five of each other kind, beside what is over."""
    company = shop.company
    forms = [a_numbered_form(number) for number in range(1, 6)]
    forms += [without_rate(a_numbered_form(number)) for number in (6, 7)]
    orders = stored(shop, forms, now=NOW)
    papers = [issued(order, DocumentKind.INVOICE) for order in orders[:2]]
    a_change(papers[0], orders[0])
    a_change(papers[1], orders[1], state="settled")
    a_sending(papers[0], order=orders[0])
    a_sending(papers[1], order=orders[1], state="done")
    for _ in range(3):
        a_job(company, state="failed")
    a_job(company, state="done")
    for number in range(4):
        a_form(shop, number)
    a_form(shop, 4, resolved_at=NOW)
    for number in range(5):
        a_shop(company, name=f"Lost {number}", seller_id=f"9{number}", state=ShopState.RECONNECT)


def test_everything_that_waits_is_counted_and_nothing_that_is_over(shop: Any) -> None:
    everything(shop)
    assert frame.counts(shop.company) == frame.Counts(to_issue=3, changed=1, attention=2 + 1 + 1 + 3 + 4 + 5)


def test_nothing_of_another_company_is_counted(company: Any) -> None:
    everything(a_shop(a_company(nip="1234563218", name="Obca"), seller_id="77"))
    assert frame.counts(company) == frame.Counts()


def test_one_statement_counts_it_all(shop: Any, django_assert_num_queries: Any) -> None:
    frame.counts(shop.company)  # PostgreSQL is told the statement before
    a_job(shop.company, state="failed")
    with django_assert_num_queries(1):
        assert frame.counts(shop.company).attention == 1


@pytest.mark.parametrize("tabs", [(Tab.TO_ISSUE,), (Tab.ATTENTION,), (Tab.TO_ISSUE, Tab.ATTENTION, Tab.ALL)])
def test_what_a_page_has_counted_is_not_counted_again(shop: Any, tabs: tuple[Tab, ...]) -> None:
    everything(shop)
    assert frame.counts(shop.company, known=count_tabs(shop.company, tabs)) == frame.counts(shop.company)
    told = frame.counts(shop.company, known=dict.fromkeys(tabs, Counted(50)))
    assert (told.to_issue == 50) is (Tab.TO_ISSUE in tabs)
    assert (told.attention >= 50) is (Tab.ATTENTION in tabs)


def test_start_and_its_frame_say_the_same_and_count_once(
    shop: Any, signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    everything(shop)
    client = signed_in("viewer")
    client.get("/")
    with django_assert_max_num_queries(30) as asked:
        text = client.get("/").content.decode()
    assert sum(one["sql"].count("= 'to_issue'") for one in asked.captured_queries) == 1
    assert '<span class="st-nav__count" title="do wystawienia">3</span>' in text
    assert text.split('href="/orders/?tab=to_issue"')[1].split('class="st-big">')[1].startswith("3<")


def test_a_page_asks_once_what_waits_and_whose_companies_there_are(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = signed_in("viewer")
    client.get("/contractors/")
    with django_assert_max_num_queries(8) as asked:
        client.get("/contractors/")
    texts = [one["sql"] for one in asked.captured_queries]
    assert sum('FROM "companies_membership"' in text for text in texts) == 1
    # PostgreSQL is sent but the name of the counts.
    assert sum('FROM "kit_job"' in text or text.startswith("EXECUTE") for text in texts) == 1
    assert sum('FROM "orders_order"' in text for text in texts) <= 1


def test_who_works_in_two_companies_chooses_among_both(company: Any, client: Client) -> None:
    person = a_member(company)
    other = a_company(nip="1234563218", name="Aaa druga")
    other.memberships.create(company=other, user=person, role="viewer", created_at=NOW)
    client.force_login(person)
    text = client.get("/contractors/").content.decode()
    menu = text.split('company/choose/"')[-1].split("</form>")[0]
    assert menu.index("Aaa druga") < menu.index(company.name)
