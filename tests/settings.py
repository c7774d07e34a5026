"""The server's settings for tests: a folder of their own, cheap passwords, no network but this machine.

The web server and the worker that tests start read these settings too, and so share the folder with their test run.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from tests.network import stay_on_this_machine

# The first process of a test run makes the folder; its children find it, those of pytest-xdist one below it for each.
if "TESTS_FOLDER" not in os.environ:
    os.environ["TESTS_FOLDER"] = tempfile.mkdtemp(prefix="audits-")
TESTS_FOLDER = Path(os.environ["TESTS_FOLDER"])
os.environ["VAR_DIR"] = str(TESTS_FOLDER / os.environ.get("PYTEST_XDIST_WORKER", "alone"))
os.environ["DEMO"] = "0"
HOUSE = f"tests-{TESTS_FOLDER.name}-{Path(os.environ['VAR_DIR']).name}"
os.environ["CELERY_QUEUE"] = HOUSE

from auditserver.settings import *  # noqa: E402, F403 - the folder must be known before they are read

if not EMBEDDED_DATABASE:  # noqa: F405
    # Two checkouts on one PostgreSQL must not empty each other's tables.
    checkout = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": f"test_audits_{checkout}"}  # noqa: F405

# Several houses may share one Redis: each has its own keys.
CELERY_BROKER_TRANSPORT_OPTIONS |= {  # noqa: F405
    f"unacked_{part}key": f"{HOUSE}-unacked-{part}" for part in ("", "index_", "mutex_")
}

# Tests may ask for a fault at any point of a request's way (tests/faultpoints.py).
MIDDLEWARE = ["tests.faultpoints.FaultMiddleware", *MIDDLEWARE]  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

stay_on_this_machine(besides=[os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")])
