"""Settings of the Django project, read from the environment; importing this module writes nothing.

===========================  ===============================================================================
variable                     meaning
===========================  ===============================================================================
`TALENTCITY_HOME`            folder of the database and the secret key (default `talentcity-data`)
`DATABASE_URL`               another database, such as `postgresql://user:secret@host/name` (default: SQLite)
`TALENTCITY_SECRET_KEY`      the secret key (default: made once and kept in the folder, readable by its owner)
`TALENTCITY_HOSTS`           names under which the office is reached, joined by commas (besides this machine)
`TALENTCITY_HTTPS`           `1`: reached by HTTPS only; cookies are then sent over HTTPS alone
`TALENTCITY_DEMO_CITY`       `1`: a sample city; everybody may sign in in any role by one click
`TALENTCITY_ON`              a fixed "today" for the sample city, such as 2026-09-01
`TALENTCITY_PROMISE`         another promise than the one of the package: the path of its TOML file
`TALENTCITY_THREADS`         threads with which a plan is found (default: all processors that the worker may use)
===========================  ===============================================================================
"""

from __future__ import annotations

import os
import secrets
from datetime import date
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

OFFICE = Path(__file__).resolve().parent


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes")


def _day(name: str) -> date | None:
    word = os.environ.get(name, "").strip()
    try:
        return date.fromisoformat(word) if word else None
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {word!r}; expected a day such as 2026-09-01.") from None


def _secret_key(kept: Path) -> str:
    """The key of the environment, else the kept one, else one for this process alone (see boot.prepare)."""
    given = os.environ.get("TALENTCITY_SECRET_KEY", "")
    if given:
        return given
    return kept.read_text(encoding="ascii").strip() if kept.is_file() else secrets.token_urlsafe(50)


def _database(url: str) -> dict[str, object]:
    found = dict(dj_database_url.parse(url, conn_health_checks=True, conn_max_age=60))
    if found["ENGINE"] == "django.db.backends.sqlite3":
        # DEFERRED loses concurrent writes to lock errors, IMMEDIATE waits for its turn.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
        }
    return found


def _threads() -> int:
    word = os.environ.get("TALENTCITY_THREADS", "").strip()
    if word and not (word.isdecimal() and int(word)):
        raise ImproperlyConfigured(f"TALENTCITY_THREADS is {word!r}; expected a whole number of at least 1.")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return int(word) if word else usable or 1


TALENTCITY_HOME = Path(os.environ.get("TALENTCITY_HOME") or "talentcity-data").resolve()
SECRET_KEY_FILE = TALENTCITY_HOME / "secret-key"
DEMO_CITY = _flag("TALENTCITY_DEMO_CITY")
TALENTCITY_ON = _day("TALENTCITY_ON")
TALENTCITY_PROMISE = os.environ.get("TALENTCITY_PROMISE", "")
PLAN_THREADS = _threads()

DEBUG = False
SECRET_KEY = _secret_key(SECRET_KEY_FILE)
_HOSTS = [name.strip() for name in os.environ.get("TALENTCITY_HOSTS", "").split(",") if name.strip()]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *_HOSTS]

INSTALLED_APPS = [
    "talentcity.office.accounts",
    "talentcity.office.records",
    "talentcity.office.promises",
    "talentcity.office.planning",
    "talentcity.office.uploads",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_q",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "talentcity.office.accounts.middleware.sign_in_as_a_page",
]
ROOT_URLCONF = "talentcity.office.urls"
WSGI_APPLICATION = "talentcity.office.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [OFFICE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "talentcity.office.accounts.context.shell",
            ],
        },
    }
]

DATABASES = {"default": _database(os.environ.get("DATABASE_URL") or f"sqlite:///{TALENTCITY_HOME / 'office.sqlite3'}")}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [OFFICE / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [folder for folder in (OFFICE / "static",) if folder.is_dir()]
WHITENOISE_USE_FINDERS = True  # the files of the package are served as they lie: nothing is collected first
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "talentcity.office.accounts.views.not_trusted"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []
if _flag("TALENTCITY_HTTPS"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in _HOSTS]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

Q_CLUSTER = {
    "name": "talentcity",
    "orm": "default",
    "workers": 1,  # a plan run takes the machine for itself; a second one waits
    "daemonize_workers": False,  # a worker starts the engines in a process of its own
    "queue_limit": 1,
    "bulk": 1,
    "recycle": 1,  # memory goes back after each run
    # A task that is not acknowledged within `retry` seconds comes back. A run that lives renews its claim
    # (planning.claims), so the task of a killed worker comes back within a minute, however long a run may take.
    "timeout": 50,
    "retry": 60,
    "max_attempts": 3,
    "ack_failures": True,  # a run that failed says why on its own row; trying the same again would fail again
    "save_limit": 100,
    "catch_up": False,
    "scheduler": False,
    "poll": 0.5,
    "label": "TalentCity",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"talentcity": {"level": "INFO"}, "waitress.queue": {"level": "ERROR"}},
}
