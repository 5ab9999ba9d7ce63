"""All settings of Toile, in one file, driven by the environment.

Nothing set: SQLite, in-memory live updates, tasks in process. `DATABASE_URL` and `REDIS_URL`
move the same code to PostgreSQL and Redis. `DEMO=1` adds demo payments and one-click roles.
Every name read here is described in docs/deploy.md.
"""

import logging
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# -- How this process runs ------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
# Over plain HTTP on one's own machine, secure cookies would lock everybody out.
HTTPS = env.bool("HTTPS", not (DEBUG or DEMO))
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)
REDIS_URL = env("REDIS_URL", default="")
# The ticker and the task threads live in the web process unless a worker runs beside it.
EMBEDDED_WORKER = env.bool("EMBEDDED_WORKER", not REDIS_URL)
# Ballots are gathered by a thread and written together; without it each is a transaction.
VOTE_WRITER_THREAD = env.bool("VOTE_WRITER_THREAD", True)
# Domains of throw-away mailboxes beside those we know: a signal at votes, never a refusal.
THROWAWAY_DOMAINS = env.list("THROWAWAY_DOMAINS", default=[])
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", 1)
HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", 8000)
PUBLIC_URL = env("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}")
# Only with a proxy in front that sets the X-Forwarded headers itself may they be believed.
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
# Whose X-Forwarded headers: of a chain of addresses the last that is none of these is the
# visitor. What a visitor writes in front of it is never believed.
PROXY_ADDRESSES = env(
    "PROXY_ADDRESSES",
    default="127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7",
)

SECRET_KEY = env("SECRET_KEY", default="insecure-development-key" if DEBUG or DEMO else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY (or DEMO=1 to try Toile out).")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG or DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# -- Applications ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.admin",
    "channels",
    "django_htmx",
    "django_cotton",
    "django_tasks",
    "huey.contrib.djhuey",
    "django_structlog",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "core",
    "fans",
    "designs",
    "voting",
    "presale",
    "demo",
    "config",
]
MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.logs.RequestLog",
    "config.middleware.SmallPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "fans.middleware.PreferencesMiddleware",
    "fans.middleware.GuestMiddleware",
    "fans.middleware.SecondFactorMiddleware",
    "config.middleware.RefusalPages",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": ["core.templatetags.toile"],
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "core.forms.Renderer"

# -- Data -----------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'toile.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a transaction that will write takes the lock at its start and waits for it,
    # instead of failing half-way with "database is locked". FULL: an acknowledged write is on disk.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728;"
        ),
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["ATOMIC_REQUESTS"] = False

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "core.cache.ForgivingCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
    }
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 20000},
        }
    }
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            # The hub is the only member: it must neither be dropped after a day nor miss the
            # messages of a busy moment.
            "CONFIG": {"capacity": 100_000, "group_expiry": 10 * 365 * 86_400},
        }
    }

# -- Background work ------------------------------------------------------------------------
HUEY = {
    "name": "toile",
    # Otherwise huey runs tasks in the caller's transaction whenever DEBUG is on.
    "immediate": False,
    "results": True,
    "consumer": {"workers": 2, "worker_type": "thread"},
}
if REDIS_URL:
    HUEY |= {"huey_class": "huey.RedisExpireHuey", "url": REDIS_URL, "expire_time": 86400}
else:
    HUEY |= {"huey_class": "huey.SqliteHuey", "filename": str(DATA_DIR / "tasks.sqlite3")}
TASKS = {
    "default": {
        "BACKEND": "huey.contrib.djhuey.tasks_backend.HueyBackend",
        "ENQUEUE_ON_COMMIT": True,
    }
}

