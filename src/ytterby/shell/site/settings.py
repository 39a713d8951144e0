"""Django's settings. The register that is open says where database, keys and secret lie (`site.register`)."""

import os
from typing import Any

from ytterby.shell.site.database import sqlite_settings

# Set by `site.register.open_register`; importable without a register, for checks and type stubs.
SECRET_KEY = os.environ.get("YTTERBY_SECRET", "no register is open")
YTTERBY_DEMO = False
YTTERBY_KEYS = ""
YTTERBY_ADDRESS = ""

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "ytterby.shell.site.urls"
WSGI_APPLICATION = "ytterby.shell.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "ytterby.shell.store",
    "ytterby.shell.portal",
]

MIDDLEWARE = [
    "ytterby.shell.portal.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ]
        },
    }
]

# Replaced by the database of the register that is opened (`site.database`).
DATABASES: dict[str, dict[str, Any]] = {"default": sqlite_settings(":memory:")}

SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
# Of Django's own users nothing is installed but how passwords are hashed (docs/decisions/0010).
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ytterby.shell.portal.not_found.form_expired"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_HANDLERS = ["ytterby.shell.portal.upload.HeldInMemory"]

# Where mails go; without a server they wait (`actions.deliver`). A demo writes them into files of its folder.
EMAIL_HOST = os.environ.get("YTTERBY_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("YTTERBY_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("YTTERBY_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("YTTERBY_MAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("YTTERBY_MAIL_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
YTTERBY_MAIL_FROM = os.environ.get("YTTERBY_MAIL_FROM", "")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
# Static files are served from the package itself; nothing is collected or built.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
