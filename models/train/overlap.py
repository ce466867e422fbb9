"""No run of eight words of a held-out prompt (nor a shorter prompt as a whole) may occur in training text."""

import json
import re

WORD = re.compile(r"[a-z]+|\d+|[^\sa-z\d]")
LENGTH = 8


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())


class HeldOut:
    def __init__(self, path: str):
        self.runs: dict[int, set] = {}
        for one in json.load(open(path)):
            prompt = words(one.get("prompt") or one["question"])
            size = min(LENGTH, len(prompt))
            found = self.runs.setdefault(size, set())
            found.update(tuple(prompt[i : i + size]) for i in range(len(prompt) - size + 1))

    def hit(self, text: str) -> str | None:
        """The first run of words that a text shares with a held-out prompt."""
        spoken = words(text)
        for size, runs in self.runs.items():
            for i in range(len(spoken) - size + 1):
                if tuple(spoken[i : i + size]) in runs:
                    return " ".join(spoken[i : i + size])
        return None
