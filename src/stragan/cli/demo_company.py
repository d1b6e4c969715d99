"""Makes the demo's company, owner and shops, and fetches its orders; finds them at the next start.

Run by ``stragan demo`` as a process of its own, so that what it needs is given back afterwards.
"""

import json
import sys
from datetime import timedelta

from stragan.cli.demo import CLIENT_ID, EMAIL, SHOPS
from stragan.cli.main import set_up_django


def main() -> int:
    """Prepare the database, then make what is missing."""
    set_up_django()
    from stragan.cli.preparation import prepare_database  # noqa: PLC0415 -- Django is set up just above
    from stragan.core.errors import StraganError  # noqa: PLC0415
    from stragan.kit.clock import real_now  # noqa: PLC0415
    from stragan.kit.messages import text_of_error  # noqa: PLC0415

    prepare_database(now=real_now())
    try:
        _make()
    except StraganError as error:
        sys.stderr.write(f"{error.code}: {text_of_error(error)}\n")
        return 1
    return 0


def _make() -> None:
    from django.conf import settings  # noqa: PLC0415 -- Django is set up by main()

    from stragan.companies import actions  # noqa: PLC0415
    from stragan.kit.clock import business_now  # noqa: PLC0415
    from stragan.shops.models import Shop  # noqa: PLC0415

    now = business_now()
    password = json.loads((settings.DATA_DIR / "demo.json").read_text())["password"]
    data = actions.CompanyData(
        nip="5260250274",
        name="Kubek i Spółka Próbna sp. z o.o.",
        street="ul. Wzorcowa 8/3",
        postal_code="00-999",
        city="Przykładowo",
        books="kpir",
    )
    company = actions.create_company_with_owner(
        data=data, email=EMAIL, password=password, is_demo=True, now=now
    ).company
    shops = Shop.objects.for_company(company)
    # The stand-in may have had to move to another port.
    shops.update(api_url=settings.ALLEGRO_API_URL, auth_url=settings.ALLEGRO_AUTH_URL)
    for name, _login in SHOPS:
        if not shops.filter(name=name).exists():
            _connect_and_fetch(company_id=company.pk, name=name)
    _fill_the_catalog(company_id=company.pk)


def _fill_the_catalog(*, company_id: int) -> None:
    """Make products with stock of most offers that sold; one in seven stays for the person to match."""
    from stragan.companies.actions import set_receipts  # noqa: PLC0415 -- Django is set up by main()
    from stragan.companies.models import Company, Membership, Receipts  # noqa: PLC0415
    from stragan.flows.import_products import import_sheet, read_file  # noqa: PLC0415
    from stragan.flows.match_products import rematch  # noqa: PLC0415
    from stragan.kit.clock import business_now  # noqa: PLC0415
    from stragan.orders.models import OrderLine  # noqa: PLC0415
    from stragan.products.models import Product  # noqa: PLC0415

    company = Company.objects.get(pk=company_id)
    if Product.objects.for_company(company).exists():
        return
    now = business_now()
    owner = Membership.objects.for_company(company).select_related("user").earliest("id").user
    if not company.receipts:
        set_receipts(company=company, receipts=Receipts.NON_FISCAL, by=owner, now=now)
    lines = OrderLine.objects.for_company(company).order_by("offer_name", "-price")
    sold = {line.offer_name: line for line in lines if line.offer_name}
    rows = [
        f"{line.sku or f'DEMO-{place:03}'};{name.replace(';', ',')};{line.price};{12 + place * 7 % 90}"
        for place, (name, line) in enumerate(sold.items())
        if place % 7
    ]
    sheet = read_file("\n".join(["sku;nazwa;cena;stan", *rows]).encode())
    import_sheet(company=company, sheet=sheet, by=owner, now=now)
    rematch(company=company, now=now)


def _connect_and_fetch(*, company_id: int, name: str) -> None:
    from stragan.companies.models import Company  # noqa: PLC0415 -- Django is set up by main()
    from stragan.flows import connect_shop, fetch_shop  # noqa: PLC0415
    from stragan.kit.clock import business_now, business_today  # noqa: PLC0415
    from stragan.shops.actions import Wish  # noqa: PLC0415

    company = Company.objects.get(pk=company_id)
    wish = Wish(
        name=name,
        buyer_source="delivery",
        since_date=business_today() - timedelta(days=60),
        client_id=CLIENT_ID,
        client_secret=CLIENT_ID,
    )
    shop = connect_shop.connect_by_device(
        company=company,
        wish=wish,
        show=lambda _grant: None,
        now=business_now(),
        sleep=lambda _seconds: None,  # the stand-in approves at once
    )
    fetch_shop.fetch_shop(shop_id=shop.pk, trigger="command", now=business_now())


if __name__ == "__main__":
    raise SystemExit(main())
