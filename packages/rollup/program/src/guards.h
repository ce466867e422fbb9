// Guards: their set, what they sign, and whether enough of them did. Bytes are those of GUARDS.md, the same as on EVM chains.
#pragma once
#include "state.h"

static const u8 ATTESTATION_TYPE[] = "Attestation(uint64 subjectChainId,uint8 kind,uint64 epoch,bytes32 root)";
static const u8 SET_TAG[] = "guard-set-v1";
static const u8 ROOT_TAG[] = "solana-hub-root-v1";
#define WORD 32
/** What happened on Solana: whether deposits or verdicts is the subject's to say. */
#define KIND_SOLANA 7

#define TEXT(words) {(const u8 *)(words), sizeof(words) - 1}

/** Stake in two halves of 48 bits: sums of a set's never run over, and nothing here divides or multiplies wide numbers. */
typedef struct {
  u64 high;
  u64 low;
} Stake;

static void addStake(Stake *sum, const Guard *guard) {
  sum->high += readBig(guard->stake, 6);
  sum->low += readBig(guard->stake + 6, 6);
}

static inline __attribute__((always_inline)) Stake times(const Stake *of, u64 factor) {
  u64 low = of->low * factor;
  Stake product = {of->high * factor + (low >> 48), low & ((1ULL << 48) - 1)};
  return product;
}

/** Whether these hold more than two thirds of the whole. */
static int isMost(const Stake *of, const Stake *whole) {
  Stake three = times(of, 3);
  Stake two = times(whole, 2);
  return three.high > two.high || (three.high == two.high && three.low > two.low);
}

/** Members in ascending order of addresses, each with stake. */
static u64 requireMembers(const Guard *members, u64 count) {
  REQUIRE(count > 0 && count <= GUARDS_MAX, REFUSED_SET);
  for (u64 place = 0; place < count; place++) {
    REQUIRE(readBig(members[place].stake, 4) != 0 || readBig(members[place].stake + 4, 8) != 0, REFUSED_SET);
    if (place == 0) continue;
    u64 at = 0;
    const u8 *before = members[place - 1].address;
    while (at < ADDRESS_BYTES && before[at] == members[place].address[at]) at++;
    REQUIRE(at < ADDRESS_BYTES && before[at] < members[place].address[at], REFUSED_SET);
  }
  return 0;
}

static u64 hashSet(u64 epoch, const Guard *members, u64 count, u8 *hash) {
  u8 head[9];
  writeBig(head, epoch, 8);
  head[8] = (u8)count;
  Slice parts[3] = {TEXT(SET_TAG), {head, sizeof(head)}, {(const u8 *)members, count * sizeof(Guard)}};
  return sol_keccak256(parts, 3, hash);
}

typedef struct {
  u64 epoch;
  u64 count;
  const u8 *merkle;
  const u8 *setHash;
} Posted;

/** What guards sign of an epoch: the attestation's EIP-712 digest. */
static u64 digestOf(const Hub *hub, const u8 *hubKey, const Posted *of, u8 *digest) {
  u8 numbers[12];
  writeBig(numbers, of->epoch, 8);
  writeBig(numbers + 8, of->count, 4);
  Slice named[5] = {TEXT(ROOT_TAG), {hubKey, KEY_BYTES}, {numbers, sizeof(numbers)}, {of->merkle, WORD}, {of->setHash, WORD}};
  u8 root[WORD];
  TRY(sol_keccak256(named, 5, root));
  u8 type[WORD];
  Slice words = TEXT(ATTESTATION_TYPE);
  TRY(sol_keccak256(&words, 1, type));
  u8 fields[3 * WORD];
  for (u64 at = 0; at < sizeof(fields); at++) fields[at] = 0;
  writeBig(fields + WORD - 8, hub->subject, 8);
  fields[2 * WORD - 1] = KIND_SOLANA;
  writeBig(fields + 3 * WORD - 8, of->epoch, 8);
  Slice said[3] = {{type, WORD}, {fields, sizeof(fields)}, {root, WORD}};
  u8 hash[WORD];
  TRY(sol_keccak256(said, 3, hash));
  static const u8 PREFIX[2] = {0x19, 0x01};
  Slice typed[3] = {{PREFIX, 2}, {hub->domain, WORD}, {hash, WORD}};
  return sol_keccak256(typed, 3, digest);
}

/** Whether a 64-byte signature (EIP-2098) of a digest is this guard's. */
static u64 requireSignature(const u8 *digest, const u8 *compact, const Guard *guard) {
  u8 signature[64];
  copy(signature, compact, 64);
  u64 parity = signature[WORD] >> 7;
  signature[WORD] &= 0x7f;
  u8 publicKey[64];
  REQUIRE(sol_secp256k1_recover(digest, parity, signature, publicKey) == 0, REFUSED_SIGNATURE);
  Slice whole = {publicKey, sizeof(publicKey)};
  u8 hash[WORD];
  TRY(sol_keccak256(&whole, 1, hash));
  REQUIRE(same(hash + WORD - ADDRESS_BYTES, guard->address, ADDRESS_BYTES), REFUSED_SIGNATURE);
  return 0;
}

/** bitmap u32 ‖ 64 bytes for each bit, lowest first: more than two thirds of the set's stake. */
static u64 requireQuorum(const Hub *hub, const u8 *digest, const u8 *packed, u64 bytes) {
  REQUIRE(bytes > 4, REFUSED_BITMAP);
  u64 bitmap = readBig(packed, 4);
  REQUIRE(bitmap != 0 && bitmap >> hub->guardCount == 0, REFUSED_BITMAP);
  u64 at = 4;
  Stake total = {0, 0};
  Stake signedStake = {0, 0};
  for (u64 place = 0; place < hub->guardCount; place++) {
    const Guard *guard = &hub->guards[place];
    addStake(&total, guard);
    if ((bitmap >> place & 1) == 0) continue;
    REQUIRE(at + 64 <= bytes, REFUSED_BITMAP);
    TRY(requireSignature(digest, packed + at, guard));
    addStake(&signedStake, guard);
    at += 64;
  }
  REQUIRE(at == bytes, REFUSED_BITMAP);
  REQUIRE(isMost(&signedStake, &total), REFUSED_QUORUM);
  return 0;
}
