from django.apps import AppConfig


class PresaleConfig(AppConfig):
    """Django's entry for the pre-sale; registers what other apps look up."""

    name = "presale"

    def ready(self) -> None:
        from designs import threads
        from fans import claims, locks, sections
        from presale import access, audit, checks, claiming, live, ticks, triggers  # noqa: F401
        from presale.sections import brand_campaigns, design_campaign, winner_campaign

        triggers.GUARD.register(self)
        ticks.register()
        audit.register()
        live.register()
        threads.register(access.place_of_campaign)
        claims.register(claiming.KIND, claiming.settle)
        locks.register_currency_lock(lambda brand: brand.campaigns.exists())
        sections.register("brand", brand_campaigns, order=20)
        sections.register("design", design_campaign, order=20)
        sections.register("winner", winner_campaign, order=20)
