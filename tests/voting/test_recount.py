"""The public files of a round can be recounted by a script that knows nothing of us."""

import hashlib
import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone

from voting import chain, files, roll
from voting.actions.counting import tallies_of
from voting.marks import Mark, pair_of
from voting.methods import METHODS
from voting.methods.base import Standing, groups_of
from voting.models import Round, Tally

TOOL = Path(__file__).resolve().parents[2] / "tools" / "recount.py"
STANDINGS = [
    Standing(True, False, False),
    Standing(True, True, False),
    Standing(True, False, True),
    Standing(True, True, True),
    Standing(False, False, False),
]
# Rounds of every method: name and parameters.
RULES = [
    ("support", {}),
    ("support", {"budget": 4}),
    ("score", {"starting": 5}),
    ("score", {"starting": 0}),
    *(
        ("ranked", {"rule": rule, "places": places})
        for rule in ("schulze", "ranked-pairs", "run-off", "borda")
        for places in (None, 3)
    ),
    ("pairwise", {"top": 3, "ends": False}),
]


def support(chance, entries):
    liked = [entry for entry in entries if chance.random() < 0.3]
    return {entry: Mark(supports=True) for entry in liked[:4]}


def score(chance, entries):
    return {entry: Mark(score=chance.randint(1, 5)) for entry in entries if chance.random() < 0.4}


def ranked(chance, entries):
    order = chance.sample(entries, chance.randint(0, 3))
    return {entry: Mark(rank=place) for place, entry in enumerate(order, start=1)}


def pairwise(chance, entries):
    pairs = [pair_of(*chance.choices(entries, k=2)) for _ in range(chance.randint(0, 12))]
    return {(a, b): Mark(answer=chance.randint(1, 2 if a == b else 6)) for a, b in pairs}


BALLOTS = {"support": support, "score": score, "ranked": ranked, "pairwise": pairwise}


def a_round(method, parameters):
    seed = "a seed"
    it = Round(
        pk=7,
        method=method,
        parameters=parameters,
        seed=seed,
        log_secret="a secret",
        deciding="all",
        closed_at=timezone.now(),
        state=Round.State.CLOSED,
    )
    it.rules_frozen = {
        "method": method,
        "parameters": parameters,
        "entries": [{"entry": entry} for entry in range(11, 19)],
        "seed_sha256": hashlib.sha256(seed.encode()).hexdigest(),
    }
    it.rules_hash = chain.digest(it.rules_frozen)
    return it


def write(folder, method="support", parameters=None, voters=80, number=1):
    """The files of a round that went as chance will have it; its `result.json`."""
    chance = random.Random(f"{method}{parameters}{number}")
    it = a_round(method, parameters or {})
    rule = METHODS[method].of(it.parameters)
    entries = [one["entry"] for one in it.rules_frozen["entries"]]
    casts = [_cast(pk, chance, entries, rule) for pk in range(1, voters + 1)]
    sizes = roll.sizes_of([roll.class_of(*standing) for _pk, standing, _paper in casts])
    found = files.Counted(rule, casts, [], roll.merged(sizes))
    groups = {group: [] for group in Tally.Group.values}
    for _pk, standing, paper in casts:
        for group in groups_of(*standing):
            groups[group].append(paper)
    tallies = tallies_of(it, groups, entries)
    texts = {
        "leaves.csv": _leaves(it, chance, voters),
        "voters.csv": files.voters_csv(it, found),
        "choices.csv": files.choices_csv(it, found),
        "rules.json": files.rules_json(it),
    }
    shas = {name: hashlib.sha256(t.encode()).hexdigest() for name, t in texts.items()}
    texts["result.json"] = files.result_json(it, found, tallies, shas)
    for name, text in texts.items():
        (folder / name).write_text(text)
    return json.loads(texts["result.json"])


def _cast(pk, chance, entries, rule):
    marks = BALLOTS[rule.name](chance, entries)
    buying = {entry: Mark(would_buy=True) for entry in entries if chance.random() < 0.1}
    marks = {e: replace(m, would_buy=e in buying) for e, m in marks.items()}
    weights = [10, 5, 4, 2, 3]
    return pk, chance.choices(STANDINGS, weights)[0], rule.paper({**buying, **marks})


def _leaves(it, chance, changes):
    lines, it.head = ["seq,leaf,head\n"], chain.START
    for it.seq in range(1, changes + 1):
        leaf = chance.randbytes(32).hex()
        it.head = chain.link(it.head, leaf)
        lines.append(f"{it.seq},{leaf},{it.head}\n")
    return "".join(lines)


def recount(folder, *args):
    """The exit code and what the script says."""
    command = [sys.executable, "-I", "-S", str(TOOL), str(folder), *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_script_is_short_and_needs_nothing_but_python():
    source = TOOL.read_text()
    assert len(source.splitlines()) < 150
    lines = source.split("import csv", 1)[1].splitlines()
    imports = {one.split()[1] for one in lines if one.startswith(("import ", "from "))}
    assert {"json", "hashlib"} <= imports <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(("method", "parameters"), RULES)
@pytest.mark.parametrize("number", range(4))
def test_a_recount_gives_what_was_published(tmp_path, method, parameters, number):
    result = write(tmp_path, method, parameters, number=number)
    assert result["groups"]["all"]["entries"][0]["votes"] > 0
    code, text = recount(tmp_path)
    assert (code, text.splitlines()[-1]) == (0, "everything agrees"), text
    assert "all: " in text and "8 entries recounted" in text


def test_every_method_is_recounted_here():
    assert {method for method, _parameters in RULES} == set(METHODS)


def edit(folder, name, change):
    path = folder / name
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(change(lines)))


