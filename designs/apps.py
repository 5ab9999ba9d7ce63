from django.apps import AppConfig


class DesignsConfig(AppConfig):
    """Django's entry for drafts; registers what other apps look up."""

    name = "designs"

    def ready(self) -> None:
        from core import live as rooms
        from core import ticks
        from designs import actions, live, pictures, queries, search, sections, threads

        rooms.register("thread", may_join=live.may_join, render=live.render, counts_people=True)
        threads.register(queries.place_of_design)
        sections.register("brand", sections.briefs_of_brand, order=30)
        ticks.register(pictures.prepare_due, every=5, slow=True)
        ticks.register(pictures.remove_unused, every=3600)
        ticks.register(actions.close_due_briefs)
        ticks.register(search.note_missing, every=30)
