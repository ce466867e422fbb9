"""Makes the work records' golden vectors from a second implementation. Run: python3 packages/protocol/test/work/makeVectors.py"""

import hashlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))

from reference import be, hexed, keccak256, set_levels, word  # noqa: E402

OUTCOMES = ["delivered", "stopped", "rejected", "withheld", "silent", "died", "wrong"]


def part(i, j, task_id):
    outcome = OUTCOMES[(i + j) % 7]
    made = {
        "replica": j % 2,
        "segment": j // 2,
        "miner": word(f"miner {(i + j) % 3}")[12:],
        "kernelClass": word(f"class {j % 2}"),
        "outcome": outcome,
        "nIn": 10 + i,
        "nOut": 100 * j,
        "tFirstMs": 50 + j,
        "tTotalMs": 1000 + i * j,
    }
    if outcome in OUTCOMES[3:] and i % 2 == 0:
        made["word"] = {
            "taskId": task_id,
            "position": 32 * j,
            "tokenRoot": word(f"tokens {i} {j}"),
            "root": word(f"batch {i}"),
            "count": 5,
            "sequence": 1_700_000_000_000 + i,
            "signature": word("r") + word("s") + bytes([27 + j % 2]),
            "path": [word(f"sibling {n}") for n in range(j % 4)],
        }
    return made


def pack_word(w):
    packed = w["taskId"] + be(w["position"], 4) + w["tokenRoot"] + w["root"] + be(w["count"], 4) + be(w["sequence"], 8)
    return packed + w["signature"] + be(len(w["path"]), 1) + b"".join(w["path"])


def pack(record):
    tasks = sorted(record["ended"], key=lambda t: t["id"])
    miners = sorted({p["miner"] for t in tasks for p in t["parts"]})
    models = sorted({t["modelId"] for t in tasks})
    classes = sorted({p["kernelClass"] for t in tasks for p in t["parts"]})
    begun = sorted(record["begun"])
    out = be(1, 1) + be(record["chainId"], 8) + record["lane"] + be(record["epoch"], 8)
    out += be(len(miners), 2) + be(len(models), 2) + be(len(classes), 2) + be(len(begun), 4) + be(len(tasks), 4)
    out += b"".join(miners + models + classes + begun)
    for t in tasks:
        out += t["id"] + be(t["hasBegun"] + 2 * t["isSeeded"], 1) + be(models.index(t["modelId"]), 2) + be(len(t["parts"]), 2)
        for p in sorted(t["parts"], key=lambda p: (p["replica"], p["segment"], p["miner"])):
            out += be(p["replica"], 1) + be(p["segment"], 2) + be(miners.index(p["miner"]), 2)
            out += be(classes.index(p["kernelClass"]), 2) + be(OUTCOMES.index(p["outcome"]), 1)
            out += be(p["nIn"], 4) + be(p["nOut"], 4) + be(p["tFirstMs"], 4) + be(p["tTotalMs"], 4)
            out += be(1, 1) + pack_word(p["word"]) if "word" in p else be(0, 1)
    return out


def shown(value):
    if isinstance(value, bytes):
        return hexed(value)
    if isinstance(value, list):
        return [shown(one) for one in value]
    if isinstance(value, dict):
        return {key: shown(one) for key, one in value.items()}
    return value


def make(begun, ended, parts):
    tasks = []
    for i in range(ended):
        task_id = word(f"task {i}")
        made = sorted((part(i, j, task_id) for j in range(parts)), key=lambda p: (p["replica"], p["segment"], p["miner"]))
        flags = {"hasBegun": i % 2 == 0, "isSeeded": i % 3 == 0}
        tasks.append({"id": keccak256(task_id), "modelId": word(f"model {i % 2}"), **flags, "parts": made})
    record = {
        "chainId": 31337,
        "lane": word("lane")[12:],
        "epoch": 7 + ended,
        "begun": sorted(keccak256(word(f"begun {i}")) for i in range(begun)),
        "ended": sorted(tasks, key=lambda t: t["id"]),
    }
    packed = pack(record)
    chunks = [packed[at : at + 4096] for at in range(0, len(packed), 4096)]
    return {
        "record": shown(record),
        "bytes": hexed(packed),
        "recordCid": "0x" + hashlib.sha256(packed).hexdigest(),
        "recordRoot": hexed(keccak256(be(len(chunks), 32) + set_levels(chunks)[-1][0])),
    }


with open(os.path.join(HERE, "vectors.json"), "w") as file:
    json.dump([make(0, 0, 0), make(2, 1, 1), make(5, 12, 6)], file, indent=1)
    file.write("\n")
