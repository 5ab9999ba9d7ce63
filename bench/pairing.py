"""How much of the true top a number of answers finds: the pairing of the site, simulated.

    python bench/pairing.py [seeds]

120 drafts with appeals from a normal distribution; a person prefers one of two, or likes one,
with the chance that a logistic curve of slope 1.5 gives, and gives 40 answers (a like or skip is
one). Recall: the part of the true top 10 that is in the ten found; mean over 200 seeds. The desk
that asks and adds up is the one of the site. The last line is `recall_600= recall_1200=
exposure_spread=` (goals: 0.73, 0.86, at most 0.10): of one taste, everybody answering honestly.

Beside it: likes alone and random pairs; tastes in three groups; one person in ten answering at
random; eight people at once, each with two questions ahead that cannot know the last answers.
"""

import math
import statistics
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from voting.pairing import Desk, Past, Question, outlook

DRAFTS, TOP, EACH, SLOPE = 120, 10, 40, 1.5
MARKS: Final = (600, 1200)
SEEDS: Final = 200
LONG_SEEDS, LONGEST = 20, 6000

Ask = Callable[[Desk, Past, Random], Question | None]


@dataclass
class Person:
    """Somebody with a taste, and what they have been asked."""

    taste: list[float]
    random: Random
    guesses: bool = False
    past: Past = field(default_factory=lambda: Past(set(), set(), ()))
    ahead: deque[Question] = field(default_factory=deque)
    left: int = EACH

    def take(self, desk: Desk, ask: Ask, pending: Counter[Question]) -> None:
        """Get the next question, to be answered later."""
        question = ask(desk, self.past, pending)
        if question is None:
            return
        if question.second is None:
            self.past.looked.add(question.first)
        else:
            self.past.met.add((question.first, question.second))
        self.past = Past(self.past.looked, self.past.met, question)
        self.ahead.append(question)
        pending[question] += 1

    def points(self, question: Question) -> float:
        """The answer."""
        if self.guesses:
            return float(self.random.random() < 0.5)
        rival = 0.0 if question.second is None else self.taste[question.second]
        p = 1 / (1 + math.exp(SLOPE * (rival - self.taste[question.first])))
        return float(self.random.random() < p)


@dataclass(frozen=True)
class Setting:
    """A way in which people come and answer."""

    name: str
    groups: int = 1
    guessing: float = 0.0
    at_once: int = 1
    ahead: int = 1
    likes_only: bool = False
    random_pairs: bool = False


@dataclass
class Run:
    """What one seed gave."""

    recalls: list[float] = field(default_factory=list)
    believed: list[float] = field(default_factory=list)
    spread: float = math.nan


def people(setting: Setting, seed: int) -> tuple[list[float], Iterator[Person]]:
    """What is true of all, and the people in the order of coming."""
    random = Random(seed)
    common = [random.gauss(0, 1) for _ in range(DRAFTS)]
    tastes = [common]
    if setting.groups > 1:
        half = math.sqrt(0.5)
        tastes = [
            [half * shared + half * random.gauss(0, 1) for shared in common]
            for _ in range(setting.groups)
        ]
    truth = [statistics.fmean(values) for values in zip(*tastes, strict=True)]

    def come() -> Iterator[Person]:
        while True:
            yield Person(random.choice(tastes), random, random.random() < setting.guessing)

    return truth, come()


def answers(
    setting: Setting, desk: Desk, coming: Iterator[Person], random: Random
) -> Iterator[int]:
    """People answer, one after another or some at once; yields the number of answers."""
    ask = _asking(setting, random)
    here: list[Person] = []
    pending: Counter[Question] = Counter()
    while True:
        while len(here) < setting.at_once:
            here.append(next(coming))
        person = here[0] if setting.at_once == 1 else random.choice(here)
        while len(person.ahead) < min(setting.ahead, person.left):
            person.take(desk, ask, pending)
        question = person.ahead.popleft()
        pending -= Counter([question])
        desk.add(question, person.points(question))
        person.left -= 1
        if not person.left:
            here.remove(person)
        yield desk.answers


def _asking(setting: Setting, random: Random) -> Callable[..., Question | None]:
    if setting.likes_only:
        return lambda desk, past, _pending: Question(
            min(
                desk.entries, key=lambda one: (one in past.looked, desk.shown[one], random.random())
            )
        )
    if setting.random_pairs:
        return lambda desk, _past, _pending: Question(*random.sample(desk.entries, 2))
    return lambda desk, past, pending: desk.ask(past, random, pending)


