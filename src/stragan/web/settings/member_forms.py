"""What an owner types about people."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from stragan.companies.models import Role
from stragan.web.settings.words import ROLES

ROLE_CHOICES: Final = [(role.value, ROLES[role]) for role in Role]


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, initial=Role.CLERK)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(choices=ROLE_CHOICES)
