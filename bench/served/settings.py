"""The settings of the site, with the addresses of `served.site`, and no line per request."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.served.site"
LOGGING = {"version": 1, "disable_existing_loggers": True}
EMBEDDED_WORKER = False
ALLOWED_HOSTS = ["*"]
