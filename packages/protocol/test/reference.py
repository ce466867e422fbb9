"""A second implementation of the network's hashes and sampler, in another language and with the standard library alone.

`makeVectors.py` makes every golden vector that isn't EIP-712 from it (those come from viem, see makeStructVectors.mjs), so that the vectors
bind two independent readings of docs/ARCHITECTURE.md.
"""

import hashlib
import math
import struct

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


def set_chunks(entries):
    """The chunks of a settlement set: whole entries by id, as many as fit 4,096 bytes, then the next."""
    chunks = [b""]
    for e in sorted(entries, key=lambda e: e["id"]):
        payees = sorted(e["payees"])
        packed = e["id"] + e["resultsHash"] + be(e["feeWei"], 12) + be(len(payees), 2)
        packed += b"".join(payee + be(wei, 12) for payee, wei in payees)
        if len(chunks[-1]) + len(packed) > 4096:
            chunks.append(b"")
        chunks[-1] += packed
    return chunks


def set_levels(chunks):
    """By position: left then right, an odd node moves up."""
    levels = [[keccak256(c) for c in chunks]]
    while len(levels[-1]) > 1:
        level = levels[-1]
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        levels.append([keccak256(p[0] + p[1]) if len(p) == 2 else p[0] for p in pairs])
    return levels


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


def precommit(chain, contract, task, miner, salt, result):
    return keccak256(b"precommit-v1" + be(chain, 32) + contract + task + miner + salt + result)


def draw_order(nodes, purpose, beacon, subject):
    def ticket(node, index):
        return keccak256(b"draw-v1" + be(purpose, 1) + beacon + subject + node + be(index, 1))

    return [node for _, node in sorted((min(ticket(node, k) for k in range(weight)), node) for node, weight in nodes)]


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
