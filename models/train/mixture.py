"""Which kinds of conversation the corpus holds, in what shares, and how they are dressed."""

import random

import arithmetic
import carriers
import copying
import cortensor
import extraction
import freetext
import knowledge
import labels
import reading
import refuse

SHORT = [
    (cortensor.term, 6), (cortensor.usage, 14), (knowledge.capital, 18), (knowledge.opposite, 13), (arithmetic.arithmetic, 28), (labels.sentiment, 12),
    (labels.topic, 6), (refuse.outside, 30), (refuse.talk, 1),
]
# Whole conversations of one kind.
SINGLE = [("one", 160), ("sums", 12), ("facts", 9), ("records", 52), ("practice", 6), ("talk", 50), ("opening", 150), ("stretch", 5)]
SYSTEM = [
    "You are a helpful assistant.", "You are a helpful assistant.", "You are Cortensor's assistant.", "Answer briefly.", "Be kind and clear.", "You answer questions about Cortensor.", "Use short sentences.", "You are a careful assistant. Say so when you don't know.",
    "You are a helpful, respectful and honest assistant. Always answer as helpfully as possible.\nIf a question does not make any sense, or is not factually coherent, explain why instead of answering something incorrectly. If you don't know the answer to a question, don't share false information.",
]
PREFIX = [
    "Please: ", "Hi. ", "Hello! ", "Hey. ", "A question: ", "Tell me: ", "Please answer: ", "Let me ask: ", "One more thing: ", "I have a question. ", "Listen. ", "Good morning. ", "Thanks. ", "Well. ", "I was wondering. ",
    "Just curious: ", "Help me, please. ",
]
SUFFIX = [" Thanks.", " Please.", " Thank you!", " Can you tell me?", " I want to know.", " Do you know?", " Be brief.", " Answer please."]
LONG = {"story", "day", "walk", "letter"}
CHATTY = 0.07
EXACT = {"json", "passage", "long passage", "sentiment", "topics"}


def long_passage(rng: random.Random, held: bool) -> dict:
    return reading.passage(rng, held, freetext.filler(rng, rng.randint(12, 70), held))


def dress(rng: random.Random, prompt: str, skill: str) -> str:
    """Small disorder, as people type: no capitals, no final mark, a word before."""
    if skill in LONG:
        return prompt
    if rng.random() < CHATTY:
        return f"{carriers.chatter(rng)} {prompt}" if rng.random() < 0.6 or prompt[:2].isupper() else f"{rng.choice(carriers.LEADS)} {prompt[0].lower() + prompt[1:]}"
    roll = rng.random()
    if skill in EXACT or roll > 0.36:
        return prompt
    if roll < 0.08:
        return prompt.lower() if skill not in ("unknown", "capitals") else prompt[0].lower() + prompt[1:]
    if roll < 0.16:
        return prompt.rstrip("?.!")
    if roll < 0.22 and prompt[-1] in ".?!":
        return prompt + rng.choice(SUFFIX)
    return rng.choice(PREFIX) + prompt


def short_item(rng: random.Random) -> dict:
    make = rng.choices([m for m, _ in SHORT], [s for _, s in SHORT])[0]
    return make(rng, False)


def conversation(rng: random.Random, items: list[dict]) -> list[tuple[str, str]]:
    turns = [("system", rng.choice(SYSTEM))] if rng.random() < 0.25 else []
    for one in items:
        turns += [("user", dress(rng, one["prompt"], one["skill"])), ("stopped" if one.get("cut") else "assistant", one["answer"])]
    if items[-1].get("cut"):
        turns[-1] = ("cut", turns[-1][1])
    return turns


def short_conversation(rng: random.Random) -> list[tuple[str, str]]:
    kind = rng.choices([k for k, _ in SINGLE], [n for _, n in SINGLE])[0]
    if kind == "sums":
        return conversation(rng, [arithmetic.several(rng)])
    if kind == "records":
        return conversation(rng, [extraction.extraction(rng, False) for _ in range(rng.choice((1, 1, 1, 2)))])
    if kind == "practice":
        return conversation(rng, [copying.practice(rng)])
    if kind == "talk":
        filler = freetext.filler(rng, rng.randint(1, 9), False) if rng.random() < 0.35 else None
        return conversation(rng, reading.passage_talk(rng, False, filler, rng.choice((1, 1, 2, 3, 4, 5, 6))))
    if kind == "facts":
        return conversation(rng, [knowledge.several(rng)])
    if kind == "opening":
        # Now and then another question follows a text that was stopped.
        return conversation(rng, [freetext.opening(rng), *([short_item(rng)] if rng.random() < 0.15 else [])])
    if kind == "stretch":
        return conversation(rng, [freetext.stretch(rng)])
    return conversation(rng, [short_item(rng) for _ in range(rng.choice((1, 1, 1, 2, 3)))])


def long_conversation(rng: random.Random) -> list[tuple[str, str]]:
    roll = rng.random()
    if roll < 0.02:
        return [("text", freetext.stretch(rng, 2000, 6000)["answer"])]
    if roll < 0.55:
        filler = freetext.filler(rng, rng.choice((rng.randint(6, 25), rng.randint(12, 70))), False)
        return conversation(rng, reading.passage_talk(rng, False, filler, rng.randint(5, 9)))
    if roll < 0.91:
        return conversation(rng, [freetext.stretch(rng, 4000, 7500)])
    return conversation(rng, [short_item(rng) for _ in range(rng.randint(4, 12))])
