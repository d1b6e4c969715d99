"""Sentences about allegro."""

from typing import Final

from django.utils.functional import Promise

TEXTS: Final[dict[str, Promise]] = {}
