"""Makes the golden vectors from the second implementation. Run: python3 packages/protocol/test/makeVectors.py"""

import hashlib
import json
import os
import math
import random
import struct

from reference import *

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors")

PLAIN = {
    "temperature": 1,
    "topK": 40,
    "topP": 1,
    "minP": 0,
    "presencePenalty": 0,
    "frequencyPenalty": 0,
    "logitBias": {},
    "stop": [],
    "maxTokens": 256,
}


def write(name, value):
    with open(os.path.join(VECTORS, name + ".json"), "w") as file:
        json.dump(value, file, indent=2, ensure_ascii=False)
        file.write("\n")


def make_merkle():
    trees = []
    for count in [1, 2, 3, 5, 8, 33]:
        leaves = [keccak256(word(f"leaf {count} {i}")) for i in range(count)]
        levels = levels_of(leaves)
        picked = sorted({0, count // 2, count - 1})
        proofs = [{"index": i, "path": [hexed(n) for n in path_of(levels, i)]} for i in picked]
        trees.append({"leaves": [hexed(x) for x in leaves], "root": hexed(levels[-1][0]), "proofs": proofs})
    struct_hash = word("struct")
    write("merkle", {"leaf": {"structHash": hexed(struct_hash), "leaf": hexed(keccak256(struct_hash))}, "trees": trees})


def make_settlement_sets():
    sets = []
    for tasks, payees in [(1, 0), (3, 2), (5, 63)]:
        entries = []
        for i in range(tasks):
            tag = f"set {tasks} {i}"
            fee = [10**15 + i, 2**96 - 1, 0][i % 3]
            nets = [(word(f"payee {n}")[12:], fee * 9200 // 10000 // payees) for n in range(payees)]
            task_id = word(tag)
            entry = {"id": keccak256(task_id), "resultsHash": word(tag + " results"), "feeWei": fee, "payees": nets}
            entries.append((task_id, entry))
        chunks = set_chunks([entry for _, entry in entries])
        levels = set_levels(chunks)
        sets.append(
            {
                "entries": [
                    {
                        "taskId": hexed(task_id),
                        "id": hexed(e["id"]),
                        "resultsHash": hexed(e["resultsHash"]),
                        "feeWei": str(e["feeWei"]),
                        "payees": [{"payee": hexed(p), "netWei": str(wei)} for p, wei in e["payees"]],
                    }
                    for task_id, e in entries
                ],
                "chunks": [hexed(c) for c in chunks],
                "paths": [[hexed(n) for n in path_of(levels, i)] for i in range(len(chunks))],
                "root": hexed(levels[-1][0]),
                "settlementRoot": hexed(keccak256(be(len(chunks), 32) + levels[-1][0])),
                "setCid": "0x" + hashlib.sha256(b"".join(chunks)).hexdigest(),
            }
        )
    write("settlementSet", sets)


def make_token_root():
    ids = [(i * 2654435761 + 7) % 2**32 for i in range(100)]
    roots = [{"position": n, "root": hexed(token_root(ids[:n]))} for n in [0, 1, 31, 32, 33, 63, 64, 65, 96, 100]]
    write("tokenRoot", {"ids": ids, "roots": roots})


def make_fingerprints():
    rng = random.Random(4)
    tokens = []
    for i in range(40):
        top = [{"id": rng.randrange(2**24 - 1), "logprob": round(-rng.expovariate(0.2), 6)} for _ in range(5 if i % 7 else 3)]
        tokens.append({"id": rng.randrange(2**24 - 1), "top": top})
    tokens[5]["top"][4]["logprob"] = -1000
    cases = []
    for count in [1, 32, 40]:
        leaves = fingerprint_leaves(tokens[:count])
        cases.append({"tokens": count, "leaves": [hexed(x) for x in leaves], "root": hexed(levels_of(leaves)[-1][0])})
    write("fingerprint", {"tokens": tokens, "cases": cases})


def make_commits():
    salt, task = word("salt"), word("task")
    prompts = [
        {"kind": "text", "text": "Once upon a time"},
        {"kind": "text", "text": ""},
        {"kind": "chat", "messages": [{"role": "user", "content": "What is the capital of France?"}]},
        {
            "kind": "chat",
            "messages": [
                {"role": "system", "content": "Answer in one word."},
                {"role": "user", "content": "naïve café, 日本語, 🎈"},
                {"role": "assistant", "content": "oui"},
            ],
        },
        # As the inference oracle asks: a schema, and the question.
        {
            "kind": "chat",
            "messages": [
                {"role": "system", "content": "Answer in one word."},
                {"role": "user", "content": "Is the sky blue?"},
            ],
        },
    ]
    params = [
        PLAIN,
        {**PLAIN, "temperature": 0.7, "topP": 0.95, "minP": 0.05, "topK": 20, "maxTokens": 1},
        {**PLAIN, "presencePenalty": -2, "frequencyPenalty": 0.123456, "userSeed": "-42"},
        {**PLAIN, "logitBias": {"10": -100, "9": 0.5, "128000": 100}, "stop": ["\n\n", "ÿ Ende"], "userSeed": "9223372036854775807"},
        # As the inference oracle asks: greedy.
        {**PLAIN, "temperature": 0, "topK": 1, "maxTokens": 8},
    ]
    payees = [
        {"miner": hexed(word("a")[12:]), "replica": 0, "segment": 0, "from": 0, "to": 64, "wei": "6400000000000"},
        {"miner": hexed(word("b")[12:]), "replica": 0, "segment": 1, "from": 80, "to": 131, "wei": str(2**96 - 1)},
    ]
    recipe = [{"kind": "prefill", "tokens": 12}, {"kind": "decode", "tokens": 200}]
    results = [word("result 0"), word("result 1")]
    output = "The capital of France is Paris. 🎈"
    texts = ["one", "two 🎈"]
    write(
        "commits",
        {
            "salt": hexed(salt),
            "taskId": hexed(task),
            "prompts": [
                {"prompt": p, "encoding": hexed(encode_prompt(p)), "commit": hexed(keccak256(salt + encode_prompt(p)))}
                for p in prompts
            ],
            "texts": {"texts": texts, "commit": hexed(keccak256(salt + encode_texts(texts)))},
            "params": [
                {"params": p, "encoding": hexed(encode_params(p)), "hash": hexed(keccak256(encode_params(p)))} for p in params
            ],
            "payees": {"payees": payees, "hash": hexed(keccak256(b"".join(map(pack_payee, payees))))},
            "recipe": {"steps": recipe, "hash": hexed(keccak256(pack_recipe(recipe)))},
            "results": {"structHashes": [hexed(r) for r in results], "hash": hexed(keccak256(b"".join(results)))},
            "output": {"text": output, "commit": hexed(keccak256(task + output.encode()))},
        },
    )


def make_seeds():
    task, nonce, model, params = word("task"), word("nonce"), word("model"), word("params")
    chain, epoch, ids, user_seed = 31337, 1_234_567, [1, 2, 128000], -42
    beacon = keccak256(b"beacon-v1" + be(chain, 32) + be(epoch, 8))
    source = keccak256(task + nonce + beacon)
    user_source = keccak256(model + keccak256(le_ids(ids)) + params + struct.pack(">q", user_seed))
    write(
        "seeds",
        {
            "chainId": chain,
            "epoch": epoch,
            "beacon": hexed(beacon),
            "taskId": hexed(task),
            "userNonce": hexed(nonce),
            "source": hexed(source),
            "seeds": [{"replica": r, "seed": hexed(sampler_seed(source, r))} for r in [0, 1, 6]],
            "modelId": hexed(model),
            "paramsHash": hexed(params),
            "promptTokens": ids,
            "userSeed": str(user_seed),
            "userSource": hexed(user_source),
        },
    )


def make_ln():
    rng = random.Random(2)
    xs = [1.0, 2.0, 0.5, 1.4142135623730951, 1.4142135623730954, 10.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]
    xs += [0.5 / 2**52, 1 - 0.5 / 2**52, 1 + 2**-52]
    xs += [rng.random() for _ in range(40)] + [math.exp(rng.uniform(-700, 700)) for _ in range(40)]
    es = [0.0, 1.0, -1.0, 709.78, -708.39, -745.1, -745.2, -800.0, 0.34657359027997264, -1e-300]
    es += [rng.uniform(-40, 0) for _ in range(40)] + [rng.uniform(-740, 700) for _ in range(40)]
    write(
        "ln",
        {
            "ln": [{"x": bits(x), "ln": bits(ln(x))} for x in xs],
            "exp": [{"x": bits(x), "exp": bits(exp(x))} for x in es],
        },
    )


def make_sampler():
    rng = random.Random(3)
    changes = [
        {},
        {"temperature": 0},
        {"temperature": 0.7},
        {"temperature": 2, "topK": 5},
        {"topP": 0.9},
        {"topP": 0},
        {"minP": 0.1},
        {"temperature": 1.3, "topP": 0.8, "minP": 0.02},
        {"presencePenalty": 1.5, "frequencyPenalty": 0.4},
        {"presencePenalty": -2, "frequencyPenalty": -0.5, "topK": 10},
        {"logitBias": {"0": -100, "1": 100}, "temperature": 0},
        {"logitBias": {"3": 4.5, "63": 7}, "presencePenalty": 0.5},
        {"topK": 1},
    ]
    cases = []
    for index, change in enumerate(changes):
        case = {
            "params": {**PLAIN, **change},
            "seed": hexed(word(f"seed {index}")),
            "position": index * 1000,
            "outputCounts": {str(t): 1 + t % 3 for t in range(0, 64, 5)} if index >= 8 else {},
            "logits": [round(rng.gauss(0, 3), 4) for _ in range(64)],
        }
        if index == 7:
            case["denied"] = list(range(0, 64, 2))
        if index == 1:
            case["logits"][50] = case["logits"][20] = 30.0
        cases.append({**case, "chosen": choose(case)})
    noise = [
        {"seed": hexed(word("noise")), "position": p, "id": t, "gumbel": bits(gumbel(word("noise"), p, t))}
        for p, t in [(0, 0), (1, 2), (4294967295, 4294967295), (77, 128255)]
    ]
    write("sampler", {"noise": noise, "cases": cases})


def make_draws():
    chain, contract, task, miner = 31337, word("contract")[:20], word("task"), word("miner")[:20]
    precommits = []
    for salt, result in [("salt", "result"), ("another salt", "result"), ("salt", "another result")]:
        made = precommit(chain, contract, task, miner, word(salt), word(result))
        precommits.append({"salt": hexed(word(salt)), "resultHash": hexed(word(result)), "hash": hexed(made)})
    draws = []
    for purpose, weights in [(0, [1]), (0, [1] * 5), (1, [3, 1, 64, 2]), (2, [1] * 16), (255, [5, 1, 1, 7, 2, 2])]:
        nodes = [(word("node %d" % i)[:20], weight) for i, weight in enumerate(weights)]
        beacon = word("beacon %d" % len(draws))
        order = draw_order(nodes, purpose, beacon, task)
        candidates = [{"node": hexed(node), "weight": weight} for node, weight in nodes]
        named = {"purpose": purpose, "beacon": hexed(beacon), "subject": hexed(task)}
        draws.append({**named, "candidates": candidates, "order": [hexed(node) for node in order]})
    bound = {"chainId": chain, "contract": hexed(contract), "taskId": hexed(task), "miner": hexed(miner)}
    write("draws", {"precommit": {**bound, "cases": precommits}, "draws": draws})


if __name__ == "__main__":
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    make_merkle()
    make_settlement_sets()
    make_token_root()
    make_fingerprints()
    make_commits()
    make_seeds()
    make_ln()
    make_sampler()
    make_draws()
