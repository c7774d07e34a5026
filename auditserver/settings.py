"""One settings file for every place the server runs; what differs comes from the environment (docs/operations.md)."""

import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from auditserver.env import ROOT, broker_socket, env, kept_secret, socket_url, text_or_file, var_dir

VAR_DIR = var_dir()

# Production asks for everything that a laptop does without: TLS, a given secret, named hosts, real services.
PRODUCTION = env.bool("PRODUCTION", default=False)
DATABASE_URL = text_or_file("DATABASE_URL")
REDIS_URL = text_or_file("REDIS_URL")
EMBEDDED_DATABASE = not DATABASE_URL
EMBEDDED_BROKER = not REDIS_URL
# Demo data and logins only where nothing real can be touched, or where they are asked for by name.
DEMO = env.bool("DEMO", default=EMBEDDED_DATABASE and not PRODUCTION)

if PRODUCTION:
    needed = {"DATABASE_URL": DATABASE_URL, "REDIS_URL": REDIS_URL, "SECRET_KEY": text_or_file("SECRET_KEY")}
    needed |= {"ALLOWED_HOSTS": env.str("ALLOWED_HOSTS", default="")}
    if missing := [name for name, value in needed.items() if not value]:
        raise ImproperlyConfigured(f"PRODUCTION=1 needs {', '.join(missing)}; docs/operations.md explains each.")

SECRET_KEY = text_or_file("SECRET_KEY") or kept_secret("secret_key")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "auditserver.apps.AuditAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "adminsortable2",
    "auditserver.apps.ServerConfig",
    "chains.apps.ChainsConfig",
    "standards.apps.StandardsConfig",
    "audits.apps.AuditsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "auditserver.edge.limits.ServerTimeMiddleware",
    "auditserver.edge.connections.KeptConnectionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "auditserver.edge.roles.PageGateMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "auditserver.urls"
WSGI_APPLICATION = "auditserver.wsgi.application"
# A redirect from /x to /x/ would throw a phone's body away.
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "auditserver" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

if EMBEDDED_DATABASE:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / env.str("SQLITE_FILE", default="db.sqlite3"),
            # A process of its own opens the test database too (the worker), so that it is a file.
            "TEST": {"NAME": VAR_DIR / "test.sqlite3"},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: what was acknowledged survives the plug being pulled (rule 4).
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
            },
        }
    }
else:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    # Statements that run over and over keep their plan from the fifth time on; a delivery costs half as much then.
    # 0 where a PgBouncer before 1.21 stands between, which would mix up the plans of its clients.
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = env.int("PREPARE_AFTER", default=5) or None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Nothing that must be right lives in a cache: a process-wide one serves, and no request ever waits for the broker.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "chains.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
# Failures within the window until signing in is shut for one account, and for one address, whatever the door.
LOGIN_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=10)
LOGIN_ADDRESS_LIMIT = env.int("LOGIN_ADDRESS_LIMIT", default=50)
LOGIN_WINDOW_SECONDS = 15 * 60
# How many proxies of our own stand in front; only so many entries of X-Forwarded-For are believed.
NUM_PROXIES = env.int("NUM_PROXIES", default=0)

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "auditserver" / "static"]
# Originals and derivatives of evidence; never served directly. S3 is one setting: STORAGES["evidence"].
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "evidence": {
        "BACKEND": env.str("EVIDENCE_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("EVIDENCE_STORAGE_OPTIONS", default={"location": str(VAR_DIR / "evidence")}),
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files are found where they lie, once at start: there is no collectstatic to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "auditserver.edge.authentication.DeviceAuthentication",
        "auditserver.edge.authentication.PageSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["auditserver.edge.roles.MayGate"],
    "DEFAULT_FILTER_BACKENDS": ["auditserver.edge.scoping.VisibleGate"],
    "DEFAULT_PAGINATION_CLASS": "auditserver.edge.pagination.OpaqueCursor",
    "DEFAULT_RENDERER_CLASSES": ["auditserver.edge.rendering.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["auditserver.edge.limits.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "auditserver.edge.errors.answer_problem",
    "NUM_PROXIES": NUM_PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNICODE_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Audit server",
    "DESCRIPTION": "Mystery-shopper audits: checklists to phones, stars to the people who run branches.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["auditserver.edge.roles.MayGate"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "auditserver.edge.openapi.tell_problems",
    ],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": True,
    "ENUM_NAME_OVERRIDES": {
        "AuditState": "audits.models.Audit.State",
        "AuditKind": "audits.models.Audit.Kind",
        "AssignmentState": "audits.models.Assignment.State",
        "SubmissionState": "audits.models.Submission.State",
        "QuarantineState": "audits.models.Quarantine.State",
        "EvidenceType": "audits.models.Evidence.Type",
        "TrendVerdict": ["rising", "falling", "no clear direction", "too few visits"],
        "RatingState": ["rated", "provisional", "unrated"],
        "PeriodKind": "audits.models.Series.PeriodKind",
        "GroupKind": "chains.models.LocationGroup.Kind",
        "JobState": "chains.models.Job.State",
    },
}

# Celery only rings the bell: the truth about what is to be done lives in the Dirty rows.
BROKER_FOLDER = VAR_DIR / "broker"
BROKER_SOCKET = broker_socket(VAR_DIR)
CELERY_BROKER_URL = REDIS_URL or socket_url(BROKER_SOCKET)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A broker that is gone or hangs costs the one who rings about a second, not a minute (measured: docs/operations.md).
# The intervals count even for a single try: kombu's own default waits two seconds before it gives up.
GIVE_UP_SOON = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
CELERY_BROKER_TRANSPORT_OPTIONS = GIVE_UP_SOON | {
    "socket_timeout": 1.0,
    "socket_connect_timeout": 1.0,
    "unacked_restore_interval": 10,
    "visibility_timeout": 3600,
}
CELERY_BROKER_CONNECTION_TIMEOUT = 1.0
CELERY_TASK_PUBLISH_RETRY_POLICY = GIVE_UP_SOON
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="celery")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Whether work is done is read from the database (/healthz), not asked of workers over the broker.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = "UTC"
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=5.0)
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "audits.tasks.settle",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS * 4},
    },
    "advice": {"task": "audits.tasks.advise", "schedule": 60.0, "options": {"expires": 60}},
    "jobs": {"task": "audits.tasks.tend_jobs", "schedule": 15.0, "options": {"expires": 30}},
    "daily": {"task": "audits.tasks.turn_the_day", "schedule": 600.0, "options": {"expires": 600}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if NUM_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # Swagger UI and the admin set a few styles in place; scripts never are.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

# What the phone protocol promises; PHONE_PROTOCOL and docs/operations.md name each.
RECEIPT_KEYS = text_or_file("RECEIPT_KEYS")
RECEIPT_KEY_FILE = Path(VAR_DIR / "receipt_keys.json")
MINIMUM_APP_VERSION = env.str("MINIMUM_APP_VERSION", default="1.0.0")
PAIRING_MINUTES = 15
DEVICE_DAYS = 180
DEVICE_GRACE_DAYS = 14
MAX_SUBMISSION_BYTES = 4 * 1024 * 1024
# A draft is never refused where its submission would be taken.
MAX_DRAFT_BYTES = MAX_SUBMISSION_BYTES
DRAFT_SECONDS = 60
# A draft of a visit that was called off, declined or given back is kept so long after it was saved last.
DRAFT_DAYS = 30
MAX_EVIDENCE_BYTES = 12 * 1024 * 1024
MAX_EVIDENCE_PER_SUBMISSION = 400
# A submission too large to be read may still come in pieces (tus), for a person of the office to look at.
MAX_LARGE_SUBMISSION_BYTES = 32 * 1024 * 1024
# An unfinished upload waits so long for more.
UPLOAD_DAYS = 30
QUARANTINE_BYTES_PER_PERSON = 64 * 1024 * 1024
