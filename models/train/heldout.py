"""Writes the held-out items. Their templates never occur in training; their names, numbers and subjects neither, where an answer can do without them."""

import json
import random
import sys

import arithmetic
import cortensor
import extraction
import freetext
import knowledge
import labels
import mixture
import reading
import refuse

COUNTS = {"terms": 100, "usage": 100, "capitals": 100, "opposites": 100, "arithmetic": 150, "sentiment": 100, "topics": 100, "passage": 120, "json": 100, "refusal": 100, "unknown": 120, "long passage": 40}
MAKERS = [
    cortensor.term, cortensor.usage, knowledge.capital, knowledge.opposite, arithmetic.arithmetic, labels.sentiment, labels.topic, reading.passage,
    extraction.extraction, refuse.outside, mixture.long_passage,
]
FREE = 6


def build(seed: int) -> list[dict]:
    rng, left, seen, items = random.Random(seed), dict(COUNTS), set(), []
    for _ in range(200_000):
        if not any(left.values()):
            break
        one = rng.choice(MAKERS)(rng, True)
        if one["prompt"] in seen or not left.get(one["skill"]):
            continue
        seen.add(one["prompt"])
        left[one["skill"]] -= 1
        items.append(one)
    for family in freetext.FAMILIES:
        while sum(i["skill"] == family for i in items) < FREE:
            one = freetext.freetext(rng, True, family)
            if one["prompt"] not in seen:
                seen.add(one["prompt"])
                items.append({**one, "answer": ""})
    for number, one in enumerate(items):
        one["id"] = number
    return items


if __name__ == "__main__":
    chosen = build(20_260)
    with open(sys.argv[1], "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(one) for one in chosen) + "\n]\n")
    print({skill: sum(i["skill"] == skill for i in chosen) for skill in {i["skill"]: 0 for i in chosen}})
