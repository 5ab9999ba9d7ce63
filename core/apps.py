from django.apps import AppConfig
from django.conf import settings


class CoreConfig(AppConfig):
    """Django's entry for the foundation; registers what other apps look up."""

    name = "core"

    def ready(self) -> None:
        from core import assets, courier, live, mail, ticks

        # Installations build before they collect; everybody else gets fresh files at start.
        if settings.DEBUG or not (settings.STATIC_ROOT / "staticfiles.json").exists():
            assets.build_if_stale()
        ticks.register(mail.send_due_mail, slow=True)
        live.deliver_by(courier.remote)
