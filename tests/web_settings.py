"""Settings of a service for tests: a workspace of its own; PostgreSQL where CLEW_TEST_POSTGRESQL is set."""

import atexit
import os
import tempfile
from pathlib import Path

import postgresql

for name in [name for name in os.environ if name.startswith("CLEW_") and not name.startswith("CLEW_TEST_")]:
    del os.environ[name]
os.environ["CLEW_WORKSPACE"] = tempfile.mkdtemp(prefix="clew-tests-")
(Path(os.environ["CLEW_WORKSPACE"]) / "static").mkdir()  # whitenoise looks for it
os.environ["CLEW_SECRET_KEY"] = "a key for tests alone"
os.environ["CLEW_HOSTS"] = "testserver,localhost,127.0.0.1"
ON_POSTGRESQL = bool(os.environ.get("CLEW_TEST_POSTGRESQL"))
if ON_POSTGRESQL:
    _cluster = Path(tempfile.mkdtemp(prefix="clew-pg-"))
    os.environ["CLEW_DATABASE_URL"] = postgresql.start(_cluster)
    atexit.register(postgresql.stop, _cluster)

from clew.web.settings import *  # noqa: E402, F403
from clew.web.settings import CLEW, DATABASES, STORAGES  # noqa: E402

if not ON_POSTGRESQL:
    DATABASES["default"]["TEST"] = {"NAME": str(CLEW.workspace / "test.sqlite3")}  # a file: threads share it
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
