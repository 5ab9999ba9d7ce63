"""Pages and sockets in one process."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.server import build  # noqa: E402  (models can be imported only after setup)

application = build()
