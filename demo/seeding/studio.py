"""Drafts: drawn in processes of their own, handed in through the actions that everybody uses."""

import datetime as dt
import multiprocessing
import os
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from typing import Any

from django.conf import settings

from core.clock import now
from demo.catalogue.kinds import Call, Draft
from demo.drawing import darkroom, draw
from demo.seeding.people import People
from designs.actions import (
    Axis,
    BriefWords,
    DraftWords,
    add_revision,
    create_brief,
    open_brief,
    post_comment,
    submit_design,
)
from designs.models import Brief, Comment, Design, Picture, RevisionPicture, Thread
from designs.pictures import Chosen, original_name, variants_folder
from fans.models import Brand, User

NAMESPACE = uuid.UUID("7d1b4c1e-5f0a-4a5e-9c3a-3f1f7f3f5d10")
Label = RevisionPicture.Label


def key(*parts: object) -> uuid.UUID:
    """The form key of a thing of the demo: always the same."""
    return uuid.uuid5(NAMESPACE, "/".join(str(part) for part in parts))


class Studio:
    """Draws ahead in the background, in the order in which pictures will be needed."""

    def __init__(self, people: People) -> None:
        self.people = people
        # Not forked: this process has a database connection that a child must not touch.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(min(2, os.cpu_count() or 1), mp_context=context)
        self._drawn: dict[str, Future[dict[str, Any]]] = {}

    def close(self) -> None:
        """Stop drawing."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def draw_ahead(self, calls: Iterable[Call]) -> None:
        """Begin with the pictures of these drafts."""
        for call in calls:
            for draft in call.drafts:
                for name, thing, view in _views(draft):
                    self._begin(name, darkroom.picture, thing, view, draft.key)

    def scene(self, name: str, scene: str, /, **options: object) -> None:
        """Begin with a picture from production."""
        self._begin(name, darkroom.scene, scene, name, options)

    def _begin(self, name: str, drawing: Callable[..., dict[str, Any]], *what: object) -> None:
        pk = key("picture", name)
        files = settings.MEDIA_ROOT / original_name(pk), variants_folder(pk)
        self._drawn[name] = self._pool.submit(drawing, *files, *what)

    def picture(self, owner: User, name: str) -> Picture:
        """A drawn picture, as one that this person has uploaded."""
        pk = key("picture", name)
        return Picture.objects.create(
            pk=pk,
            owner=owner,
            original=original_name(pk),
            file_name=f"{name}.jpg",
            state=Picture.State.READY,
            created_at=now(),
            **self._drawn.pop(name).result(),
        )

    # -- briefs and drafts -------------------------------------------------------------------
    def brief(self, brand: Brand, call: Call, author: str, at: dt.datetime) -> Brief:
        """Open a brief."""
        brief = create_brief(brand=brand, words=words_of(call), actor=self.people[author], now=at)
        open_brief(brief=brief, actor=self.people[author].actor, now=at)
        return brief

    def draft(self, brief: Brief, draft: Draft, at: dt.datetime) -> Design:
        """Hand in Revision 1."""
        designer = self.people[draft.by]
        pictures = [Chosen(self.picture(designer, draft.key), draft.alt, Label.RENDER)]
        if draft.detail:
            shown = self.picture(designer, f"{draft.key}-detail")
            pictures.append(
                Chosen(shown, draft.detail_alt or f"{draft.alt}, from near", Label.SAMPLE)
            )
        return submit_design(
            brief=brief,
            designer=designer,
            words=DraftWords(draft.title, draft.text, pictures),
            form_key=key("draft", draft.key),
            now=at,
        )

    def revise(self, design: Design, draft: Draft, at: dt.datetime) -> None:
        """Hand in Revision 2."""
        designer = self.people[draft.by]
        picture = self.picture(designer, f"{draft.key}-2")
        add_revision(
            design=design,
            what_changed=draft.changed,
            pictures=[Chosen(picture, f"{draft.alt}, revised", Label.SAMPLE)],
            actor=designer,
            form_key=key("revision", draft.key),
            now=at,
        )

    def talk(
        self,
        design: Design,
        draft: Draft,
        more: Iterable[tuple[str, str]],
        since: dt.datetime,
        until: dt.datetime,
    ) -> None:
        """What people said about a draft; the designer's remarks answer the one before."""
        hosts = {draft.by, "mei", "hank", "ruth", "rosa"}
        self.say(design.thread, (*draft.said, *more), since, until, hosts=hosts)

    def say(
        self,
        thread: Thread,
        remarks: Iterable[tuple[str, str]],
        since: dt.datetime,
        until: dt.datetime,
        hosts: Iterable[str] = (),
    ) -> None:
        """Post remarks evenly between two instants."""
        remarks = list(remarks)
        before: Comment | None = None
        for n, (who, text) in enumerate(remarks):
            at = since + (until - since) * (n + 1) / (len(remarks) + 1)
            before = post_comment(
                thread=thread,
                author=self.people[who],
                body=text,
                now=at,
                client_key=key("comment", thread.pk, n, who, text[:20]),
                parent=before if before and who in hosts else None,
            )


def words_of(call: Call, closes_at: dt.datetime | None = None) -> BriefWords:
    """What a brief of the catalogue says."""
    axes = [Axis(name, list(values)) for name, values in call.axes]
    return BriefWords(call.title, call.body, call.royalty, axes, call.open_to_all, closes_at)


def _views(draft: Draft) -> Iterable[tuple[str, draw.Thing, draw.View]]:
    yield draft.key, draft.thing, draft.view
    if draft.detail:
        near = replace(draft.view, camera=draft.detail, width=1280, height=1280, cut_out=False)
        yield f"{draft.key}-detail", draft.thing, near
    if draft.revised:
        yield f"{draft.key}-2", draft.revised, replace(draft.view, width=1280, height=1280)
