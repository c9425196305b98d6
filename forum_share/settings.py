"""Settings, from the environment alone (`forum_share.env`); docs/settings.md explains each one.

Promises: production defaults; a missing secret stops the start.
Refuses: a second dialect of SQL, cookies on the machines' doors, anything but the strict CSP below.
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from forum_share import env, logs


BASE_DIR = Path(__file__).resolve().parent.parent
FORUM_HOME = BASE_DIR / env.text("FORUM_HOME", "var")  # an absolute FORUM_HOME wins over BASE_DIR

DEBUG = env.switch("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

# --- The hub -------------------------------------------------------------------------------------

FORUM_KEYS = env.master_keys("FORUM_KEYS")
FORUM_IDENTITY_ID = env.text("FORUM_IDENTITY_ID", "identity--6b1f3c52-9a37-4f0e-8f43-2f6c0d6a5be1")
FORUM_TITLE = env.text("FORUM_TITLE", "Forum Share")
FORUM_CONTACT = env.text("FORUM_CONTACT", "")

# --- Matching ------------------------------------------------------------------------------------

# A trustee's second evaluator: the matching doors alone, over a database of its own.
EVALUATOR_ONLY = env.switch("EVALUATOR_ONLY", default=False)
EVALUATOR_NAME = env.text("EVALUATOR_NAME", "hub")
TOKEN_KEYS = FORUM_HOME / env.text("TOKEN_KEYS", "token-keys")
# Others whose outputs are combined with ours: where they are, and our credential there.
TOKEN_EVALUATORS = env.pairs("TOKEN_EVALUATORS")
TOKEN_EVALUATOR_SECRETS = env.pairs("TOKEN_EVALUATOR_SECRETS")

# --- Limits --------------------------------------------------------------------------------------

MAX_CONTENT_LENGTH = env.number("MAX_CONTENT_LENGTH", 10 * 1024 * 1024)  # bytes
MAX_OBJECTS = env.number("MAX_OBJECTS", 10_000)  # an envelope
PAGE_LIMIT = env.number("PAGE_LIMIT", 1_000)  # objects
PENDING_CAP = env.number("PENDING_CAP", 500)  # unfinished submissions of one member
RETENTION_DAYS = env.number("RETENTION_DAYS", 30)  # raw bodies
CORRELATION_MINUTES = env.number("CORRELATION_MINUTES", 10)
REVIEW_UNDO_SECONDS = env.number("REVIEW_UNDO_SECONDS", 30)  # before a decision takes effect
REVIEW_CLAIM_SECONDS = env.number("REVIEW_CLAIM_SECONDS", 20 * 60)  # one reviewer, one held item
# With less than this share (per cent) and this many bytes free there, nothing is taken in (503).
DISK_GUARD_PATH = env.text("DISK_GUARD_PATH", "/")
DISK_GUARD_SHARE = env.number("DISK_GUARD_SHARE", 10)
DISK_GUARD_BYTES = env.number("DISK_GUARD_BYTES", 2 * 1024**3)

# --- Database and broker -------------------------------------------------------------------------

DATABASE_ROLE = env.text("DATABASE_ROLE", "")
DATABASES = {
    "default": env.database(
        "DATABASE_URL",
        role=DATABASE_ROLE,
        statement_timeout=env.text("DATABASE_STATEMENT_TIMEOUT", "0"),
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# An evaluator alone has no worker to ring for.
REDIS_URL = "unix:///nonexistent" if EVALUATOR_ONLY else env.text("REDIS_URL")
CELERY_BROKER_URL = env.broker_url(REDIS_URL)  # the same server in Celery's notation

# --- Doors ---------------------------------------------------------------------------------------

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
# First path segments that speak TAXII: no cookies, no sessions, errors as TAXII error resources.
TAXII_SEGMENTS = frozenset({"taxii2", "forum"})
# The same for the REST API, with problem details (RFC 9457) as errors.
REST_SEGMENTS = frozenset({"api"})

ROOT_URLCONF = "forum_share.evaluator_urls" if EVALUATOR_ONLY else "forum_share.urls"
WSGI_APPLICATION = "forum_share.wsgi.application"
APPEND_SLASH = False  # a redirect loses a POST's body and a client's credentials

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "indicators",
]

# From Sessions on, a layer is for people only: the classes of forum_share.middleware step aside
# for TAXII and REST, which neither read nor set a cookie.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "forum_share.middleware.Edge",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "forum_share.middleware.Sessions",
    "forum_share.middleware.CrossSiteRequests",
    "forum_share.middleware.Authentication",
    "forum_share.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# W003 looks for Django's CSRF class by name; CrossSiteRequests is that class.
SILENCED_SYSTEM_CHECKS = ["security.W003"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "forum_share" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    # Default deny: a view that forgets to say who may call it can be called by nobody.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "UNAUTHENTICATED_USER": None,
}

# Larger bodies are the TAXII door's to refuse, with its own words (413).
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_CONTENT_LENGTH

# --- Static files --------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "forum_share" / "static"]
# Served from the packages' own folders: no collectstatic step that can be forgotten or go stale.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# --- People --------------------------------------------------------------------------------------

SESSION_COOKIE_AGE = 30 * 60  # seconds without a request
SESSION_SAVE_EVERY_REQUEST = True
SESSION_ABSOLUTE_AGE = 8 * 60 * 60  # seconds since login, whatever happens (middleware.Sessions)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "landing"
LOGOUT_REDIRECT_URL = "landing"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 14},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Transport -----------------------------------------------------------------------------------

# On wherever a TLS proxy stands in front, that is everywhere but on a developer's own machine.
FORUM_TLS = env.switch("FORUM_TLS", default=True)
if FORUM_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = FORUM_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes come from inside, in clear
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if FORUM_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = FORUM_TLS
CSRF_COOKIE_SECURE = FORUM_TLS
# The prefix makes browsers refuse the cookie from a subdomain or over clear HTTP.
SESSION_COOKIE_NAME = "__Host-session" if FORUM_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if FORUM_TLS else "csrf"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), payment=(), usb=()"
)

# --- Language, time, logs ------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

LOGGING_CONFIG = "forum_share.logs.configure"
LOGGING = logs.configuration(env.text("LOG_LEVEL", "INFO"))
