"""Settings of the test suite: a scratch data folder, quick hashing, either database.

No test cuts the power, so commits do not wait for the disk.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("STRAGAN_DATA_DIR", tempfile.mkdtemp(prefix="stragan-test-"))
os.environ.setdefault("STRAGAN_SECRET_KEY", "test-only")
os.environ.setdefault("STRAGAN_FIELD_KEYS", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")

from stragan.project import environment
from stragan.project.settings import *  # noqa: F403 -- the product's own settings, then the differences

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WHITENOISE_AUTOREFRESH = True
if os.environ.get("STRAGAN_TEST_DATABASE") == "postgres":
    DATABASES = {
        "default": environment.database(
            os.environ.get("STRAGAN_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
        )
    }
    DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
else:
    # A file, not memory: threads of a live server need the same database.
    DATABASES = {"default": environment.sqlite(Path(os.environ["STRAGAN_DATA_DIR"]) / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["STRAGAN_DATA_DIR"]) / "test.sqlite3")}