# -- People ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "fans.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Behind one proxy the client's address is the last one it names; limits per address need it.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("BEHIND_PROXY", False) else 0
ACCOUNT_ADAPTER = "fans.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 3
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "confirm_login_code": "fans.forms.LoginCodeForm",
    "confirm_email_verification_code": "fans.forms.AddressCodeForm",
    "confirm_password_reset_code": "fans.forms.ResetCodeForm",
    "add_email": "fans.account_forms.AnotherAddressForm",
    "set_password": "fans.account_forms.NewPasswordForm",
    "change_password": "fans.account_forms.OtherPasswordForm",
    "reset_password": "fans.account_forms.ForgottenPasswordForm",
    "reset_password_from_key": "fans.account_forms.RenewedPasswordForm",
    "reauthenticate": "fans.account_forms.OnceMoreForm",
}
MFA_FORMS = {
    "authenticate": "fans.account_forms.SecondFactorForm",
    "reauthenticate": "fans.account_forms.SecondFactorAgainForm",
    "activate_totp": "fans.account_forms.AppForm",
    "add_webauthn": "fans.account_forms.KeyForm",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
MFA_ADAPTER = "fans.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
MFA_TOTP_ISSUER = env("SITE_NAME", default="Toile")
# Operators and the teams of brands need a second factor before they reach their pages.
REQUIRE_STAFF_MFA = env.bool("REQUIRE_STAFF_MFA", HTTPS and not DEMO)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
# In a signed cookie, unless they are too long for one: a word about a vote writes no session.
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# -- Words ----------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
SITE_NAME = env("SITE_NAME", default="Toile")
SITE_TAGLINE = _("Choose it. Refine it. Then it gets made.")

# -- Files ----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "core.assets.ManifestStorage"
    },
}
# Before anything was collected (tests, a fresh clone) files come from their sources.
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()
# Their sizes may change while the server runs, so they are looked at each time.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS
UPLOAD_MAX_BYTES = 30 * 1024 * 1024
UPLOAD_MAX_PIXELS = 64_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = [
    "core.uploads.SizeLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o640

# -- Mail -----------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="dummymail://" if DEMO else "consolemail://"))
# A mail server that does not answer must not hold the sender for ever.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Toile <hello@localhost>")

# -- Money ----------------------------------------------------------------------------------
# "demo" is allowed only with DEMO=1 (or under tests); Stripe's keys turn the real one on.
STRIPE_API_KEY = env("STRIPE_API_KEY", default="")
# Several while they are changed: an event signed with any of them is taken.
STRIPE_WEBHOOK_SECRET = env.list("STRIPE_WEBHOOK_SECRET", default=[])
# Ways to pay beside cards, as Stripe names them: alipay, wechat_pay.
STRIPE_METHODS = env.list("STRIPE_METHODS", default=[])
# Another address of Stripe's API, for tests.
STRIPE_API_BASE = env("STRIPE_API_BASE", default="").rstrip("/")
_provider = "demo" if DEMO else "stripe" if STRIPE_API_KEY else ""
PAYMENT_PROVIDER = env("PAYMENT_PROVIDER", default=_provider)
# Where forms that start a payment lead to by a redirect: the page to pay, the holder's bank.
PAYMENT_HOSTS = {"stripe": ["https://checkout.stripe.com", "https://hooks.stripe.com"]}.get(
    PAYMENT_PROVIDER, []
)
if STRIPE_API_BASE:
    PAYMENT_HOSTS.append(STRIPE_API_BASE)

# -- Safety ---------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *PAYMENT_HOSTS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# -- Logs -----------------------------------------------------------------------------------
_shared = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
]
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOG_FORMAT = env("LOG_FORMAT", default="console" if DEBUG or DEMO else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": _shared,
        },
        "console": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(colors=False),
            "foreign_pre_chain": _shared,
        },
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        # One line per request is enough; the server's own would be a second.
        "uvicorn": {"level": "WARNING"},
        "huey": {"level": "WARNING"},
        # Its client tells each request, and at DEBUG what is in it.
        "stripe": {"level": "WARNING"},
        # Tells interim counts at every step.
        "votelib": {"level": "WARNING"},
        # Would repeat what RequestLog says, with addresses.
        "django.request": {"handlers": ["nowhere"], "propagate": False},
    },
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
