"""What a web process holds in memory before its first page: nothing that few pages ever need."""

import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("typst", "pypdf", "xlsxwriter", "python_calamine")
CODE = f"""
import sys
from stragan.cli.main import set_up_django
from stragan.cli.web import _WebServer
set_up_django()
_WebServer(bind="127.0.0.1:0", processes=1).load()
assert "stragan.web.documents.bulk_views" in sys.modules
print(*(name for name in {HEAVY} if name in sys.modules))
"""


def test_a_web_process_loads_no_typesetter_and_no_spreadsheets(tmp_path: Path) -> None:
    environment = {**os.environ, "STRAGAN_DATA_DIR": str(tmp_path)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr
