"""Django's settings, derived from `netterms.site.config`. No secrets and no choices live here."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from netterms.site.config import Database, config

CONFIG = config()
ROOT = Path(__file__).resolve().parent.parent

SECRET_KEY = CONFIG.secret_key
DEBUG = CONFIG.debug
ALLOWED_HOSTS = list(CONFIG.hosts)
ROOT_URLCONF = "netterms.site.urls"
WSGI_APPLICATION = "netterms.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before allauth: their templates go before allauth's own.
    "netterms.doors.look",
    "netterms.doors.console",
    "netterms.doors.portal",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "netterms.store",
    "netterms.access",
    "netterms.buyers",
    "netterms.screening",
    "netterms.terms",
    "netterms.statements",
    "netterms.receivables",
    "netterms.scoring",
    "netterms.scoring.payers",
    "netterms.insurance",
    "netterms.limits",
    "netterms.checkout",
    "netterms.monitoring",
    "netterms.early_payment",
    "netterms.collection",
    "netterms.reports",
    "netterms.webhooks",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "netterms.doors.console.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "netterms.doors.api.errors.as_problems",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "netterms.doors.console.middleware.CurrentSeller",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "netterms.doors.console.context.console",
            ],
        },
    },
]


def _alias(database: Database) -> dict[str, Any]:
    return {
        "ENGINE": "netterms.store.postgres",
        "NAME": database.name,
        "USER": database.user,
        "PASSWORD": database.password,
        "HOST": database.host,
        "PORT": database.port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": database.options(),
    }


# "default" is the application's lesser role; "owner" runs migrations and lists sellers.
DATABASES = {"default": _alias(CONFIG.app_database), "owner": _alias(CONFIG.owner_database)}

# Failed sign-ins and used codes count for all processes together.
CACHES = {"default": {"BACKEND": "netterms.store.remembered.Remembered"}}

# Which event wakes which handler.
WOKEN = "netterms.wiring.WOKEN"

AUTH_USER_MODEL = "access.User"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "netterms.doors.console.accounts.InvitationOnly"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {"reset_password": "netterms.doors.console.lost_password.AskForMail"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
# Throttled sign-in: five failures on one address or twenty from one place in five minutes.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/5m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "netterms"
# People are invited by their seller, so nobody has to prove an address before a second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = CONFIG.https
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
# Served from where the packages keep them: nothing has to be collected first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = CONFIG.debug

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CONFIG.https
CSRF_COOKIE_SECURE = CONFIG.https
SECURE_SSL_REDIRECT = CONFIG.https
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A file of 5 MiB in base64, and what is told of it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 7 * 2**20

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if CONFIG.smtp_host
    else "netterms.connectors.mail.folder.EmailBackend"
)
EMAIL_TIMEOUT = 10
EMAIL_HOST = CONFIG.smtp_host
EMAIL_PORT = CONFIG.smtp_port
EMAIL_HOST_USER = CONFIG.smtp_user
EMAIL_HOST_PASSWORD = CONFIG.smtp_password
EMAIL_USE_TLS = CONFIG.smtp_tls and bool(CONFIG.smtp_host)
DEFAULT_FROM_EMAIL = CONFIG.mail_from

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "netterms.site.log.Line",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
