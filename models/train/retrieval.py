"""Pairs of texts that mean the same thing, for the embedding model, and the held-out questions it is judged by."""

import json
import random
import sys

import cortensor
import knowledge
import labels
import reading
import words as w
from mixture import dress
from pick import fill, made_up

EVENTS = ["{opened|was founded|was built} in <v>", "{burned down|was closed} in <v>", "{belongs to|is owned by} <v>", "{is famous for|sells|makes} <v>", "{stands near|lies close to} the <v>", "has {<v> workers|a staff of <v>}"]
ASKS = [
    ["When was the <p> {of|in} <c> {founded|built|opened}?", "{Which|What} year did the <p> {of|in} <c> open?"], ["When did the <p> {of|in} <c> {burn down|close}?"], ["Who owns the <p> {of|in} <c>?", "To whom does the <p> {of|in} <c> belong?"],
    ["What is the <p> {of|in} <c> {famous|known} for?", "What does the <p> {of|in} <c> {sell|make}?"], ["{Where|Near what} is the <p> {of|in} <c>?"], ["How many people work {at|in} the <p> {of|in} <c>?"],
]
EVENTS_HELD = ["first welcomed visitors in <v>", "was lost to fire in <v>", "is in the hands of <v>", "earns its living from <v>", "can be found beside the <v>", "gives work to <v> people"]
ASKS_HELD = ["In what year did people first visit the <p> at <c>?", "What year saw the fire at the <p> at <c>?", "Whose is the <p> at <c>?", "What brings money to the <p> at <c>?", "What is beside the <p> at <c>?", "How many workers has the <p> at <c>?"]


def place_fact(rng, held):
    kind, place, town = rng.randrange(6), rng.choice(w.PLACES_HELD if held else w.PLACES), made_up(rng, held)
    value = [str(rng.randint(1500, 2020)), str(rng.randint(1500, 2020)), made_up(rng, held), rng.choice(w.GOODS + w.FOOD), rng.choice(w.PLACES), rng.choice(w.NUMBERS)][kind]
    statement = fill(rng, f"The <p> {'at' if held else '{of|in}'} <c> " + (EVENTS_HELD[kind] if held else EVENTS[kind]) + ".", p=place, c=town, v=value)
    return fill(rng, ASKS_HELD[kind] if held else rng.choice(ASKS[kind]), p=place, c=town), statement


def person_fact(rng, held):
    key = rng.choice(sorted(reading.FACTS))
    name, facts = reading.person(rng, held), reading.FACTS[key]
    value = reading.value(rng, key, held)
    return fill(rng, rng.choice(facts[3 if held else 2]), n=name), fill(rng, rng.choice(facts[1 if held else 0]), n=name, v=value)


def term(rng, held):
    name, answers, _ = rng.choice(cortensor.TERM_ROWS)
    return fill(rng, rng.choice(cortensor.TERM_ASK_HELD if held else cortensor.TERM_ASK), t=name), rng.choice(answers)


def usage(rng, held):
    asks, held_ask, answers, _ = rng.choice(cortensor.FACT_ROWS)
    first = held_ask if held else fill(rng, rng.choice(asks))
    return first, rng.choice(answers) if held or rng.random() < 0.5 else fill(rng, rng.choice(asks))


def capital(rng, held):
    country = rng.choice(sorted(knowledge.CAPITALS))
    city = knowledge.CAPITALS[country]
    statement = f"{city} is the capital of {country}."
    if rng.random() < 0.5:
        return fill(rng, rng.choice(knowledge.CAPITAL_ASK_HELD if held else knowledge.CAPITAL_ASK), x=country), statement
    return fill(rng, rng.choice(knowledge.COUNTRY_ASK_HELD if held else knowledge.COUNTRY_ASK), x=city), statement


def opposite(rng, held):
    word = rng.choice(sorted(knowledge.OPPOSITE))
    return fill(rng, rng.choice(knowledge.OPPOSITE_ASK_HELD if held else knowledge.OPPOSITE_ASK), x=word), f"The opposite of {word} is {knowledge.OPPOSITE[word]}."


def topic(rng, held):
    label = rng.choice(sorted(labels.TOPICS))
    one, two = rng.sample(labels.TOPICS[label].split("|"), 2)
    return fill(rng, one, team="home side") + ".", fill(rng, two, team="visitors") + "."


SOURCES = [(place_fact, 30), (person_fact, 30), (term, 14), (usage, 14), (capital, 8), (opposite, 8), (topic, 1)]


def batch(rng: random.Random, count: int) -> list[tuple[str, str]]:
    """Pairs with different second texts, so that each has one right partner; now and then two that share a name or a kind."""
    pairs, seen = [], set()
    while len(pairs) < count:
        make = rng.choices([m for m, _ in SOURCES], [s for _, s in SOURCES])[0]
        question, statement = make(rng, False)
        if statement in seen:
            continue
        seen.add(statement)
        if rng.random() < 0.2:
            extra = rng.choice([place_fact, person_fact, capital])(rng, False)[1]
            statement = f"{extra} {statement}" if rng.random() < 0.5 else f"{statement} {extra}"
        pairs.append((dress(rng, question, "exact" if make is person_fact else "any"), statement))
    return pairs


def held_out(seed: int, count: int) -> list[dict]:
    """Questions and the passages that answer them: 160 about places and people never seen, 40 about Cortensor in new words."""
    rng, items, seen = random.Random(seed), [], set()
    while len(items) < count:
        make = place_fact if len(items) < 80 else person_fact if len(items) < 160 else usage
        question, statement = make(rng, True)
        if question in seen or statement in seen:
            if make is not usage or len([1 for i in items if i["kind"] == "usage"]) < len(cortensor.FACT_ROWS):
                continue
            make = term
            question, statement = term(rng, True)
            if statement in seen:
                continue
        seen |= {question, statement}
        items.append({"kind": make.__name__, "question": question, "passage": statement})
    return items


if __name__ == "__main__":
    with open(sys.argv[1], "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(i) for i in held_out(20_261, 200)) + "\n]\n")