def run(setting: Setting, seed: int) -> Run:
    """One round until the last mark."""
    truth, coming = people(setting, seed)
    right = set(sorted(range(DRAFTS), key=lambda one: -truth[one])[:TOP])
    desk, result = Desk(range(DRAFTS), TOP), Run()
    for count in answers(setting, desk, coming, Random(seed + 1_000_000)):
        if math.isnan(result.spread) and desk.is_discovered:
            result.spread = _spread(desk)
        if count in MARKS:
            result.recalls.append(len(right & set(found(desk))) / TOP)
            result.believed.append(outlook(desk).certain)
        if count == MARKS[-1]:
            return result
    raise AssertionError


def _spread(desk: Desk) -> float:
    seen = [desk.shown[one] for one in desk.entries]
    mean = statistics.fmean(seen)
    return max(abs(times - mean) for times in seen) / mean


def found(desk: Desk) -> list[int]:
    """The top as it would be published now."""
    desk.strengths.settle()
    return sorted(desk.entries, key=lambda one: -desk.strengths.values[one])[:TOP]


def forecasts(seeds: int) -> list[tuple[int, int, float]]:
    """Per seed: how many answers were said to be left at the last mark, how many it took until
    the desk called the top settled, and how much of it was then right."""
    rows = []
    for seed in range(seeds):
        setting = Setting("long")
        truth, coming = people(setting, seed)
        right = set(sorted(range(DRAFTS), key=lambda one: -truth[one])[:TOP])
        desk, said = Desk(range(DRAFTS), TOP), 0
        for count in answers(setting, desk, coming, Random(seed + 1_000_000)):
            if count == MARKS[-1]:
                said = outlook(desk).needed or 0
            if count >= MARKS[-1] and count % 60 == 0 and outlook(desk).is_settled:
                rows.append((said, count - MARKS[-1], len(right & set(found(desk))) / TOP))
                break
            if count == LONGEST:
                rows.append((said, LONGEST, len(right & set(found(desk))) / TOP))
                break
    return rows


def main() -> None:
    """Simulate and print."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    settings = [
        Setting("likes alone", likes_only=True),
        Setting("random pairs", random_pairs=True),
        Setting("tastes in three groups", groups=3),
        Setting("one in ten at random", guessing=0.1),
        Setting("eight at once, two ahead", at_once=8, ahead=3),
        Setting("one taste"),
    ]
    print(f"{'':28}{'recall at 600':>20}{'at 1,200':>20}   believed    spread    ms an answer")
    for setting in settings:
        few = seeds if setting.name == "one taste" else max(2, seeds // 2)
        began = time.process_time()
        runs = [run(setting, seed) for seed in range(few)]
        spent = 1000 * (time.process_time() - began) / few / MARKS[-1]
        print(_line(setting, runs, spent), flush=True)
    rows = forecasts(max(2, LONG_SEEDS * seeds // SEEDS))
    said, took, recall = (statistics.fmean(column) for column in zip(*rows, strict=True))
    print(f"answers left, said at 1,200: {said:.0f}; taken: {took:.0f}; recall then: {recall:.2f}")
    first, second = (statistics.fmean(one.recalls[n] for one in runs) for n in (0, 1))
    spread = max(one.spread for one in runs)
    print(f"recall_600={first:.3f} recall_1200={second:.3f} exposure_spread={spread:.3f}")


def _line(setting: Setting, runs: list[Run], spent: float) -> str:
    text = f"{setting.name:28}"
    for number in range(len(MARKS)):
        recalls = [one.recalls[number] for one in runs]
        error = statistics.stdev(recalls) / math.sqrt(len(recalls))
        text += f"{statistics.fmean(recalls):>13.3f} ±{error:.3f}"
    believed = statistics.fmean(one.believed[-1] for one in runs)
    spreads = [one.spread for one in runs if not math.isnan(one.spread)]
    spread = f"{max(spreads):8.2f}" if spreads else f"{'–':>8}"
    return f"{text}{believed:>11.2f}  {spread}{spent:>14.2f}"


if __name__ == "__main__":
    main()
