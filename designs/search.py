"""Search over drafts, briefs and comments, the same on both databases and in every script.

Neither database splits Chinese into words, so each text is kept once more as what can be looked
for: words in lower case, and for scripts without spaces every two neighbouring characters. What
is asked goes the same way, and is found where its parts stand in the same order.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from designs import access
from designs.models import Brief, Comment, Design, SearchRow

LONGEST: Final = 80
MOST_TERMS: Final = 8
SHOWN: Final = 20
BATCH: Final = 300
Kind = SearchRow.Kind
# Chinese, Japanese and Korean write without spaces between words.
_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_PARTS: Final = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK: Final = re.compile(rf"[{_CJK}]")


def parts_of(text: str) -> Iterator[str]:
    """Words and pairs of characters in their order; a single last character stands alone."""
    for run in _PARTS.findall(_folded(text)):
        if not _IS_CJK.match(run):
            yield run
            continue
        yield from (run[n : n + 2] for n in range(len(run)))


def _folded(text: str) -> str:
    # Full width and half width, upper and lower case are one.
    return unicodedata.normalize("NFKC", text).casefold()


def indexed(text: str) -> str:
    """The column that is looked through: a space before each part."""
    return "".join(f" {part}" for part in parts_of(text))


def terms_of(asked: str) -> list[str]:
    """What must all be in the column: each word as the beginning of one, each run as it stands."""
    terms = []
    for run in _PARTS.findall(_folded(asked[:LONGEST])):
        pairs = [run[n : n + 2] for n in range(len(run) - 1)] if _IS_CJK.match(run) else []
        terms.append("".join(f" {part}" for part in pairs or [run]))
    return list(dict.fromkeys(terms))[:MOST_TERMS]


def note(row: Brief | Design | Comment) -> None:
    """Keep what a row says; inside the transaction that changes it."""
    kind = KINDS[type(row)]
    words = indexed(TEXTS[kind](row))
    SearchRow.objects.update_or_create(kind=kind, object_id=row.pk, defaults={"words": words})


KINDS: Final[dict[type, str]] = {Design: Kind.DESIGN, Brief: Kind.BRIEF, Comment: Kind.COMMENT}
TEXTS: Final[dict[str, Callable[[Any], str]]] = {
    Kind.DESIGN: lambda row: f"{row.title}\n{row.description}",
    Kind.BRIEF: lambda row: f"{row.title}\n{row.body}",
    Kind.COMMENT: lambda row: row.body,
}


def note_missing(now: Any) -> int:
    """Take up rows that are not kept yet: due-function of the ticker, a batch at a time."""
    done = 0
    for model, kind in KINDS.items():
        kept = SearchRow.objects.filter(kind=kind, object_id=OuterRef("pk"))
        rows = model._default_manager.filter(~Exists(kept))[: BATCH - done]  # type: ignore[attr-defined]
        fresh = [
            SearchRow(kind=kind, object_id=row.pk, words=indexed(TEXTS[kind](row))) for row in rows
        ]
        SearchRow.objects.bulk_create(fresh, ignore_conflicts=True)
        done += len(fresh)
    return done


@dataclass(frozen=True)
class Found:
    """What a search found, the newest first of each kind; `more` where there is more than shown."""

    designs: list[Design]
    briefs: list[Brief]
    comments: list[Comment]
    more: bool

    @property
    def number(self) -> int:
        """How many are shown."""
        return len(self.designs) + len(self.briefs) + len(self.comments)


def find(asked: str) -> Found:
    """What everybody may read and says all that is asked."""
    terms = terms_of(asked)
    if not terms:
        return Found([], [], [], more=False)
    public = access.public_briefs()
    shown = access.all_designs().exclude(state=Design.State.WITHDRAWN)
    designs = shown.filter(brief__in=public.order_by(), pk__in=_keys(Kind.DESIGN, terms))
    briefs = public.filter(pk__in=_keys(Kind.BRIEF, terms))
    said = Comment.objects.filter(deleted_at=None, thread__in=access.public_threads())
    said = said.filter(pk__in=_keys(Kind.COMMENT, terms)).select_related("author", "thread")
    hidden = Q(thread__design__isnull=False) & ~Q(thread__design__brief__in=public.order_by())
    drafts = list(designs.order_by("-pk")[: SHOWN + 1])
    calls = list(briefs[: SHOWN + 1])
    remarks = list(said.exclude(hidden).order_by("-pk")[: SHOWN + 1])
    more = max(len(drafts), len(calls), len(remarks)) > SHOWN
    return Found(drafts[:SHOWN], calls[:SHOWN], remarks[:SHOWN], more=more)


def _keys(kind: str, terms: list[str]) -> QuerySet[Any, int]:
    rows = SearchRow.objects.filter(kind=kind)
    for term in terms:
        rows = rows.filter(words__contains=term)
    return rows.values_list("object_id", flat=True)
