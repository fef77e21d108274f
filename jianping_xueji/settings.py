"""All settings, read from the environment (bin/demo, bin/test, bin/manage and the compose file set it)."""

import os
from datetime import date, timedelta
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF

from jianping_xueji import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# --- how this process runs -------------------------------------------------------------------------------------------

DEBUG = environment.switch("DEBUG")
DEMO = environment.switch("DEMO")
# A demo speaks plain http on the loopback; everything else that is not debugging is a production site behind https.
PRODUCTION = not (DEBUG or DEMO)

SECRET_KEY = environment.required("SECRET_KEY")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "127.0.0.1,localhost" if not PRODUCTION else "")
if DEMO:
    environment.only_here(ALLOWED_HOSTS)
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

# The legal date of demo and tests; None means the machine's date in Asia/Shanghai.
LEGAL_DATE = date.fromisoformat(os.environ["LEGAL_DATE"]) if os.environ.get("LEGAL_DATE") else None

# Confidential data (jianping_xueji.vault): "id:base64[,id:base64]", the first key is the current one.
VAULT_MASTER_KEYS = environment.required("VAULT_MASTER_KEYS")
VAULT_INDEX_KEY = environment.required("VAULT_INDEX_KEY")
VAULT_ALGORITHM = os.environ.get("VAULT_ALGORITHM") or "intl"

# Where the daily anchors of the audit go: a folder of another machine, under another administrator.
AUDIT_ANCHOR_DIR = Path(os.environ.get("AUDIT_ANCHOR_DIR") or VAR_DIR / "anchors")
# The anchor also carries the SM3 digest of the chain's head (国密), for whoever must show one.
AUDIT_SM3 = environment.switch("AUDIT_SM3")

# --- applications ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "csp",
    "guardian",
    "django_fsm",
    "pgtrigger",
    "pghistory",
    "jianping_xueji.audit",
    "jianping_xueji.jobs",
    "jianping_xueji.vault",
    "jianping_xueji.data_levels",
    "law",
    "schools",
    "accounts",
    "approvals",
    "students",
    "archives",
    "transfers",
    "suspensions",
    "supervision",
    "reports",
    "jianping_xueji.rotation",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "jianping_xueji.bad_input.RefuseUnstorable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Outside of everything that may refuse: what was shown, and to whom, is written before it is sent.
    "jianping_xueji.audit.middleware.Witness",
    "accounts.identity.gate.Gate",
    # Deny by default: a page for strangers says so itself.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jianping_xueji.audit.middleware.Context",
    # Innermost: it answers for the view while an officer looks at another day.
    "supervision.as_of.AsOf",
]
# Only requests that may write tell the history who asked and where.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

ROOT_URLCONF = "jianping_xueji.urls"
FORM_RENDERER = "jianping_xueji.forms.OfficeRenderer"
WSGI_APPLICATION = "jianping_xueji.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["jianping_xueji.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jianping_xueji.context.office",
            ],
        },
    }
]

# --- database --------------------------------------------------------------------------------------------------------

# The application role: owns nothing. Migrations run with DATABASE_URL set to the owner's address (bin/manage does it).
DATABASE_URL = environment.required("DATABASE_URL")
DATABASES = {
    "default": environment.postgres(DATABASE_URL)
    | {
        # Web processes keep connections (they set 60); workers and tests do not.
        "CONN_MAX_AGE": int(os.environ.get("CONN_MAX_AGE", "0")),
        "CONN_HEALTH_CHECKS": True,
    }
}

# The login that alone may seal the audit, in the process that seals; the web must not know it.
DATABASE_SEAL_URL = os.environ.get("DATABASE_SEAL_URL", "")

# --- people ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian would otherwise create a user row nobody answers for
GUARDIAN_MONKEY_PATCH_USER = False

LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# A demo has accounts everybody knows: nothing is proved there twice, and it stays on its own machine (see below).
SECOND_FACTOR_REQUIRED = environment.switch("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
REAUTHENTICATE = environment.switch("REAUTHENTICATE", default=PRODUCTION)
ONE_ACTIVE_SESSION = environment.switch("ONE_ACTIVE_SESSION", default=PRODUCTION)
ACCOUNT_SEALED_AFTER_DAYS = int(os.environ.get("ACCOUNT_SEALED_AFTER_DAYS") or (90 if PRODUCTION else 0))

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(minutes=30).total_seconds())  # idle time; accounts.identity prolongs it
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- headers and cookies ---------------------------------------------------------------------------------------------

