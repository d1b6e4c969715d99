"""The company's picture beside the title: as large as its column and the title allow."""

from dataclasses import dataclass
from typing import Final

from stragan.core.pictures import UnknownPicture, picture_of
from stragan.formats.pdf.styles import GRID, MM

HEIGHT: Final = 13 * MM
_FORMATS: Final = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture with its size in points. ``data`` are its bytes as numbers: JSON carries no others."""

    data: list[int]
    format: str
    width: float
    height: float
    alt: str


def logo_for(image: bytes, *, company: str) -> Logo | None:
    """Fit a PNG or JPEG into the third column beside the title; None for anything else."""
    try:
        picture = picture_of(image)
    except UnknownPicture:
        return None
    scale = min(GRID.column / picture.width, HEIGHT / picture.height)
    return Logo(
        data=list(image),
        format=_FORMATS[picture.media_type],
        width=picture.width * scale,
        height=picture.height * scale,
        alt=company or "logo",
    )
