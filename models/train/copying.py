"""Dense practice in copying, for training alone: word lists and several records in one answer."""

import json

from carriers import carrier
from extraction import record, shown
from pick import fill, item, made_up


def any_word(rng):
    return made_up(rng, False, capital=rng.random() < 0.4)


def word_list(rng):
    """Words as a JSON list: every one of them stands without the space that it had in the prompt."""
    words = [any_word(rng) for _ in range(rng.randint(3, 12))]
    gap = rng.choice([", ", " ", "; ", ", ", "\n", " / "])
    if gap == " ":
        words = [word.replace(" ", "") for word in words]
    lead = fill(rng, "{List|Write|Put|Turn|Give me} {these|the following|all} {words|items|names} {as|into} a JSON {list|array}{:|.}{ |\n}")
    text = gap.join(words)
    return item("json", f"{text}\n{lead.strip()}" if rng.random() < 0.3 else lead + text, json.dumps(words), kind="none")


def many_records(rng):
    """The same keys for several records, one sentence each, as a list of objects."""
    first, named = record(rng)
    if "quantity" in first:
        return word_list(rng)
    kinds, rows = list(first), [first]
    for _ in range(rng.randint(1, 3)):
        other, _ = record(rng)
        while set(other) != set(kinds):
            other = {key: (rng.randint(2, 999) if isinstance(first[key], int) else any_word(rng)) for key in kinds}
        rows.append(other)
    text = rng.choice([" ", "\n"]).join(carrier(rng, [shown(rng, key, row[key], key in named) for key in kinds]) for row in rows)
    order = rng.sample(kinds, len(kinds))
    lead = fill(rng, "{Return|Give me|Write|Make} a JSON {list|array} {of all records|of objects|with one object a line|of these}{, keys|, each with} <f>{:|.}", f=", ".join(order))
    answer = json.dumps([{key: row[key] for key in order} for row in rows])
    return item("json", f"{text}\n{lead}" if rng.random() < 0.4 else f"{lead}\n{text}", answer, kind="none")


def practice(rng):
    return word_list(rng) if rng.random() < 0.45 else many_records(rng)
