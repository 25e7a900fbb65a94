#!/usr/bin/env python3
"""Checks the published ballots of a participatory budget: python3 verifier.py CHAIN.json BALLOTS.csv

Needs nothing but Python 3.9 or later, and no network. It says whether the paper, the chain and the ballots are of one
piece: nothing was added, taken away or changed after it was written into the chain. Compare the hashes it prints with
those you noted while the vote was open, and look for your receipt in the file of ballots.
"""

import csv
import hashlib
import json
import sys
from collections import Counter

COLUMNS = ["receipt", "channel", "choices", "salt"]


def digest(*parts) -> str:
    """SHA-256 of texts, one a line."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def commitment(receipt: str, channel: str, choices: str, salt: str) -> str:
    """What the chain holds of a ballot."""
    return digest("ballot", receipt, channel, choices, salt)


def paper_hash(paper: dict) -> str:
    """Of the rules and projects of an envelope, as JSON with sorted keys and no spaces."""
    return digest("paper", json.dumps(paper, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def link_hash(previous: str, n: int, ballots: int, added, removed) -> str:
    """Of a link: the hash before it, its number, how many ballots there are after it, which came and which went."""
    return digest("link", previous, n, ballots, ",".join(sorted(added)), ",".join(sorted(removed)))


def file_hash(lines) -> str:
    """Of the file of ballots: its lines (bytes or text), as they are."""
    hashed = hashlib.sha256()
    for line in lines:
        hashed.update(line if isinstance(line, bytes) else line.encode())
    return hashed.hexdigest()


def follow(start: str, links) -> "tuple[str, Counter, list[str]]":
    """(last hash, commitments of the ballots there are, what is wrong) of links in their order, from the paper's hash.

    A link is a mapping with n, ballots, added, removed, hash.
    """
    head, live, wrong = start, Counter(), []
    for expected, link in enumerate(links, 1):
        added, removed = link["added"], link["removed"]
        if link["n"] != expected:
            wrong.append(f"link {expected} is missing")
        live.update(added)
        live.subtract(removed)
        if any(live[one] not in (0, 1) for one in {*added, *removed}):
            wrong.append(f"link {expected} takes away what was not there, or adds what was")
        live = +live
        if link["ballots"] != sum(live.values()):
            wrong.append(f"link {expected} does not count its ballots right")
        head = link_hash(head, link["n"], link["ballots"], added, removed)
        if head != link["hash"]:
            wrong.append(f"link {expected} was changed")
            head = link["hash"]
    return head, live, wrong


def compare(live: Counter, ballots) -> "list[str]":
    """What is wrong with ballots (receipt, channel, choices, salt) against the commitments of the chain."""
    left, wrong = Counter(live), []
    for receipt, channel, choices, salt in ballots:
        one = commitment(receipt, channel, choices, salt)
        left[one] -= 1
        if left[one] < 0:
            wrong.append(f"ballot {receipt} is not in the chain: it was added or changed")
    if missing := sum((+left).values()):
        wrong.append(f"{missing} ballot(s) of the chain are missing: they were removed or changed")
    return wrong


def check(published: dict, ballots) -> "tuple[str, list[str]]":
    """(last hash, what is wrong) of the published chain and ballots."""
    wrong = []
    if paper_hash(published["paper"]) != published["paper_hash"]:
        wrong.append("the ballot paper is not the one of the hash")
    head, live, more = follow(published["paper_hash"], published["links"])
    return head, [*wrong, *more, *compare(live, ballots)]


def main(chain: str, ballots: str) -> int:
    try:
        with open(chain, encoding="utf-8-sig") as file:
            published = json.load(file)
        with open(ballots, "rb") as file:
            total = file_hash(file)
        with open(ballots, encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
    except OSError as problem:
        print(problem)
        return 2
    except ValueError:
        print("This is not a chain (.json) and a file of ballots (.csv), in this order, as they were downloaded.")
        return 2
    if header != COLUMNS or any(len(row) != len(COLUMNS) for row in rows) or "links" not in published:
        print("This is not a chain (.json) and a file of ballots (.csv), in this order, as they were downloaded.")
        return 2
    head, wrong = check(published, rows)
    print(f"paper    {published['paper_hash']}\nchain    {head}\nballots  {total}\n{len(rows)} ballots")
    print("\n".join(wrong) or "All is well.")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
