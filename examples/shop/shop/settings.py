"""Plain Django. What is of this installation lies in SHOP_HOME and the environment."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("SHOP_HOME", HERE.parent / "var"))
HOME.mkdir(parents=True, exist_ok=True)


def kept(name: str) -> str:
    """A secret that is made once and kept where only its owner reads."""
    file = HOME / name
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(32))
    return file.read_text()


SECRET_KEY = kept("secret_key")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "shop",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "shop.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "shop.views.everywhere",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "shop.sqlite3",
        # SQLite locks no row: without this an answer and a webhook at one moment are "locked".
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "sign-in", "catalogue", "catalogue"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [HERE / "locale"]
USE_TZ = True

# The credit: which server, with which key, and who signs its messages.
NETTERMS_URL = os.environ.get("NETTERMS_URL", "http://127.0.0.1:8000")
NETTERMS_API_KEY = os.environ.get("NETTERMS_API_KEY", "")
WEBHOOK_SECRET_FILE = HOME / "webhook_secret"
