"""Sentences of allauth's pages that are said better here: our catalogs are read before its own."""

from typing import Final

from django.utils.translation import gettext_noop as _

SENTENCES: Final = (
    _("An authenticator app is not active."),
    _("Authentication using an authenticator app is active."),
    _("Authenticator App"),
    _("Authenticator app activated."),
    _("Authenticator app deactivated."),
    _("Enter your password:"),
    _("Forgot your password?"),
    _("Please reauthenticate to safeguard your account."),
    _("The email address and/or password you specified are not correct."),
    _("Two-Factor Authentication"),
)
