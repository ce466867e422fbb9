// The instructions about a network's hub: made once by anybody, then moved by its guards alone.
#pragma once
#include "guards.h"
#include "tokens.h"
#include "verdicts.h"

#define MAKE_HEAD (KEY_BYTES + 8 + 2 + 2 + KEY_BYTES + 8 + 1)

/** domain 32 ‖ subject u64 ‖ router bps u16 ‖ network bps u16 ‖ treasury 32 ‖ set epoch u64 ‖ guards u8 ‖ (address 20 ‖ stake 12)… */
static u64 makeHub(Call *call, const u8 *data, u64 bytes) {
  REQUIRE(call->count == 4, REFUSED_ACCOUNTS);
  Account *maker = &call->accounts[0];
  Account *account = &call->accounts[1];
  Account *mint = &call->accounts[2];
  REQUIRE(sameKey(call->accounts[3].key, SYSTEM_PROGRAM), REFUSED_PROGRAM);
  REQUIRE(bytes >= MAKE_HEAD, REFUSED_INSTRUCTION);
  u64 count = data[MAKE_HEAD - 1];
  REQUIRE(count <= GUARDS_MAX && bytes == MAKE_HEAD + count * sizeof(Guard), REFUSED_INSTRUCTION);
  TRY(requireMint(mint, mint->key));
  u64 routerBps = readLittle(data + 40, 2);
  u64 networkBps = readLittle(data + 42, 2);
  REQUIRE(routerBps + networkBps <= SHARES_BPS_MAX, REFUSED_OUT_OF_RANGE);
  const Guard *members = (const Guard *)(data + MAKE_HEAD);
  TRY(requireMembers(members, count));

  u8 address[KEY_BYTES];
  u8 bump;
  Slice named[3] = {TEXT("hub"), {maker->key, KEY_BYTES}, {&bump, 1}};
  TRY(sol_try_find_program_address(named, 2, call->program, address, &bump));
  REQUIRE(sameKey(address, account->key), REFUSED_ADDRESS);
  Seeds seeds = {named, 3};
  Mover by = {call, &seeds};
  NewAccount making = {maker, account, sizeof(Hub), call->program};
  TRY(makeAccount(&by, &making));

  Hub *hub = (Hub *)account->data;
  hub->magic = HUB_MAGIC;
  copy(hub->maker, maker->key, KEY_BYTES);
  copy(hub->mint, mint->key, KEY_BYTES);
  copy(hub->domain, data, KEY_BYTES);
  hub->subject = readLittle(data + 32, 8);
  hub->routerBps = (u16)routerBps;
  hub->networkBps = (u16)networkBps;
  copy(hub->treasury, data + 44, KEY_BYTES);
  hub->setEpoch = readLittle(data + 76, 8);
  hub->decimals = mint->data[44];
  hub->bump = bump;
  hub->guardCount = (u8)count;
  copy((u8 *)hub->guards, (const u8 *)members, count * sizeof(Guard));
  return 0;
}

#define POST_HEAD (8 + 4 + WORD + WORD)

/** epoch u64 ‖ count u32 ‖ Merkle root ‖ hash of the next set ‖ packed quorum. Anybody may send it: the signatures say it all. */
static u64 postRoot(Call *call, const u8 *data, u64 bytes) {
  REQUIRE(call->count == 1, REFUSED_ACCOUNTS);
  Account *account = &call->accounts[0];
  Hub *hub;
  TRY(openHub(call, account, &hub));
  REQUIRE(account->isWritable, REFUSED_READONLY);
  REQUIRE(bytes > POST_HEAD, REFUSED_INSTRUCTION);
  Posted posted = {readLittle(data, 8), readLittle(data + 8, 4), data + 12, data + 12 + WORD};
  REQUIRE(hub->rootCount == 0 || posted.epoch > hub->lastEpoch, REFUSED_EPOCH);
  u8 digest[WORD];
  TRY(digestOf(hub, account->key, &posted, digest));
  TRY(requireQuorum(hub, digest, data + POST_HEAD, bytes - POST_HEAD));
  // The oldest of those that are kept gives way.
  u64 place = hub->rootCount;
  if (place < ROOTS_KEPT) {
    hub->rootCount++;
  } else {
    place = 0;
    for (u64 one = 1; one < ROOTS_KEPT; one++)
      if (hub->roots[one].epoch < hub->roots[place].epoch) place = one;
  }
  hub->roots[place].epoch = posted.epoch;
  copy(hub->roots[place].merkle, posted.merkle, WORD);
  copy(hub->roots[place].setHash, posted.setHash, WORD);
  hub->lastEpoch = posted.epoch;
  return 0;
}

/** root's epoch u64 ‖ set's epoch u64 ‖ guards u8 ‖ (address 20 ‖ stake 12)…: the set that the one before has named. */
static u64 changeGuards(Call *call, const u8 *data, u64 bytes) {
  REQUIRE(call->count == 1, REFUSED_ACCOUNTS);
  Account *account = &call->accounts[0];
  Hub *hub;
  TRY(openHub(call, account, &hub));
  REQUIRE(account->isWritable, REFUSED_READONLY);
  REQUIRE(bytes >= 17, REFUSED_INSTRUCTION);
  u64 setEpoch = readLittle(data + 8, 8);
  u64 count = data[16];
  REQUIRE(count <= GUARDS_MAX && bytes == 17 + count * sizeof(Guard), REFUSED_INSTRUCTION);
  const Guard *members = (const Guard *)(data + 17);
  TRY(requireMembers(members, count));
  REQUIRE(setEpoch > hub->setEpoch, REFUSED_EPOCH);
  const Root *root;
  TRY(findRoot(hub, readLittle(data, 8), &root));
  u8 hash[WORD];
  TRY(hashSet(setEpoch, members, count, hash));
  REQUIRE(sameKey(hash, root->setHash), REFUSED_SET_HASH);
  hub->setEpoch = setEpoch;
  hub->guardCount = (u8)count;
  copy((u8 *)hub->guards, (const u8 *)members, count * sizeof(Guard));
  return 0;
}
