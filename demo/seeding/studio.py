"""Drafts: drawn in processes of their own, handed in through the upload that everybody uses."""

import datetime as dt
import multiprocessing
import os
import uuid
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace

from django.core.files.uploadedfile import SimpleUploadedFile

from demo.catalogue.kinds import Call, Draft
from demo.drawing import draw
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
from designs.pictures import Chosen, store_upload
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
        self._drawn: dict[str, Future[bytes]] = {}

    def close(self) -> None:
        """Stop drawing."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def draw_ahead(self, calls: Iterable[Call]) -> None:
        """Begin with the pictures of these drafts."""
        for call in calls:
            for draft in call.drafts:
                for name, thing, view in _views(draft):
                    seed = draft.key
                    self._drawn[name] = self._pool.submit(draw.picture, thing, view, seed)

    def scene(self, name: str, scene: str, /, **options: object) -> None:
        """Begin with a picture from production."""
        self._drawn[name] = self._pool.submit(draw.scene, scene, name, **options)

    def picture(self, owner: User, name: str) -> Picture:
        """Upload a drawn picture as that person."""
        data = self._drawn.pop(name).result()
        png = data.startswith(b"\x89PNG")
        file = SimpleUploadedFile(
            f"{name}.{'png' if png else 'jpg'}", data, "image/png" if png else "image/jpeg"
        )
        return store_upload(owner, file, key("picture", name))

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

    def talk(self, design: Design, draft: Draft, since: dt.datetime, until: dt.datetime) -> None:
        """What people said about a draft; the designer's remarks answer the one before."""
        hosts = {draft.by, "mei", "hank", "ruth", "rosa"}
        self.say(design.thread, draft.said, since, until, hosts=hosts)

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
