"""The company's picture: taken by what the file is, not by what it is called."""

from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.companies.actions.trail import record
from stragan.companies.models import Company, CompanyLogo, User
from stragan.core.errors import Refused
from stragan.core.pictures import UnknownPicture, picture_of

LARGEST_LOGO_BYTES: Final = 1_000_000
SMALLEST_SIDE: Final = 32
LARGEST_SIDE: Final = 4000


class LogoRefused(Refused):
    """No picture, too large a file, or sides out of bounds; ``reason`` says which."""

    code = "logo_refused"


def set_logo(*, company: Company, data: bytes, by: User, now: datetime) -> CompanyLogo:
    """Keep a PNG or JPEG of at most 1 MB, 32 to 4000 points each way, as it came.

    :raises LogoRefused: it is something else; ``reason`` is ``size``, ``kind`` or ``sides``.
    """
    if len(data) > LARGEST_LOGO_BYTES:
        raise LogoRefused(reason="size")
    try:
        picture = picture_of(data)
    except UnknownPicture as unknown:
        raise LogoRefused(reason="kind") from unknown
    sides = (picture.width, picture.height)
    if min(sides) < SMALLEST_SIDE or max(sides) > LARGEST_SIDE:
        raise LogoRefused(reason="sides")
    with transaction.atomic():
        logo, _ = CompanyLogo.objects.for_company(company).update_or_create(
            company=company,
            defaults={"image": data, "media_type": picture.media_type, "changed_at": now},
        )
        record("company.changed", company=company, by=by, now=now, facts={"columns": ["logo"]})
    return logo


def remove_logo(*, company: Company, by: User, now: datetime) -> bool:
    """Forget the picture; False when there was none."""
    with transaction.atomic():
        if not CompanyLogo.objects.for_company(company).delete()[0]:
            return False
        record("company.changed", company=company, by=by, now=now, facts={"columns": ["logo"]})
    return True
