"""Log lines are events with fields: one line each, JSON when nobody is looking at a terminal."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class EventFormatter(logging.Formatter):
    """The event's name, its fields, and the traceback of a bug."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one event."""
        fields = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        fields.pop("request", None)  # a live object, and it holds personal data
        event = record.getMessage()
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        if sys.stderr.isatty():
            told = " ".join(f"{key}={value}" for key, value in fields.items())
            line = (
                f"{self.formatTime(record, '%H:%M:%S')} {record.levelname.lower():7} {event} {told}".rstrip()
            )
            return f"{line}\n{trace}" if trace else line
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        row = {"at": at, "level": record.levelname.lower(), "event": event, **fields}
        if trace:
            row["trace"] = trace
        return json.dumps(row, ensure_ascii=False, default=str)
