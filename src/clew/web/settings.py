"""Django's settings, made from `CLEW_*` alone (see `environment.py`); secure unless somebody says otherwise."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from clew.web.environment import MINUTE, database, mail, origin_of, read_environment, secret_key

CLEW = read_environment()
HERE = Path(__file__).resolve().parent

DEBUG = CLEW["CLEW_DEBUG"]
SECRET_KEY = secret_key(CLEW)
ALLOWED_HOSTS = list(CLEW["CLEW_HOSTS"])
ROOT_URLCONF = "clew.web.urls"
WSGI_APPLICATION = "clew.web.wsgi.application"
DATABASES = {"default": database(CLEW)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "govern.Account"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

INSTALLED_APPS = [
    "clew.web.record",
    "clew.web.case",
    "clew.web.pilot",
    "clew.web.evaluate",
    "clew.web.gate",
    "clew.web.govern",
    "clew.web.work",
    "clew.web.api",
    "django.contrib.admin.apps.SimpleAdminConfig",  # clew.web.govern.administration
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clew.web.middleware.PrivatePages",
    "clew.web.middleware.SayWhatIsWrong",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clew.web.context.service",
            ],
            "builtins": ["clew.web.templatetags.clew"],
        },
    },
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = CLEW.workspace / "static"
STATICFILES_DIRS = [
    HERE / "assets",
    ("report", HERE.parent / "report" / "styles"),
    *([HERE / "built"] if (HERE / "built").is_dir() else []),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CACHES = {  # in the database: allowances and used codes hold for all processes together
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "clew_cache"}
}
UPLOADS = CLEW.workspace / "uploads"
MEDIA_ROOT = UPLOADS  # nothing is served from here: see clew.web.evaluate
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000  # forms; files stream past this limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# sign-in
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if CLEW["CLEW_SIGN_UP"] else "optional"
ACCOUNT_ADAPTER = "clew.web.govern.adapters.Accounts"
SOCIALACCOUNT_ADAPTER = "clew.web.govern.adapters.SingleSignOn"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = CLEW["CLEW_SIGN_UP"]  # else nobody is written to at a stranger's request
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if CLEW["CLEW_BEHIND_TLS"] else "http"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * MINUTE
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # an invited address, verified by the provider, is the invited account
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_AUTO_SIGNUP = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CLEW["CLEW_BEHIND_TLS"]
MFA_FORMS = {
    "add_webauthn": "clew.web.govern.passkeys.AddPasskey",
    "authenticate_webauthn": "clew.web.govern.passkeys.PasskeyAsSecondFactor",
    "login_webauthn": "clew.web.govern.passkeys.SignInWithPasskey",
    "reauthenticate_webauthn": "clew.web.govern.passkeys.ConfirmWithPasskey",
}
MFA_TOTP_ISSUER = CLEW["CLEW_ORGANISATION"] or "clew"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": CLEW["CLEW_OIDC_NAME"],
                    "client_id": CLEW["CLEW_OIDC_CLIENT_ID"],
                    "secret": CLEW["CLEW_OIDC_SECRET"],
                    "settings": {"server_url": CLEW["CLEW_OIDC_ISSUER"]},
                }
            ],
            "OAUTH_PKCE_ENABLED": True,
        }
    }
    if CLEW["CLEW_OIDC_ISSUER"]
    else {}
)

# cookies, TLS, and what a browser may load
SESSION_COOKIE_AGE = CLEW["CLEW_SESSION_MINUTES"] * MINUTE
SESSION_SAVE_EVERY_REQUEST = False  # kept alive by clew.web.middleware.PrivatePages
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CLEW["CLEW_BEHIND_TLS"]
CSRF_FAILURE_VIEW = "clew.web.views.form_is_stale"
SECURE_SSL_REDIRECT = CLEW["CLEW_BEHIND_TLS"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * MINUTE if CLEW["CLEW_BEHIND_TLS"] else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = CLEW["CLEW_BEHIND_TLS"]
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # to be preloaded into browsers is for the domain's owner to ask
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CLEW["CLEW_BEHIND_TLS"] else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *origin_of(CLEW["CLEW_OIDC_ISSUER"])],  # signing in there begins with a form here
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# mail
globals().update(mail(CLEW))
DEFAULT_FROM_EMAIL = CLEW["CLEW_EMAIL_FROM"]

# work that takes long
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},  # who asks for what is not there is no news
}
