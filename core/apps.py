from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Django's entry for the foundation; registers what other apps look up."""

    name = "core"

    def ready(self) -> None:
        from core import mail, ticks

        ticks.register(mail.send_due_mail)
