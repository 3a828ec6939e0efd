"""All settings. Values come from the environment; the defaults are safe for one machine on loopback."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environment.text("GONGYING_VAR", str(BASE_DIR / "var")))
VERSION = "0.1.0"

# On screen the product carries the installation's own name (spec decision 16).
PRODUCT_NAME = environment.text("GONGYING_NAME") or _("Gongying Property Service")
COMPANY_NAME = environment.text("GONGYING_COMPANY", "")

DEBUG = environment.boolean("GONGYING_DEBUG", default=False)
SECRET_KEY = environment.secret("GONGYING_SECRET_KEY", VAR_DIR / "secret-key")
ALLOWED_HOSTS = environment.words("GONGYING_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = environment.boolean("GONGYING_HTTPS", default=False)
CSRF_TRUSTED_ORIGINS = environment.words("GONGYING_TRUSTED_ORIGINS")
# Where browsers find the push process; empty: /push/ on the page's own origin (behind a proxy); ":8001/push/": another
# port of the page's own host.
PUSH_URL = environment.text("GONGYING_PUSH_URL")

INSTALLED_APPS = [
    "gongying.common",
    "gongying.accounts",
    "gongying.events",
    "gongying.files",
    "gongying.imports",
    "gongying.organization",
    "gongying.estates",
    "gongying.authority",
    "gongying.briefings",
    "gongying.moods",
    "gongying.group_chats",
    "gongying.checklists",
    "gongying.customers",
    "gongying.schedule",
    "gongying.improvements",
    "gongying.notifications",
    "gongying.interactions",
    "gongying.servicedesk",
    "gongying.custody",
    "gongying.reception",
    "gongying.visits",
    "gongying.handover",
    "gongying.joint_reviews",
    "gongying.fitouts",
    "gongying.mediation",
    "gongying.workbench",
    "gongying.reports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "gongying.common.staticfiles.OwnStaticFiles",
    # Behind `common`, whose templates for forms and fields come first.
    "django.forms",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rules",
]

MIDDLEWARE = [
    "gongying.common.stack_room.room_for_frames",
    "gongying.common.observation.observe",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gongying.common.middleware.content_security_policy",
    "gongying.common.middleware.unkept_pages",
    "gongying.common.middleware.one_edition",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gongying.accounts.middleware.language",
    "gongying.common.middleware.api_problems",
    "gongying.files.middleware.limit_uploads",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gongying.organization.middleware.watch_employment",
    "gongying.accounts.middleware.require_login",
    "gongying.accounts.middleware.require_own_password",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gongying.common.middleware.forms_lead_on",
    "gongying.common.middleware.messages_with_fragments",
    "gongying.common.middleware.readable_address",
    "gongying.common.middleware.RefusedMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", ["django.template.loaders.app_directories.Loader"])],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongying.common.context.installation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "gongying.common.templatetags.formats",
                "gongying.common.templatetags.components",
                "gongying.common.templatetags.lines",
            ],
        },
    }
]

DATABASE_URL = environment.text("DATABASE_URL", "postgresql://gongying@/gongying")
DATABASES = {
    "default": environment.database(
        DATABASE_URL,
        # A pool per process. It has a connection for each thread: who waits does so because the database is in trouble. The pool's
        # pauses between attempts double; these limits (seconds) keep pages from waiting when it is long back.
        **(
            {}
            if environment.boolean("GONGYING_NO_POOL", default=False)
            else {
                "pool": {
                    "min_size": 1,
                    "max_size": environment.integer("GONGYING_POOL", 8),
                    "timeout": 5,
                    "reconnect_timeout": 1,
                }
            }
        ),
    )
}

# A job stands beside the operation that defers it (style.md).
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "operations"

CACHES = {
    # Shared between processes, so that lock-out after failed log-ins counts everywhere.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "common_cache"},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "gongying.accounts.backends.NameOrPhoneBackend",
    "gongying.organization.backends.RoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "gongying.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "gongying.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_FORMS = {
    "login": "gongying.accounts.forms.LoginForm",
    "change_password": "gongying.accounts.forms.ChangePasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/m/ip,5/300s/key"}
# Proxies in front that each add to X-Forwarded-For; none: the address is the connection's own.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.integer("GONGYING_PROXIES", 1 if HTTPS else 0)
# Of one token, or of one person's browser; 0: no limit. Failed tokens count against the address they come from.
# Group bots on this machine, for tests and trials: everywhere else only HTTPS on the public internet.
WEBHOOKS_ON_LOOPBACK = environment.boolean("GONGYING_WEBHOOKS_ON_LOOPBACK", default=False)

API_CALLS_PER_MINUTE = environment.integer("GONGYING_API_CALLS_PER_MINUTE", 600)
API_FAILURES_PER_MINUTE = 30
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = PRODUCT_NAME
MFA_FORMS = {"activate_totp": "gongying.accounts.forms.ActivateTOTPForm"}

SESSION_ENGINE = "gongying.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = environment.text("GONGYING_SESSION_COOKIE", "gongying_session")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [VAR_DIR / "frontend"] if (VAR_DIR / "frontend").is_dir() else []
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": environment.text("GONGYING_STORAGE", "django.core.files.storage.FileSystemStorage")},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or environment.boolean("GONGYING_PLAIN_STATIC", default=False)
        else "gongying.common.storage.StaticStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CSRF_FAILURE_VIEW = "gongying.common.views.errors.csrf_failure"

# Uploads: a photo or a workbook, not a film; per file, and per request. Larger bodies are refused before they are read.
UPLOAD_LIMIT_BYTES = environment.integer("GONGYING_UPLOAD_LIMIT", 20 * 1024 * 1024)
UPLOAD_REQUEST_BYTES = 3 * UPLOAD_LIMIT_BYTES
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Invitations go out by e-mail where a mail server is named; else nothing is written.
EMAIL_HOST = environment.text("GONGYING_EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
EMAIL_PORT = environment.integer("GONGYING_EMAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("GONGYING_EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("GONGYING_EMAIL_PASSWORD")
EMAIL_USE_TLS = environment.boolean("GONGYING_EMAIL_TLS", default=False)
EMAIL_USE_SSL = environment.boolean("GONGYING_EMAIL_SSL", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.text("GONGYING_EMAIL_FROM", EMAIL_HOST_USER or "gongying@localhost")

# The header in which a proxy in front gives each request its number; empty: each gets one here.
REQUEST_ID_HEADER = environment.text("GONGYING_REQUEST_ID_HEADER")
# Who may read /metrics from another machine; without it only this machine.
METRICS_TOKEN = environment.text("GONGYING_METRICS_TOKEN")
# Statements that take longer are logged, without their values; 0: none.
SLOW_QUERY_SECONDS = environment.integer("GONGYING_SLOW_QUERY_MS", 500) / 1000
# A line for each request: view, status, milliseconds.
LOG_REQUESTS = environment.boolean("GONGYING_LOG_REQUESTS", default=False)
# The administrator is told when the last backup is older; 0: never.
BACKUP_DAYS = environment.integer("GONGYING_BACKUP_DAYS", 2)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"text": {"()": "gongying.common.logs.Lines"}, "json": {"()": "gongying.common.logs.JsonLines"}},
    "handlers": {
        "stderr": {
            "class": "gongying.common.logs.Handler",
            "formatter": "json" if environment.text("GONGYING_LOG_FORMAT") == "json" else "text",
        }
    },
    # A line for every job and every poll would bury what matters.
    "loggers": {"procrastinate": {"level": "WARNING"}},
    "root": {"handlers": ["stderr"], "level": environment.text("GONGYING_LOG_LEVEL", "INFO")},
}
