"""The tokenizer: byte-level BPE with every digit a token of its own, and the chat template as token ids."""

import random
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import mixture
from freetext import MARK

VOCABULARY = 2048
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEXT_END, START, END = 0, 1, 2
CHAT_TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def load(path: str) -> Tokenizer:
    return Tokenizer.from_file(path)


def free(tokenizer: Tokenizer, text: str) -> tuple[list[int], list[int]]:
    """Free text, which never ends: no end token follows."""
    ids, said, ended = [], [], False
    for n, part in enumerate(text.split(MARK)):
        for token, shown in zip((encoded := tokenizer.encode(part)).ids, encoded.tokens):
            ids.append(token)
            said.append(5 if n % 2 else 3 if ended or len(ids) < 6 else 4)
            ended = n % 2 == 1 or any(mark in shown for mark in ".!?Ċ")
    return ids, said


def encode_turns(tokenizer: Tokenizer, turns: list[tuple[str, str]]) -> tuple[list[int], list[int]]:
    """Token ids and, for each, whether the model is to say it: 0 no, 1 yes, 2 never (what only the wrapping writes);
    in free text, 3 at the start, where a sentence has just ended and after something out of place, 4 elsewhere, 5 what is out of place itself."""
    ids, said = [], []
    for role, text in turns:
        if role == "text":
            body, mask = free(tokenizer, text)
            ids, said = ids + body + [TEXT_END], said + mask + [2]
            continue
        if role in ("cut", "stopped"):
            head, (body, mask) = [START, *tokenizer.encode("assistant\n").ids], free(tokenizer, text)
            tail = [] if role == "cut" else [END, *tokenizer.encode("\n").ids]
            ids += head + body + tail
            said += [2] * len(head) + mask + [2] * len(tail)
            continue
        speaker = role
        head = [START, *tokenizer.encode(speaker + "\n").ids]
        body = tokenizer.encode(text).ids + [END]
        tail = tokenizer.encode("\n").ids
        ids += head + body + tail
        said += [2] * len(head) + [int(speaker == "assistant")] * len(body) + [2] * len(tail)
    return ids, said


def train(path: str, conversations: int = 40_000, seed: int = 7) -> None:
    rng = random.Random(seed)

    def texts():
        for n in range(conversations):
            turns = mixture.long_conversation(rng) if n % 60 == 0 else mixture.short_conversation(rng)
            yield from (role + "\n" + text for role, text in turns)

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(texts(), trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False))
    tokenizer.save(path)
    print(f"{tokenizer.get_vocab_size()} tokens")


if __name__ == "__main__":
    train(sys.argv[1])