def sealed_again(folder):
    """As a careful thief would: the hashes in result.json are those of the new files."""
    result = json.loads((folder / "result.json").read_text())
    for name in result["sha256"]:
        data = (folder / name).read_bytes()
        result["sha256"][name] = hashlib.sha256(data).hexdigest()
    (folder / "result.json").write_text(json.dumps(result))


def swapped(lines, n):
    return [*lines[:n], lines[n + 1], lines[n], *lines[n + 2 :]]


def first_vote(lines):
    """The first line that votes for something else than entry 18."""
    return next(
        n for n, one in enumerate(lines) if one.startswith("confirmed,vote,1") and "18" not in one
    )


def edited(lines):
    at = first_vote(lines)
    return [*lines[:at], "confirmed,vote,18:1\n", *lines[at + 1 :]]


HARMS = {
    "an edited choice": ("choices.csv", edited, "counted, but not published"),
    "a deleted choice": (
        "choices.csv",
        lambda ls: ls[: first_vote(ls)] + ls[first_vote(ls) + 1 :],
        "counted, but not published",
    ),
    "an inserted choice": (
        "choices.csv",
        lambda ls: [*ls, "confirmed,vote,18:1\n"],
        "counted, but not published",
    ),
    "a choice for nothing": (
        "choices.csv",
        lambda ls: [*ls, "confirmed,vote,99:1\n"],
        "votes for what is not in the round",
    ),
    "a deleted voter": ("voters.csv", lambda ls: ls[:-1], "voters told"),
    "an inserted voter": (
        "voters.csv",
        lambda ls: [*ls, f"{'f' * 32},confirmed\n"],
        "voters told",
    ),
    "a voter twice": ("voters.csv", lambda ls: [*ls[:-1], ls[-2]], "voters.csv: names"),
    "an edited leaf": (
        "leaves.csv",
        lambda ls: [*ls[:5], ls[5].replace(",", ",0", 1), *ls[6:]],
        "the chain breaks at 5",
    ),
    "a deleted leaf": ("leaves.csv", lambda ls: ls[:5] + ls[6:], "the chain breaks at 5"),
    "a leaf in another place": ("leaves.csv", lambda ls: swapped(ls, 5), "6 in place of 5"),
    "an inserted leaf": ("leaves.csv", lambda ls: [*ls[:5], ls[7], *ls[5:]], "in place of 5"),
    "a cut end": ("leaves.csv", lambda ls: ls[:-3], "leaves.csv: another end"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_was_touched_is_found_by_its_hash(tmp_path, harm):
    name, change, _words = HARMS[harm]
    write(tmp_path)
    edit(tmp_path, name, change)
    code, text = recount(tmp_path)
    assert code == 1 and f"{name} is not what result.json says" in text


@pytest.mark.parametrize("harm", HARMS)
def test_and_by_counting_when_the_hash_was_made_anew(tmp_path, harm):
    name, change, words = HARMS[harm]
    write(tmp_path)
    edit(tmp_path, name, change)
    sealed_again(tmp_path)
    code, text = recount(tmp_path)
    assert code == 1 and words in text and "is not what result.json says" not in text


def test_all_files_made_anew_are_found_by_the_hash_that_somebody_kept(tmp_path):
    write(tmp_path)
    kept = recount(tmp_path)[1].splitlines()[0].split()[-1]
    assert recount(tmp_path, kept)[0] == 0
    write(tmp_path, number=2)
    assert recount(tmp_path)[0] == 0, "the control: the new files agree with each other"
    code, text = recount(tmp_path, kept)
    assert code == 1 and "result.json is not the published one" in text


def test_a_log_made_anew_is_found_by_a_head_from_a_receipt(tmp_path):
    write(tmp_path)
    seq, _leaf, head = (tmp_path / "leaves.csv").read_text().splitlines()[40].split(",")
    assert recount(tmp_path, "", seq, head)[0] == 0
    write(tmp_path, number=2)
    code, text = recount(tmp_path, "", seq, head)
    assert code == 1 and "the log was another one at 40" in text


@pytest.mark.parametrize("name", ["seed", "rules"])
def test_another_seed_or_rule_is_found(tmp_path, name):
    write(tmp_path)
    if name == "seed":
        edit(tmp_path, "result.json", lambda ls: [one.replace("a seed", "mine") for one in ls])
    else:
        edit(tmp_path, "rules.json", lambda ls: [one.replace("{", '{"more":1,', 1) for one in ls])
    code, text = recount(tmp_path)
    assert code == 1 and ("the seed is another one" in text or "rules.json is another" in text)
