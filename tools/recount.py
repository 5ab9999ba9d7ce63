#!/usr/bin/env python3
"""Recount a closed round from its public files: python3 recount.py FOLDER [SHA256 [SEQ HEAD]]

SHA256 is that of result.json, from the round's page; SEQ and HEAD as on a receipt."""

import csv
import hashlib
import json
import sys
from collections import Counter
from fractions import Fraction
from itertools import product
from math import exp
from pathlib import Path

problems = []


def check(holds, words):
    problems.extend([] if holds else [words])


def sha256(text):
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def added_up(ballots, parting, parameters):
    """Support: the most votes; score: the best mean, starting scores of 3 included."""
    start, total, times = parameters.get("starting", 0), Counter(), Counter()
    for entry, value in (mark for ballot in ballots for mark in ballot):
        total[entry] += value
        times[entry] += "starting" in parameters
    return sorted(parting, key=lambda e: -Fraction(total[e] + 3 * start, times[e] + start or 1))


def ranked(ballots, parting, parameters):
    """Who is not named is below all who are; a duel is won with the votes for the winner."""
    orders, points, duels = [[one for one, _place in b] for b in ballots], Counter(), Counter()
    for order in orders:
        for place, one in enumerate(order, start=1):
            points[one] += len(parting) - 2 * place + len(order) + 1
            duels.update((one, other) for other in parting if other not in order[:place])
    won = Counter({pair: votes for pair, votes in duels.items() if votes > duels[pair[::-1]]})
    if parameters["rule"] == "borda":
        return sorted(parting, key=lambda one: -points[one])
    count = {"run-off": run_off, "schulze": schulze, "ranked-pairs": pairs}[parameters["rule"]]
    return count(orders if count is run_off else won, parting)


def schulze(won, parting):
    path, order = won.copy(), []
    for middle, one, other in product(parting, repeat=3):
        path[one, other] = max(path[one, other], min(path[one, middle], path[middle, other]))
    while waiting := [one for one in parting if one not in order]:
        beaten = {o for o in waiting for w in waiting if path[w, o] > path[o, w]}
        order.append(next(one for one in waiting if one not in beaten))
    return order


def pairs(won, parting):
    below = {one: {one} for one in parting}
    for one, other in sorted(product(parting, parting[::-1]), key=lambda duel: -won[duel]):
        for above in [a for a in parting if one in below[a] and one not in below[other]]:
            below[above] |= below[other]
    return sorted(parting, key=lambda one: -len(below[one]))


def run_off(orders, parting):
    out = []
    while left := [one for one in parting if one not in out]:
        tops = Counter(next((one for one in order if one in left), None) for order in orders)
        out.insert(0, min(left, key=lambda one: (tops[one], -parting.index(one))))
    return out


def pairwise(ballots, parting, parameters):
    """Bradley and Terry, normal priors: variance 2.25; 4 for the bar that a draft alone meets."""
    met, value, moved = {one: [] for one in [0, *parting]}, Counter(), 1
    for low, high, code in (ballot[0] for ballot in ballots if ballot[0][2] != 6):
        other, won = 0 if high == low else high, {1: 1, 2: 0}.get(code, 0.5)
        met.setdefault(low, []).append((other, won))
        met.setdefault(other, []).append((low, 1 - won))
    while moved > 1e-10:
        moved = 0
        for one, rivals in met.items():
            prior = 1 / 2.25 if one else 1 / 4
            chances = [(won, 1 / (1 + exp(value[other] - value[one]))) for other, won in rivals]
            slope = sum(won - p for won, p in chances) - prior * value[one]
            step = slope / (prior + sum(p * (1 - p) for _won, p in chances))
            value[one] += max(-2, min(2, step))
            moved = max(moved, abs(step))
    return sorted(parting, key=lambda one: -round(value[one], 6))


def recount(name, told, rules, seed, slips):
    """One tally: place, votes and would-buy of every entry."""
    said = [what.split() for says, what in slips if says == "vote"]
    ballots = [[(*map(int, one.split(":")),) for one in marks] for marks in said]
    heard = [one for b in ballots for one in b if rules["method"] != "pairwise" or one[2] != 6]
    votes = Counter(entry for one in heard for entry in set(one[:-1]))
    buying = Counter(int(what) for says, what in slips if says == "would-buy")
    lots = sorted((sha256(f"{seed}:{one['entry']}"), one["entry"]) for one in rules["entries"])
    parting = sorted((entry for _lot, entry in lots), key=lambda entry: -buying[entry])
    check({*votes, *buying} <= set(parting), f"{name}: votes for what is not in the round")
    count = {"ranked": ranked, "pairwise": pairwise}.get(rules["method"], added_up)
    order = count(ballots, parting, rules["parameters"])
    counted = {(entry, n, votes[entry], buying[entry]) for n, entry in enumerate(order, start=1)}
    published = {(o["entry"], o["place"], o["votes"], o["would_buy"]) for o in told["entries"]}
    for line in sorted(counted - published):
        check(False, f"{name}: counted, but not published: (entry, place, votes, buy) {line}")
    print(f"{name}: {told['voters']} voters, {len(order)} entries recounted")


def main(folder, published="", seq="0", head=""):
    files = {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}
    leaves, voters, choices = (
        list(csv.reader(files[name].decode().splitlines()))[1:]
        for name in ("leaves.csv", "voters.csv", "choices.csv")
    )
    result, rules = json.loads(files["result.json"]), json.loads(files["rules.json"])
    print("sha256 of result.json:", sha256(files["result.json"]))
    check(published in ("", sha256(files["result.json"])), "result.json is not the published one")
    for name, told in result["sha256"].items():
        check(sha256(files[name]) == told, f"{name} is not what result.json says: it was edited")
    check(sha256(files["rules.json"]) == result["rules_sha256"], "rules.json is another one")
    check(sha256(result["seed"]) == rules["seed_sha256"], "the seed is another one")
    heads = ["0" * 64]
    for number, (written_seq, leaf, written) in enumerate(leaves, start=1):
        check(written_seq == str(number), f"leaves.csv: {written_seq} in place of {number}")
        check(sha256(heads[-1] + leaf) == written, f"leaves.csv: the chain breaks at {number}")
        heads.append(written)
    check({"seq": len(leaves), "head": heads[-1]} == result["log"], "leaves.csv: another end")
    check(not head or heads[int(seq) : int(seq) + 1] == [head], f"the log was another one at {seq}")
    check([name for name, _ in voters] == sorted({n for n, _ in voters}), "voters.csv: names")
    sizes = Counter(kind for _name, kind in voters)
    check(sizes["set-aside"] == result["set_aside"]["ballots"], "voters.csv: set aside")
    for name, told in result["groups"].items():
        if told["classes"] is None:
            print(f"{name}: a class of fewer than ten was merged, so it cannot be recounted")
            continue
        count = sum(sizes[one] for one in told["classes"])
        check(count == told["voters"], f"{name}: {told['voters']} voters told, {count} listed")
        mine = [(says, what) for kind, says, what in choices if kind in told["classes"]]
        recount(name, told, rules, result["seed"], mine)
    print("\n".join(problems) or "everything agrees")
    return 1 if problems else 0


sys.exit(main(*sys.argv[1:]))
