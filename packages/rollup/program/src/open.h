// A client opens a task: its request, and the money for it, in accounts of the task's own.
#pragma once
#include "time.h"
#include "tokens.h"
#include "verdicts.h"

#define OPEN_HEAD (KEY_BYTES + KEY_BYTES + 8 + 2 + 2)

/** task id 32 ‖ router 32 ‖ amount u64 ‖ work seconds u16 ‖ room for the answer u16 ‖ request */
static u64 open(Call *call, const u8 *data, u64 bytes) {
  REQUIRE(call->count == 8, REFUSED_ACCOUNTS);
  Account *client = &call->accounts[0];
  Account *hubAccount = &call->accounts[1];
  Account *account = &call->accounts[2];
  Account *escrow = &call->accounts[3];
  Account *source = &call->accounts[4];
  Account *mint = &call->accounts[5];
  TRY(requirePrograms(&call->accounts[6], &call->accounts[7]));
  REQUIRE(client->isSigner, REFUSED_SIGNER);
  Hub *hub;
  TRY(openHub(call, hubAccount, &hub));
  TRY(requireMint(mint, hub->mint));
  TRY(requireTokens(source, hub->mint, client->key));
  REQUIRE(bytes > OPEN_HEAD && bytes <= OPEN_HEAD + REQUEST_BYTES_MAX, REFUSED_INSTRUCTION);
  u64 amount = readLittle(data + 64, 8);
  u64 workSeconds = readLittle(data + 72, 2);
  u64 answerRoom = readLittle(data + 74, 2);
  u64 requestBytes = bytes - OPEN_HEAD;
  REQUIRE(amount > 0 && workSeconds > 0 && workSeconds <= WORK_SECONDS_MAX, REFUSED_OUT_OF_RANGE);
  REQUIRE(answerRoom > 0 && answerRoom <= ANSWER_ROOM_MAX, REFUSED_OUT_OF_RANGE);
  u64 now;
  TRY(readNow(&now));

  u8 address[KEY_BYTES];
  u8 bump;
  Slice named[5] = {TEXT("task"), {hubAccount->key, KEY_BYTES}, {client->key, KEY_BYTES}, {data, KEY_BYTES}, {&bump, 1}};
  TRY(sol_try_find_program_address(named, 4, call->program, address, &bump));
  REQUIRE(sameKey(address, account->key), REFUSED_ADDRESS);
  u8 escrowBump;
  Slice held[3] = {TEXT("escrow"), {account->key, KEY_BYTES}, {&escrowBump, 1}};
  TRY(sol_try_find_program_address(held, 2, call->program, address, &escrowBump));
  REQUIRE(sameKey(address, escrow->key), REFUSED_ADDRESS);

  Seeds seeds = {named, 5};
  Mover byTask = {call, &seeds};
  NewAccount making = {client, account, TASK_BYTES + requestBytes + answerRoom, call->program};
  TRY(makeAccount(&byTask, &making));
  Seeds escrowSeeds = {held, 3};
  Mover byEscrow = {call, &escrowSeeds};
  NewAccount holding = {client, escrow, TOKEN_BYTES, TOKEN_PROGRAM};
  TRY(makeAccount(&byEscrow, &holding));
  TRY(initialiseTokens(&byEscrow, escrow, mint, account->key));
  Transfer lock = {source, mint, escrow, client->key};
  TRY(moveTokens(&byEscrow, &lock, amount));

  Task *task = (Task *)account->data;
  task->magic = TASK_MAGIC;
  copy(task->hub, hubAccount->key, KEY_BYTES);
  copy(task->taskId, data, KEY_BYTES);
  copy(task->client, client->key, KEY_BYTES);
  copy(task->router, data + KEY_BYTES, KEY_BYTES);
  copy(task->escrow, escrow->key, KEY_BYTES);
  task->amount = amount;
  task->openedAt = now;
  task->at = now;
  task->deadline = now + OPENED_SECONDS;
  task->workSeconds = (u16)workSeconds;
  task->phase = PHASE_OPENED;
  task->routerBps = hub->routerBps;
  task->networkBps = hub->networkBps;
  task->bump = bump;
  task->escrowBump = escrowBump;
  task->requestBytes = (u16)requestBytes;
  task->answerRoom = (u16)answerRoom;
  copy(account->data + REQUEST_AT, data + OPEN_HEAD, requestBytes);
  return 0;
}
