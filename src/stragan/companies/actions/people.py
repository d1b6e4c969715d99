"""People as such: a checked address, a password worth its name."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from stragan.companies.models import User
from stragan.core.errors import Refused


class EmailInvalid(Refused):
    """Not an e-mail address."""

    code = "email_invalid"


class EmailTaken(Refused):
    """Somebody with this e-mail address exists already."""

    code = "email_taken"


class PasswordWeak(Refused):
    """The password is too short, too common or too much like the e-mail address."""

    code = "password_weak"


def checked_email(text: str) -> str:
    """The address in small letters.

    :raises EmailInvalid: not an e-mail address.
    """
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise EmailInvalid(email=text) from None
    return address


def user_with(*, email: str, password: str, is_weak_password_allowed: bool = False) -> User:
    """The person of that address, whose password it must be, or a new one who can log in with it.

    :raises EmailTaken: the account exists and the password is not its own.
    :raises PasswordWeak: a new person's password is easy to guess.
    """
    known = User.objects.filter(email=email).first()
    if known is not None:
        if known.check_password(password):
            return known
        raise EmailTaken(email=email)
    weakness = weakness_of(password, email=email)
    if not password or (weakness and not is_weak_password_allowed):
        raise PasswordWeak(reasons=weakness)
    return User.objects.create_user(email=email, password=password)


def weakness_of(password: str, *, email: str) -> str:
    """Why a password is easy to guess, in the active language; empty when it is not."""
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
