// Bytes: compared, copied, and read from where nothing is aligned.
#pragma once
#include "solana.h"

static int same(const u8 *left, const u8 *right, u64 bytes) {
  for (u64 at = 0; at < bytes; at++)
    if (left[at] != right[at]) return 0;
  return 1;
}

static int sameKey(const u8 *left, const u8 *right) { return same(left, right, KEY_BYTES); }

static void copy(u8 *to, const u8 *from, u64 bytes) {
  for (u64 at = 0; at < bytes; at++) to[at] = from[at];
}

/** Little-endian, as Solana writes. */
static u64 readLittle(const u8 *from, u64 bytes) {
  u64 value = 0;
  for (u64 at = bytes; at > 0; at--) value = value << 8 | from[at - 1];
  return value;
}

static void writeLittle(u8 *to, u64 value, u64 bytes) {
  for (u64 at = 0; at < bytes; at++, value >>= 8) to[at] = (u8)value;
}

/** Big-endian, as everything is that guards sign. */
static u64 readBig(const u8 *from, u64 bytes) {
  u64 value = 0;
  for (u64 at = 0; at < bytes; at++) value = value << 8 | from[at];
  return value;
}

static void writeBig(u8 *to, u64 value, u64 bytes) {
  for (u64 at = bytes; at > 0; at--, value >>= 8) to[at - 1] = (u8)value;
}
