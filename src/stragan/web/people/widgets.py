"""Fields drawn as the pages need them: choices with a line of explanation, switches."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise


class DescribedRadios(forms.RadioSelect):
    """Radio buttons as tiles: a name, and below it what choosing it means."""

    template_name = "people/described_radios.html"

    def __init__(self, hints: Mapping[str, str | Promise]) -> None:
        super().__init__()
        self.hints = hints

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the explanation of *value* to what the template gets."""
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        return option


def switch() -> forms.CheckboxInput:
    """A box drawn as a switch."""
    return forms.CheckboxInput({"class": "form-check-input st-switch", "role": "switch"})
