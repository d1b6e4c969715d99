"""What can go wrong when speaking to Allegro, told apart by what the caller does next.

    Unavailable
    └── AllegroUnavailable      no answer now (network, timeout, 408, 5xx, cut body): try later
        └── RateLimited         429: wait ``retry_after_s`` (when Allegro names it), then try again
    Conflict
    ├── TokenRejected           401: refresh the access token and repeat the call once
    └── AllegroConflict         409: somebody was faster (stale revision, file in scan): read, decide again
    Refused
    ├── InsecureAddress         plain http to a host that is not this machine: correct the address
    ├── ScopeMissing            403 AccessDenied: connect the shop again, with more permissions
    ├── ReconnectNeeded         the refresh token is dead: only the seller can connect again
    │   └── ClientRejected      Allegro does not know this client id and secret: correct them
    ├── CodeRejected            the authorization code was used or is too old: start again
    ├── AccessDenied            the seller said no
    └── DeviceCodeExpired       nobody confirmed in time: start again
    Unavailable
    └── AuthorizationPending    device flow: the seller has not confirmed yet, poll again
        └── SlowDown            the same, and poll less often
    Rejected
    ├── FormGone                404 that says so of an order form: paid together, or it never existed
    ├── OrdersWindowTooWide     422 on a list: offset + limit passed 10,000, split the time window
    ├── AllegroRejected         any other 4xx: repeating it will not help
    ├── UnreadableAnswer        a success that is not the JSON promised
    └── UnreadablePayload       one order form that cannot be understood: put it aside

Each keeps the ``trace_id`` of the answer (support asks for it) when there was one.
"""

from typing import ClassVar

from stragan.core.errors import Conflict, Refused, Rejected, StraganError, Unavailable


class AllegroError(StraganError):
    """What all errors of this gateway share: facts about the answer."""

    @property
    def trace_id(self) -> str:
        """Allegro's id of the answer, or an empty string."""
        return str(self.params.get("trace_id") or "")

    @property
    def status(self) -> int:
        """The HTTP status, or 0 when no answer came."""
        status = self.params.get("status")
        return status if isinstance(status, int) else 0

    @property
    def allegro_code(self) -> str:
        """Allegro's own error code, such as ``ORDER-WITHOUT-INVOICE``, or an empty string."""
        return str(self.params.get("allegro_code") or "")

    @property
    def user_message(self) -> str:
        """What Allegro says to people, in the language asked for, or an empty string."""
        return str(self.params.get("user_message") or "")


class AllegroUnavailable(AllegroError, Unavailable):
    """Network failure, timeout, 408, 5xx or a cut answer."""

    code: ClassVar[str] = "allegro_unavailable"


class RateLimited(AllegroUnavailable):
    """Too many requests; ``retry_after_s`` is Allegro's wish when it named one."""

    code: ClassVar[str] = "allegro_rate_limited"


class TokenRejected(AllegroError, Conflict):
    """The access token is not accepted (any more)."""

    code: ClassVar[str] = "allegro_token_rejected"


class AllegroConflict(AllegroError, Conflict):
    """The thing changed meanwhile, or Allegro is still busy with it."""

    code: ClassVar[str] = "allegro_conflict"


class InsecureAddress(AllegroError, Refused):
    """Tokens and orders never travel over plain http, except to this machine."""

    code: ClassVar[str] = "allegro_address_insecure"


class ScopeMissing(AllegroError, Refused):
    """The connection was made without a permission this call needs."""

    code: ClassVar[str] = "allegro_scope_missing"


class ReconnectNeeded(AllegroError, Refused):
    """Allegro ended the connection; only a new consent of the seller brings it back."""

    code: ClassVar[str] = "allegro_reconnect_needed"


class ClientRejected(ReconnectNeeded):
    """The application's id or secret is wrong."""

    code: ClassVar[str] = "allegro_client_rejected"


class CodeRejected(AllegroError, Refused):
    """The authorization code is used, too old, or bound to another verifier or address."""

    code: ClassVar[str] = "allegro_code_rejected"


class AccessDenied(AllegroError, Refused):
    """The seller refused the consent."""

    code: ClassVar[str] = "allegro_access_denied"


class DeviceCodeExpired(AllegroError, Refused):
    """The device code is used or too old."""

    code: ClassVar[str] = "allegro_device_code_expired"


class AuthorizationPending(AllegroError, Unavailable):
    """The seller has not answered the consent page yet."""

    code: ClassVar[str] = "allegro_authorization_pending"


class SlowDown(AuthorizationPending):
    """As pending; add five seconds to the interval (RFC 8628, section 3.5)."""

    code: ClassVar[str] = "allegro_slow_down"


class FormGone(AllegroError, Rejected):
    """Allegro has no such order form: unpaid forms vanish when they are paid together."""

    code: ClassVar[str] = "allegro_form_gone"


class OrdersWindowTooWide(AllegroError, Rejected):
    """The page lies beyond the 10,000 forms a list can reach."""

    code: ClassVar[str] = "allegro_orders_window_too_wide"


class AllegroRejected(AllegroError, Rejected):
    """Allegro refused the request for good."""

    code: ClassVar[str] = "allegro_rejected"


class UnreadableAnswer(AllegroError, Rejected):
    """Allegro said yes, but not with the JSON it promises."""

    code: ClassVar[str] = "allegro_answer_unreadable"


class UnreadablePayload(AllegroError, Rejected):
    """An order form lacks something essential or holds something impossible.

    ``path`` says where (``$.lineItems[0].price``), ``problem`` is a stable word for the kind
    (``not_json``, ``missing``, ``wrong_type``, ``bad_amount``, ``bad_value``), ``reason`` an English
    sentence that quotes amounts and quantities but no personal data.
    """

    code: ClassVar[str] = "allegro_payload_unreadable"

    def __init__(self, *, path: str, problem: str, reason: str) -> None:
        self.path = path
        self.problem = problem
        self.reason = reason
        super().__init__(path=path, problem=problem, reason=reason)
