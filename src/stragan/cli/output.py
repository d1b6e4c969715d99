"""How commands speak: result lines on stdout, as JSON or for people; refusals with code and message."""

import json
import sys
from collections.abc import Mapping


def write_line(row: Mapping[str, object], *, as_json: bool) -> None:
    """Write one result line at once, so that a reader sees progress."""
    text = (
        json.dumps(row, ensure_ascii=False, default=str)
        if as_json
        else "  ".join(f"{key}: {_plain(value)}" for key, value in row.items() if value not in (None, "", []))
    )
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def write_refusal(code: str, message: str, *, as_json: bool) -> None:
    """Write one refusal: its stable code and the sentence for people."""
    write_line({"code": code, "message": message}, as_json=as_json)


def write_warning(code: str, message: str) -> None:
    """Write on stderr what a person should mend though the command goes on."""
    sys.stderr.write(f"{code}: {message}\n")


def _plain(value: object) -> str:
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
    )
