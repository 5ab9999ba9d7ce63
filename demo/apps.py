from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Holds `manage.py demo`; nothing imports it."""

    name = "demo"
