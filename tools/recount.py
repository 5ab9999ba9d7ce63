#!/usr/bin/env python3
"""Recount a closed round from its public files: python3 recount.py FOLDER [SHA256 [SEQ HEAD]]

FOLDER holds leaves.csv, voters.csv, choices.csv, rules.json and result.json as downloaded. SHA256
is that of result.json, from the page of the round; SEQ and HEAD are those that somebody kept, from
one's receipt or the page. Ends with 0 when everything agrees, otherwise says what does not.
"""

import csv
import hashlib
import json
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

problems = []


def check(holds, words):
    if not holds:
        problems.append(words)


def sha256(text):
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def check_chain(leaves, log, seq, head):
    """Every head is made of the one before it and its leaf; the last one is the published one."""
    heads = ["0" * 64]
    for number, (written_seq, leaf, written) in enumerate(leaves, start=1):
        check(written_seq == str(number), f"leaves.csv: {written_seq} in place of {number}")
        check(sha256(heads[-1] + leaf) == written, f"leaves.csv: the chain breaks at {number}")
        heads.append(written)
    check((len(leaves), heads[-1]) == (log["seq"], log["head"]), "leaves.csv: another end")
    check(not head or heads[seq : seq + 1] == [head], f"the log was another one at {seq}")


def added_up(ballots, parting, parameters):
    """Support: the most votes; score: the best mean, starting scores of 3 included."""
    start = parameters.get("starting", 0)
    total, votes = Counter(), Counter()
    for entry, value in (mark for ballot in ballots for mark in ballot):
        total[entry] += value
        votes[entry] += 1
    if "starting" not in parameters:
        return sorted(parting, key=lambda one: -votes[one])
    return sorted(parting, key=lambda e: -Fraction(total[e] + 3 * start, votes[e] + start or 1))


def ranked(ballots, parting, parameters):
    """Who is not named is below all who are; a duel is won with the votes for the winner."""
    orders = [[entry for entry, _place in ballot] for ballot in ballots]
    points, duels = Counter(), Counter()
    for order in orders:
        for place, one in enumerate(order, start=1):
            points[one] += len(parting) - 2 * place + len(order) + 1
            duels.update((one, other) for other in parting if other not in order[:place])
    won = Counter({pair: votes for pair, votes in duels.items() if votes > duels[pair[::-1]]})
    if parameters["rule"] == "borda":
        return sorted(parting, key=lambda one: -points[one])
    if parameters["rule"] == "run-off":
        return run_off(orders, parting)
    return {"schulze": schulze, "ranked-pairs": pairs}[parameters["rule"]](won, parting)


def schulze(won, parting):
    path, waiting, order = won.copy(), list(parting), []
    for middle in parting:
        for one in parting:
            for other in parting:
                by = min(path[one, middle], path[middle, other])
                path[one, other] = max(path[one, other], by)
    while waiting:
        beaten = {o for o in waiting for w in waiting if path[w, o] > path[o, w]}
        order.append(next(one for one in waiting if one not in beaten))
        waiting.remove(order[-1])
    return order


def pairs(won, parting):
    below = {one: {one} for one in parting}
    duels = [(one, other) for one in parting for other in reversed(parting) if one != other]
    for one, other in sorted(duels, key=lambda duel: -won[duel]):
        if one not in below[other]:
            for above in [above for above in parting if one in below[above]]:
                below[above] |= below[other]
    return sorted(parting, key=lambda one: -len(below[one]))


def run_off(orders, parting):
    left, out = list(parting), []
    while left:
        tops = Counter(next((one for one in order if one in left), None) for order in orders)
        out.append(min(left, key=lambda one: (tops[one], -parting.index(one))))
        left.remove(out[-1])
    return out[::-1]


def recount(name, told, rules, seed, slips):
    """One tally: place, votes and would-buy of every entry."""
    marks = [what.split() for says, what in slips if says == "vote"]
    ballots = [[tuple(map(int, mark.split(":"))) for mark in ballot] for ballot in marks]
    votes = Counter(entry for ballot in ballots for entry, _value in ballot)
    buying = Counter(int(what) for says, what in slips if says == "would-buy")
    lots = sorted((sha256(f"{seed}:{one['entry']}"), one["entry"]) for one in rules["entries"])
    parting = sorted((entry for _lot, entry in lots), key=lambda entry: -buying[entry])
    check({*votes, *buying} <= set(parting), f"{name}: votes for what is not in the round")
    count = {"support": added_up, "score": added_up, "ranked": ranked}[rules["method"]]
    order = count([b for b in ballots if b[0][0] in parting], parting, rules["parameters"])
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
    check_chain(leaves, result["log"], int(seq), head)
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