# No inline script or style anywhere; data: only for the pictures Bootstrap keeps in its stylesheet.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# Our own proxy in front tells the scheme and the address of the browser; without it neither is believed.
BEHIND_PROXY = environment.switch("BEHIND_PROXY")
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = environment.switch("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # Preloading is a request to the browser makers for the whole domain; a county office does not own gov.cn.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LOCALE_PATHS = [BASE_DIR / "jianping_xueji" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- files -----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or VAR_DIR / "static")
# Hashed file names need a collectstatic run; tests and debugging read the source folders instead.
COLLECTED_STATIC = environment.switch("COLLECTED_STATIC", default=not DEBUG)
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
MEDIA_DIR = Path(os.environ.get("MEDIA_DIR") or VAR_DIR / "media")
MEDIA_ROOT = MEDIA_DIR
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# Never to a temporary file: what people upload holds names and numbers.
FILE_UPLOAD_HANDLERS = ["jianping_xueji.uploads.InMemory"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 40

# --- background work -------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = environment.required("REDIS_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    # A broker that is down must not hold up the page that wanted to ring: the sweeper rings later.
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_max": 0.1,
}
# Only a worker that has the sealing login takes these: `-Q sealing`.
CELERY_TASK_ROUTES = {"jianping_xueji.audit.tasks.*": {"queue": "sealing"}}
CELERY_TASK_IGNORE_RESULT = True  # results stand in the Job row
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# KiB at its peak; a worker that has grown beyond it is replaced after its task. Laying out prints takes the most, some
# 440 MB for a part: a limit below that would start a process, and read the fonts, for every part.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 480_000
CELERY_TASK_SOFT_TIME_LIMIT = 30 * 60
CELERY_TASK_TIME_LIMIT = 35 * 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    # Rings again for jobs whose ring or worker was lost. A ring nobody took within the interval is not worth keeping.
    "sweep-jobs": {
        "task": "jianping_xueji.jobs.tasks.sweep",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 12},
    },
    "seal-audit": {
        "task": "jianping_xueji.audit.tasks.seal",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 25},
    },
    # One job a day each, whoever rings first; the later hours are there for a beat that was down.
    "check-deadlines": {
        "task": "jianping_xueji.jobs.tasks.daily",
        "args": ("deadlines.check",),
        "schedule": crontab(minute=10),
        "options": {"expires": 3000},
    },
    "anchor-audit": {
        "task": "jianping_xueji.audit.tasks.anchor",
        "schedule": crontab(minute=55),
        "options": {"expires": 3000},
    },
    # After the check; who was reminded today is not reminded again.
    "remind-people": {
        "task": "jianping_xueji.jobs.tasks.daily",
        "args": ("reminders.write",),
        "schedule": crontab(minute=25),
        "options": {"expires": 3000},
    },
    "mail-reminders": {
        "task": "supervision.tasks.mail",
        "schedule": crontab(minute=40),
        "options": {"expires": 3000},
    },
    "watch-reading": {
        "task": "supervision.tasks.watch_reading",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 240},
    },
    "detect-problems": {
        "task": "jianping_xueji.jobs.tasks.daily",
        "args": ("problems.detect",),
        "schedule": crontab(minute=40),
        "options": {"expires": 3000},
    },
}

# --- mail ------------------------------------------------------------------------------------------------------------

# Any SMTP server; without one (demo, tests) a mail is written to the console of the worker.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.switch("EMAIL_USE_TLS")
EMAIL_USE_SSL = environment.switch("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or EMAIL_HOST_USER or "xueji@localhost"
# The address of the site as people type it, for links in mails.
SITE_ADDRESS = os.environ.get("SITE_ADDRESS", "").rstrip("/")

# --- logs ------------------------------------------------------------------------------------------------------------

# To the console only, and nobody logs names or numbers of children: paths and ids at most, of a fault no message.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "jianping_xueji.faults.WithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # WeasyPrint and fontTools narrate every font table.
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
