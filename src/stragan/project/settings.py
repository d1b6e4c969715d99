"""Django's settings, all of them following from a few variables of the environment."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from stragan.kit.data_folder import data_dir, is_demo_folder
from stragan.project import environment

DATA_DIR = data_dir()
SECRET_KEY = environment.secret("STRAGAN_SECRET_KEY", "secret-key", "token")
FIELD_KEYS = environment.secret("STRAGAN_FIELD_KEYS", "field-keys", "fernet").split(",")
DEBUG = False

PUBLIC_URL = environment.public_url()
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = sorted({str(_public.hostname), *(environment.LOOPBACK if not IS_HTTPS else set())})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

ALLEGRO_API_URL = os.environ.get("STRAGAN_ALLEGRO_API_URL", "https://api.allegro.pl").rstrip("/")
ALLEGRO_AUTH_URL = os.environ.get("STRAGAN_ALLEGRO_AUTH_URL", "https://allegro.pl").rstrip("/")
ALLEGRO_CLIENT_ID = os.environ.get("STRAGAN_ALLEGRO_CLIENT_ID", "")
ALLEGRO_CLIENT_SECRET = os.environ.get("STRAGAN_ALLEGRO_CLIENT_SECRET", "")
ALLEGRO_APP_NAME = os.environ.get("STRAGAN_ALLEGRO_APP_NAME", "Stragan")
ALLEGRO_INFO_URL = os.environ.get("STRAGAN_ALLEGRO_INFO_URL", "https://stragan.example.org/allegro")
# Public registries of taxpayers: none is asked until its address is set.
GUS_URL = os.environ.get("STRAGAN_GUS_URL", "")
GUS_KEY = os.environ.get("STRAGAN_GUS_KEY", "")
VIES_URL = os.environ.get("STRAGAN_VIES_URL", "")  # https://ec.europa.eu/taxation_customs/vies/rest-api
WHITE_LIST_URL = os.environ.get("STRAGAN_WHITE_LIST_URL", "")  # https://wl-api.mf.gov.pl
IS_DEMO = is_demo_folder(DATA_DIR)

INSTALLED_APPS = [
    "stragan.kit",
    "stragan.companies",
    "stragan.shops",
    "stragan.contractors",
    "stragan.products",
    "stragan.archive",
    "stragan.orders",
    "stragan.warehouse",
    "stragan.documents",
    "stragan.books",
    "stragan.outbox",
    "stragan.web.shell",
    "stragan.web.people",
    "stragan.web.start",
    "stragan.web.orders",
    "stragan.web.documents",
    "stragan.web.settings",
    "stragan.web.products",
    "stragan.web.offers",
    "stragan.web.warehouse",
    "stragan.web.contractors",
    "stragan.web.books",
    "stragan.web.checks",
    "stragan.web.payouts",
    "stragan.web.outbox",
    "stragan.web.changes",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
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
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stragan.web.shell.middleware.CompanyMiddleware",
]

ROOT_URLCONF = "stragan.project.urls"
WSGI_APPLICATION = "stragan.project.wsgi.application"
JOB_WORKER = "stragan.jobs.worker.Worker"  # named here, since commands and jobs do not know each other

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "stragan.web.shell.context.shell",
            ],
            "builtins": ["stragan.web.shell.templatetags.st"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": environment.database(os.environ.get("STRAGAN_DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "companies.User"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kit_cache"}}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "stragan.web.people.adapter.ClosedSignup"
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are vouched for by the owner who invited, not by mail
EMAIL_BACKEND = os.environ.get("STRAGAN_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")

LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", _("Polish")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Warsaw"

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STRAGAN_STATIC_DIR", DATA_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"
# A page holds 200 rows; rows ticked over many pages arrive as one field each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000

SESSION_COOKIE_NAME = "__Host-stragan" if IS_HTTPS else "stragan"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = "__Host-stragan-csrf" if IS_HTTPS else "stragan-csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "stragan.web.shell.errors.csrf_failure"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by containers, without the proxy in between
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("STRAGAN_TRUST_PROXY") == "1" else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

_auth = urlsplit(ALLEGRO_AUTH_URL)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # Connecting a shop posts a form that redirects to Allegro's page of consent.
        "form-action": ["'self'", f"{_auth.scheme}://{_auth.netloc}"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"events": {"()": "stragan.project.logs.EventFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("STRAGAN_LOG_LEVEL", "INFO")},
    "loggers": {"httpx2": {"level": "WARNING"}, "httpcore2": {"level": "WARNING"}},
}
