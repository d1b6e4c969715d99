"""What can go wrong with a registry. None of it says anything about the number that was asked."""

from stragan.core.errors import Rejected, StraganError, Unavailable


class RegistryError(StraganError):
    """Base of all of them; ``registry`` says which one."""

    code = "registry_error"


class RegistryUnavailable(RegistryError, Unavailable):
    """It does not answer now, or says that a member state does not; ``reason`` is its own word."""

    code = "registry_unavailable"


class RegistryRefused(RegistryError, Rejected):
    """It does not take the question: a wrong key, a limit of the day, an unknown answer."""

    code = "registry_refused"
