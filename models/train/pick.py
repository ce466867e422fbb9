"""Random choices from templates: `{a|b|}` picks one alternative, `<name>` takes a value."""

import random
import re

import invented

ALTERNATIVE = re.compile(r"\{([^{}]*)\}")
SLOT = re.compile(r"<(\w+)>")
SYLLABLES = "ba be bi bo bra da del do dri el en fa fen ga gor ha hol in ka kel ko la len lo lun ma mel mi mor na nel no or pa per ra ren ri ro sa sel so ta ten ti tor tu va ven vi vor wen wil ya yor za zen".split()
REAL = {"paper", "sara", "laura", "nora", "pasta", "tiger", "lotion", "panel", "model", "token", "beta", "dale"}


def fill(rng: random.Random, template: str, **values) -> str:
    while True:
        match = ALTERNATIVE.search(template)
        if not match:
            break
        template = template[: match.start()] + rng.choice(match.group(1).split("|")) + template[match.end() :]
    return SLOT.sub(lambda m: str(values[m.group(1)]), template)


def bucket(text: str) -> int:
    """A stable value in 0..9, used to keep one part in ten out of training."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return (value >> 8) % 10


def made_up(rng: random.Random, held: bool, capital: bool = True) -> str:
    """A word that belongs to the held-out set or to the training set, never to both. Held-out ones are built from syllables, training's of anything."""
    while True:
        if not held and rng.random() < 0.7:
            word = invented.word(rng)
            if bucket(word) != 0:
                return invented.title(word) if capital else word
            continue
        word = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 2, 3))))
        if word in REAL or held and len(word) < 6:
            continue
        if (bucket(word) == 0) == held:
            return word.capitalize() if capital else word


def item(skill: str, prompt: str, answer: str, **check) -> dict:
    """One question with its answer and the way to judge another answer."""
    return {"skill": skill, "prompt": prompt, "answer": answer, "check": check}
