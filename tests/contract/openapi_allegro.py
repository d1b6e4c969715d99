"""Checks HTTP exchanges with Allegro against the official OpenAPI document.

The document is read from ``$STRAGAN_SCHEMAS_DIR/allegro/openapi.yaml``; it is never copied here. Use::

    from contract import openapi_allegro

    pytestmark = openapi_allegro.needs_schemas          # skips, or fails when they are required

    openapi_allegro.check_request(method="GET", url="http://127.0.0.1:1/order/events?limit=1000",
                                  headers={"Accept": ..., "User-Agent": ...}, body=b"")
    openapi_allegro.check_response(method="GET", url=..., status=200, headers={...}, body=b"{...}")

Both raise ``AssertionError`` with the reasons one a line. ``headers`` is any mapping or list of pairs, names
in any case. The host of the URL does not matter. Explicit nulls in answers are removed first: Allegro sends
them although its schema does not allow them. OAuth paths (``/auth/…``) are not in the document and only get
their few own checks. ``check_exchange`` takes one request and its answer together.
"""

import functools
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest

MEDIA_TYPE: Final = "application/vnd.allegro.public.v1+json"
USER_AGENT: Final = re.compile(r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+ \(\+https://[^\s)]+\)$")

HeaderPairs = Mapping[str, str] | Iterable[tuple[str, str]]


def _schema_file() -> Path | None:
    folder = os.environ.get("STRAGAN_SCHEMAS_DIR")
    if folder is None:
        return None
    file = Path(folder) / "allegro" / "openapi.yaml"
    return file if file.is_file() else None


_REQUIRED: Final = "schemas" in os.environ.get("STRAGAN_TEST_REQUIRE", "").split(",")

needs_schemas: Final = pytest.mark.skipif(
    _schema_file() is None and not _REQUIRED, reason="STRAGAN_SCHEMAS_DIR holds no allegro/openapi.yaml"
)


@functools.cache
def document() -> dict[str, Any]:
    """Return the parsed OpenAPI document."""
    import yaml  # noqa: PLC0415  # only the contract tests pay for it

    file = _schema_file()
    assert file is not None, "set STRAGAN_SCHEMAS_DIR to the folder with allegro/openapi.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parsed: dict[str, Any] = yaml.load(file.read_bytes(), Loader=loader)  # noqa: S506  # a safe loader
    return parsed


@functools.cache
def _openapi() -> Any:
    from openapi_core import Config, OpenAPI  # noqa: PLC0415  # slow to import

    config = Config(
        spec_validator_cls=None,  # the document is Allegro's: we check ourselves against it, not it
        extra_media_type_deserializers={MEDIA_TYPE: json.loads, "application/pdf": bytes},
    )
    trimmed = dict(document())
    trimmed["servers"] = [{"url": "https://api.allegro.pl"}]
    # Scopes of a token are invisible from outside: whether one is sent is checked in check_request.
    trimmed["security"] = []
    trimmed["paths"] = {
        path: {
            method: ({**operation, "security": []} if isinstance(operation, dict) else operation)
            for method, operation in item.items()
        }
        for path, item in trimmed["paths"].items()
    }
    return OpenAPI.from_dict(trimmed, config=config)


@functools.cache
def schema_validator(name: str) -> Any:
    """Return a plain validator of one component schema: the quick way for hundreds of objects."""
    from openapi_schema_validator import OAS30Validator  # noqa: PLC0415  # slow to import
    from referencing import Registry  # noqa: PLC0415
    from referencing.jsonschema import DRAFT4  # noqa: PLC0415

    registry = Registry().with_resource("urn:allegro", DRAFT4.create_resource(document()))
    return OAS30Validator(
        {"$ref": f"urn:allegro#/components/schemas/{name}"},
        registry=registry,
        format_checker=OAS30Validator.FORMAT_CHECKER,
    )


def check_schema(name: str, value: object) -> None:
    """Assert that *value*, explicit nulls removed, is a valid component *name*."""
    found = [
        f"{'/'.join(map(str, problem.absolute_path))}: {problem.message}"
        for problem in schema_validator(name).iter_errors(without_nulls(value))
    ]
    assert not found, f"not a valid {name}:\n" + "\n".join(found)


def without_nulls(value: Any) -> Any:
    """Return *value* with every key whose value is null removed, at any depth."""
    if isinstance(value, dict):
        return {key: without_nulls(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [without_nulls(entry) for entry in value]
    return value


def _lower(headers: HeaderPairs) -> dict[str, str]:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return {name.lower(): value for name, value in pairs}


class _Request:
    """What openapi-core wants to know of a request."""

    def __init__(self, *, method: str, url: str, headers: dict[str, str], body: bytes) -> None:
        from openapi_core import datatypes  # noqa: PLC0415  # slow to import
        from werkzeug.datastructures import Headers, ImmutableMultiDict  # noqa: PLC0415

        parts = urlsplit(url)
        self.host_url = "https://api.allegro.pl"
        self.path = parts.path
        self.method = method.lower()
        self.body = body or None
        self.content_type = headers.get("content-type", "").partition(";")[0]
        self.parameters = datatypes.RequestParameters(
            query=ImmutableMultiDict(parse_qsl(parts.query, keep_blank_values=True)),
            header=Headers(headers),
        )


class _Response:
    """What openapi-core wants to know of an answer."""

    def __init__(self, *, status: int, headers: dict[str, str], body: bytes) -> None:
        from werkzeug.datastructures import Headers  # noqa: PLC0415  # slow to import

        self.status_code = status
        self.data = body
        self.content_type = headers.get("content-type", "").partition(";")[0]
        self.headers = Headers(headers)


def _reasons(errors: Iterable[BaseException]) -> list[str]:
    """Flatten openapi-core's nested errors into sentences."""
    found: list[str] = []
    for error in errors:
        inner = list(getattr(error, "schema_errors", None) or [])
        if inner:
            found += [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in inner]
        elif error.__cause__ is not None:
            found += _reasons([error.__cause__])
        else:
            found.append(f"{type(error).__name__}: {error}")
    return found


def _template(path: str) -> str | None:
    for template in document()["paths"]:
        pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            return str(template)
    return None


def _operation(method: str, path: str) -> dict[str, Any]:
    template = _template(path)
    assert template is not None, f"the official document has no path {path}"
    operation = document()["paths"][template].get(method.lower())
    assert operation is not None, f"the official document has no {method} {template}"
    found: dict[str, Any] = operation
    return found


def check_request(*, method: str, url: str, headers: HeaderPairs, body: bytes = b"") -> None:
    """Assert that a request of ours is one the official document and Allegro's rules allow.

    :raises AssertionError: with every reason found, one a line.
    """
    sent, parts = _lower(headers), urlsplit(url)
    if parts.path.startswith("/auth/"):
        _check_auth_request(path=parts.path, method=method, headers=sent)
        return
    operation = _operation(method, parts.path)
    found: list[str] = []
    if not USER_AGENT.match(sent.get("user-agent", "")):
        found.append(f"User-Agent {sent.get('user-agent')!r} is not Name/Version (+https://…)")
    if sent.get("accept") != MEDIA_TYPE:
        found.append(f"Accept is {sent.get('accept')!r}, not {MEDIA_TYPE}")
    if not sent.get("authorization", "").startswith("Bearer "):
        found.append("no Bearer token")
    known = {entry["name"] for entry in operation.get("parameters", []) if entry["in"] == "query"}
    unknown = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} - known
    found += [f"unknown query parameter {name}" for name in sorted(unknown)]
    request = _Request(method=method, url=url, headers=sent, body=body)
    found += _reasons(_openapi().iter_request_errors(request))
    assert not found, f"{method} {url}:\n" + "\n".join(found)


def _check_auth_request(*, path: str, method: str, headers: dict[str, str]) -> None:
    if method.upper() != "POST":
        return
    kind = headers.get("content-type", "application/x-www-form-urlencoded").partition(";")[0]
    assert kind == "application/x-www-form-urlencoded", f"{path} wants a form, got {kind}"


def check_response(*, method: str, url: str, status: int, headers: HeaderPairs, body: bytes) -> None:
    """Assert that an answer is one the official document describes.

    Error statuses the document leaves out (it names few) must carry the general error body; a 5xx may be
    anything, since a gateway in between may speak HTML.

    :raises AssertionError: with every reason found, one a line.
    """
    got, path = _lower(headers), urlsplit(url).path
    if path.startswith("/auth/"):
        _check_auth_response(path=path, status=status, body=body)
        return
    server_error = 500
    if status >= server_error:
        return
    operation = _operation(method, path)
    assert "trace-id" in got, f"{method} {path} {status}: no trace-id"
    documented = operation["responses"].get(str(status))
    if documented is None or ("content" not in documented and status >= 400):
        _check_error(status=status, body=body)
        return
    if "content" not in documented:
        assert not body, f"{method} {path} {status}: a body where none is described"
        return
    request = _Request(method=method, url=url, headers={}, body=b"")
    stripped = without_nulls(json.loads(body))
    response = _Response(status=status, headers=got, body=json.dumps(_allow_empty_page(stripped)).encode())
    found = _reasons(_openapi().iter_response_errors(request, response))
    assert not found, f"{method} {url} answered {status}:\n" + "\n".join(found)


def _allow_empty_page(value: Any) -> Any:
    """Count an empty page of orders as one: the schema says at least 1, Allegro answers 0."""
    if isinstance(value, dict) and "checkoutForms" in value:
        return {**value, **{key: value[key] or 1 for key in ("count", "totalCount") if key in value}}
    return value


def _check_error(*, status: int, body: bytes) -> None:
    bad_request = 400
    assert status >= bad_request, f"status {status} is not described"
    value = without_nulls(json.loads(body))
    if status == 401:
        check_schema("AuthError", value)
        return
    check_schema("ErrorsHolder", value)
    assert value.get("errors"), f"status {status}: no errors in {value}"


def _check_auth_response(*, path: str, status: int, body: bytes) -> None:
    if not path.endswith(("/token", "/device")) or not body.startswith(b"{"):
        return
    value = json.loads(body)
    if status >= 400:
        check_schema("AuthError", value)
    elif path.endswith("/token"):
        wanted = {"access_token": str, "refresh_token": str, "token_type": str, "expires_in": int}
        for name, kind in wanted.items():
            if name == "refresh_token" and name not in value:
                continue  # an application's own token has none
            assert isinstance(value.get(name), kind), f"{path}: {name} is {value.get(name)!r}"


def check_exchange(  # the six parts of one exchange
    *,
    method: str,
    url: str,
    headers: HeaderPairs,
    body: bytes,
    status: int,
    response_headers: HeaderPairs,
    response_body: bytes,
) -> None:
    """Check a request and its answer together."""
    check_request(method=method, url=url, headers=headers, body=body)
    check_response(method=method, url=url, status=status, headers=response_headers, body=response_body)
