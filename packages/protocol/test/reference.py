"""A second implementation of the network's hashes and sampler, in another language and with the standard library alone.

It makes every golden vector that isn't EIP-712 (those come from viem, see makeStructVectors.mjs), so that the vectors bind two
independent readings of docs/ARCHITECTURE.md. Run: python3 packages/protocol/test/reference.py
"""

import hashlib
import json
import math
import os
import random
import struct

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors")
MASK = (1 << 64) - 1


def keccak256(data):
    """Keccak-256 with the original padding (0x01), as Ethereum uses it."""
    state = [[0] * 5 for _ in range(5)]
    padded = bytearray(data) + b"\x01"
    padded += b"\x00" * (-len(padded) % 136)
    padded[-1] |= 0x80
    for start in range(0, len(padded), 136):
        for i in range(17):
            state[i % 5][i // 5] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        permute(state)
    return b"".join(state[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


def permute(a):
    lfsr = 1
    for _ in range(24):
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1) for x in range(5)]
        for x in range(5):
            for y in range(5):
                a[x][y] ^= d[x]
        x, y, current = 1, 0, a[1][0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x][y] = a[x][y], rotate(current, (t + 1) * (t + 2) // 2)
        for y in range(5):
            row = [a[x][y] for x in range(5)]
            for x in range(5):
                a[x][y] = row[x] ^ (~row[(x + 1) % 5] & MASK & row[(x + 2) % 5])
        for j in range(7):
            lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x71)) % 256
            if lfsr & 2:
                a[0][0] ^= 1 << ((1 << j) - 1)


def rotate(value, by):
    by %= 64
    return ((value << by) | (value >> (64 - by))) & MASK if by else value


def hexed(data):
    return "0x" + data.hex()


def unhex(text):
    return bytes.fromhex(text[2:])


def word(tag):
    return keccak256(tag.encode())


def be(value, size):
    return value.to_bytes(size, "big", signed=value < 0)


def le_ids(ids):
    return b"".join(i.to_bytes(4, "little") for i in ids)


def text(value):
    data = value.encode()
    return be(len(data), 4) + data


# --- trees and roots -------------------------------------------------------------------------------------------------


def levels_of(leaves):
    levels = [leaves]
    while len(levels[-1]) > 1:
        level = levels[-1]
        up = [keccak256(min(level[i : i + 2]) + max(level[i : i + 2])) for i in range(0, len(level) - 1, 2)]
        levels.append(up + ([level[-1]] if len(level) % 2 else []))
    return levels


def path_of(levels, index):
    path = []
    for level in levels[:-1]:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        index //= 2
    return path


def token_root(ids):
    root = bytes(32)
    for start in range(0, len(ids), 32):
        root = keccak256(root + le_ids(ids[start : start + 32]))
    return root


def fingerprint_leaves(tokens):
    def entry(found):
        if found is None:
            return b"\xff" * 5
        parts = min(65535, max(0, math.floor(-found["logprob"] * 256 + 0.5)))
        return found["id"].to_bytes(3, "little") + be(parts, 2)

    packed = []
    for token in tokens:
        top = (token["top"] + [None] * 5)[:5]
        packed.append(token["id"].to_bytes(3, "little") + b"".join(map(entry, top)))
    return [keccak256(b"".join(packed[start : start + 32])) for start in range(0, len(packed), 32)]


# --- commitments and seeds -------------------------------------------------------------------------------------------


def encode_prompt(prompt):
    if prompt["kind"] == "text":
        return b"\x01\x00" + text(prompt["text"])
    roles = ["system", "user", "assistant"]
    body = b"".join(be(roles.index(m["role"]), 1) + text(m["content"]) for m in prompt["messages"])
    return b"\x01\x01" + be(len(prompt["messages"]), 4) + body


def encode_texts(texts):
    return b"\x01\x02" + be(len(texts), 4) + b"".join(text(t) for t in texts)


def micros(value):
    return round(value * 1_000_000)


def encode_params(p):
    out = b"\x01"
    for name in ["temperature", "topP", "minP", "presencePenalty", "frequencyPenalty"]:
        out += struct.pack(">i", micros(p[name]))
    out += be(p["topK"], 1) + be(p["maxTokens"], 4)
    out += b"\x01" + struct.pack(">q", int(p["userSeed"])) if "userSeed" in p else b"\x00"
    biases = sorted((int(i), b) for i, b in p["logitBias"].items())
    out += be(len(biases), 2) + b"".join(be(i, 4) + struct.pack(">i", micros(b)) for i, b in biases)
    return out + be(len(p["stop"]), 1) + b"".join(text(s) for s in p["stop"])


