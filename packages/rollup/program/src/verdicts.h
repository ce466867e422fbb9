// A verdict of the guards on one task's answer, shown by its path to a root that they signed.
#pragma once
#include "guards.h"

static const u8 VERDICT_TAG[] = "solana-verdict-v1";
#define PATH_MAX 20
enum { VERDICT_ATTESTED = 1, VERDICT_REFUSED = 2 };

static u64 hashVerdict(const Task *task, const u8 *taskKey, u8 verdict, u8 *leaf) {
  u8 kind = KIND_SOLANA;
  u8 opened[8];
  writeBig(opened, task->openedAt, 8);
  Slice parts[6] = {{&kind, 1}, TEXT(VERDICT_TAG), {taskKey, KEY_BYTES}, {opened, 8}, {task->resultHash, WORD}, {&verdict, 1}};
  TRY(sol_keccak256(parts, 6, leaf));
  Slice once = {leaf, WORD};
  return sol_keccak256(&once, 1, leaf);
}

/** Follows a path from a leaf up; pairs are hashed in ascending order of bytes. */
static u64 requirePath(u8 *node, const u8 *path, u64 length, const u8 *root) {
  for (u64 step = 0; step < length; step++) {
    const u8 *sibling = path + step * WORD;
    u64 at = 0;
    while (at < WORD && node[at] == sibling[at]) at++;
    int isLower = at < WORD && node[at] < sibling[at];
    Slice pair[2] = {{isLower ? node : sibling, WORD}, {isLower ? sibling : node, WORD}};
    TRY(sol_keccak256(pair, 2, node));
  }
  REQUIRE(sameKey(node, root), REFUSED_PATH);
  return 0;
}

static u64 findRoot(const Hub *hub, u64 epoch, const Root **root) {
  for (u64 place = 0; place < hub->rootCount; place++) {
    if (hub->roots[place].epoch != epoch) continue;
    *root = &hub->roots[place];
    return 0;
  }
  return REFUSED_UNKNOWN_ROOT;
}
