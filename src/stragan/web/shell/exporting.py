"""Lists as files to take away: the same rows as on the page, all of them."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from stragan.formats.sheets import Column, csv_lines, write_xlsx

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Final = ("xlsx", "csv")


def table_response(
    rows: Iterable[Sequence[Any]], *, columns: Sequence[Column], title: str, file_format: str
) -> HttpResponseBase:
    """Give a table as an attachment, *file_format* being ``xlsx`` or ``csv``."""
    response: HttpResponseBase
    if file_format == "csv":
        response = StreamingHttpResponse(csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    else:
        with tempfile.TemporaryDirectory(prefix="stragan-export-") as folder:
            path = Path(folder) / "table.xlsx"
            write_xlsx(path, title=title, columns=columns, rows=rows)
            response = HttpResponse(path.read_bytes(), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title)}.{file_format}"
    response["Cache-Control"] = "private, no-store"
    return response