def pack_payee(p):
    return (
        unhex(p["miner"])
        + be(p["replica"], 1)
        + be(p["segment"], 2)
        + be(p["from"], 4)
        + be(p["to"], 4)
        + be(int(p["wei"]), 12)
    )


def pack_recipe(steps):
    return b"".join(be(["prefill", "decode"].index(s["kind"]), 1) + be(s["tokens"], 4) for s in steps)


def sampler_seed(source, replica):
    return keccak256(b"poi-seed-v2" + source + be(replica, 1))


# --- ln, exp, sampler ------------------------------------------------------------------------------------------------

LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")


def ln(x):
    mantissa, k = math.frexp(x)  # x = mantissa * 2^k, 0.5 <= mantissa < 1
    m, k = mantissa * 2, k - 1
    if m > 1.4142135623730951:
        m, k = m / 2, k + 1
    f = m - 1
    s = f / (2 + f)
    z = s * s
    r = 0.0
    for odd in range(21, 1, -2):
        r = z * (2 / odd + r)
    h = 0.5 * f * f
    return k * LN2_HIGH - ((h - (s * (h + r) + k * LN2_LOW)) - f)


def exp(x):
    if x <= -746:
        return 0.0
    k = math.floor(x * (1 / math.log(2)) + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    p = 0.0
    for n in range(14, 1, -1):
        p = 1 / math.factorial(n) + r * p
    return math.ldexp(1 + (r + r * r * p), k)


def gumbel(seed, position, token):
    digest = hashlib.sha256(seed + position.to_bytes(4, "little") + token.to_bytes(4, "little")).digest()
    u = ((int.from_bytes(digest[:8], "big") >> 12) + 0.5) / 2**52
    return -ln(-ln(u))


def choose(case):
    """Over the whole vocabulary: every logit is a candidate."""
    p = case["params"]
    shifted = []
    for token, logit in enumerate(case["logits"]):
        count = case["outputCounts"].get(str(token), 0)
        shift = p["logitBias"].get(str(token), 0)
        if count > 0:
            shift = (shift - p["frequencyPenalty"] * count) - p["presencePenalty"]
        shifted.append((-(logit + shift), token))
    shifted.sort()
    normaliser = -shifted[0][0] + ln(in_order(exp(shifted[0][0] - y) for y, _ in shifted))
    kept = [(-y, t) for y, t in shifted if "denied" not in case or t not in case["denied"]][: p["topK"]]
    highest = kept[0][0]
    if p["temperature"] == 0:
        logit, token, score = kept[0][0], kept[0][1], 0.0
    else:
        scaled = [(y - highest) / p["temperature"] for y, _ in kept]
        weights = [exp(d) for d in scaled]
        enough = p["topP"] * in_order(weights) if p["topP"] < 1 else math.inf
        count, total = 0, 0.0
        while count < len(kept) and (count == 0 or (total < enough and weights[count] >= p["minP"])):
            total += weights[count]
            count += 1
        seed = unhex(case["seed"])
        scores = [(d + gumbel(seed, case["position"], t), -t, y) for d, (y, t) in zip(scaled[:count], kept[:count])]
        score, minus, logit = max(scores)
        token = -minus
    return {"id": token, "logprob": bits(min(0.0, logit - normaliser)), "score": bits(score)}


def in_order(values):
    total = 0.0
    for value in values:
        total += value
    return total


def bits(value):
    return hexed(struct.pack(">d", value))


# --- vectors ---------------------------------------------------------------------------------------------------------

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
    ]
    params = [
        PLAIN,
        {**PLAIN, "temperature": 0.7, "topP": 0.95, "minP": 0.05, "topK": 20, "maxTokens": 1},
        {**PLAIN, "presencePenalty": -2, "frequencyPenalty": 0.123456, "userSeed": "-42"},
        {**PLAIN, "logitBias": {"10": -100, "9": 0.5, "128000": 100}, "stop": ["\n\n", "ÿ Ende"], "userSeed": "9223372036854775807"},
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


if __name__ == "__main__":
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    make_merkle()
    make_token_root()
    make_fingerprints()
    make_commits()
    make_seeds()
    make_ln()
    make_sampler()
