"""The order that tests of document pages work on."""

from typing import Any

import pytest

from builders.companies import NOW
from builders.orders import a_numbered_form, for_a_company, stored


@pytest.fixture
def order(shop: Any) -> Any:
    """A paid order of a company for 54.99."""
    [one] = stored(shop, [for_a_company(a_numbered_form(1))], now=NOW)
    return one
