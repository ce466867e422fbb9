"""Writes prompts for free text in training's own wording, with held-out people and places."""

import json
import random
import sys

import freetext
import words as w
from pick import fill, item

EACH = 6


def build(seed: int) -> list[dict]:
    rng, items = random.Random(seed), {}
    for family, (_, asks, _) in freetext.FAMILIES.items():
        while sum(one["skill"] == family for one in items.values()) < EACH:
            prompt = fill(rng, rng.choice(asks), r=rng.choice(w.ROLES_HELD), p=rng.choice(w.PLACES_HELD))
            items.setdefault(prompt, {**item(family, prompt, "", kind="free text"), "id": 10_000 + len(items)})
    return list(items.values())


if __name__ == "__main__":
    with open(sys.argv[1], "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(one) for one in build(20_261)) + "\n]\n")
