// What was decided is paid, all of it at once, by whoever sends it; later the task's account gives its rent back.
#pragma once
#include "time.h"
#include "tokens.h"

/** ⌊amount × bps ÷ 10,000⌋ without running over. */
static u64 shareOf(u64 amount, u64 bps) { return amount / BPS * bps + amount % BPS * bps / BPS; }

/** Empties and closes the escrow: the fee to miner, router and network, all the rest to the client. */
static u64 payout(Call *call, u64 bytes) {
  REQUIRE(call->count == 10, REFUSED_ACCOUNTS);
  REQUIRE(bytes == 0, REFUSED_INSTRUCTION);
  Account *hubAccount = &call->accounts[0];
  Account *account = &call->accounts[1];
  Account *escrow = &call->accounts[2];
  Account *mint = &call->accounts[3];
  Account *client = &call->accounts[4];
  Account *clientTokens = &call->accounts[5];
  Account *minerTokens = &call->accounts[6];
  Account *routerTokens = &call->accounts[7];
  Account *treasuryTokens = &call->accounts[8];
  TRY(requirePrograms(&call->accounts[9], 0));
  Hub *hub;
  TRY(openHub(call, hubAccount, &hub));
  Task *task;
  TRY(openTask(call, account, &task));
  REQUIRE(sameKey(task->hub, hubAccount->key), REFUSED_OTHER_HUB);
  u64 now;
  TRY(readNow(&now));
  TRY(requirePhase(task, PHASE_DECIDED, now));
  REQUIRE(sameKey(escrow->key, task->escrow), REFUSED_ESCROW);
  TRY(requireMint(mint, hub->mint));
  TRY(requireTokens(escrow, hub->mint, account->key));
  REQUIRE(sameKey(client->key, task->client), REFUSED_NOT_YOURS);
  REQUIRE(client->isWritable, REFUSED_READONLY);
  TRY(requireTokens(clientTokens, hub->mint, task->client));
  u64 held = tokensIn(escrow);
  u64 fee = task->minerAmount;
  REQUIRE(held >= task->amount && fee <= task->amount, REFUSED_ESCROW);

  Slice named[5] = {TEXT("task"), {task->hub, KEY_BYTES}, {task->client, KEY_BYTES}, {task->taskId, KEY_BYTES}, {&task->bump, 1}};
  Seeds seeds = {named, 5};
  Mover by = {call, &seeds};
  if (fee > 0) {
    TRY(requireTokens(minerTokens, hub->mint, task->miner));
    TRY(requireTokens(routerTokens, hub->mint, task->router));
    TRY(requireTokens(treasuryTokens, hub->mint, hub->treasury));
    u64 forRouter = shareOf(fee, task->routerBps);
    u64 forNetwork = shareOf(fee, task->networkBps);
    Transfer toMiner = {escrow, mint, minerTokens, account->key};
    TRY(moveTokens(&by, &toMiner, fee - forRouter - forNetwork));
    Transfer toRouter = {escrow, mint, routerTokens, account->key};
    TRY(moveTokens(&by, &toRouter, forRouter));
    Transfer toNetwork = {escrow, mint, treasuryTokens, account->key};
    TRY(moveTokens(&by, &toNetwork, forNetwork));
  }
  Transfer back = {escrow, mint, clientTokens, account->key};
  TRY(moveTokens(&by, &back, held - fee));
  TRY(closeTokens(&by, escrow, client, account->key));
  task->phase = PHASE_ENDED;
  task->at = now;
  task->deadline = now;
  return 0;
}

/** By the client, once nobody needs it any more: the account's rent. */
static u64 close(Call *call, u64 bytes) {
  REQUIRE(call->count == 2, REFUSED_ACCOUNTS);
  REQUIRE(bytes == 0, REFUSED_INSTRUCTION);
  Account *client = &call->accounts[0];
  Account *account = &call->accounts[1];
  Task *task;
  TRY(openTask(call, account, &task));
  REQUIRE(client->isSigner, REFUSED_SIGNER);
  REQUIRE(sameKey(client->key, task->client), REFUSED_NOT_YOURS);
  REQUIRE(client->isWritable, REFUSED_READONLY);
  REQUIRE(task->phase == PHASE_ENDED, REFUSED_PHASE);
  u64 now;
  TRY(readNow(&now));
  REQUIRE(now >= task->at + KEPT_SECONDS, REFUSED_TOO_EARLY);
  // Without lamports it is gone when the transaction ends; should it be filled again within, it is a task no more.
  task->magic = 0;
  *client->lamports += *account->lamports;
  *account->lamports = 0;
  return 0;
}
