// The task goes on: assigned by its router, answered by its miner, judged by its client or its guards, or late.
#pragma once
#include "time.h"
#include "verdicts.h"

static u64 requireBy(const Account *signer, const u8 *key) {
  REQUIRE(signer->isSigner, REFUSED_SIGNER);
  REQUIRE(sameKey(signer->key, key), REFUSED_NOT_YOURS);
  return 0;
}

/** By the router: the miner's key. */
static u64 assign(Call *call, const u8 *data, u64 bytes) {
  REQUIRE(call->count == 2, REFUSED_ACCOUNTS);
  REQUIRE(bytes == KEY_BYTES, REFUSED_INSTRUCTION);
  Task *task;
  TRY(openTask(call, &call->accounts[1], &task));
  u64 now;
  TRY(readNow(&now));
  TRY(requirePhase(task, PHASE_OPENED, now));
  TRY(requireBy(&call->accounts[0], task->router));
  copy(task->miner, data, KEY_BYTES);
  task->phase = PHASE_ASSIGNED;
  task->at = now;
  task->deadline = now + task->workSeconds;
  return 0;
}

/** By the miner: offset u16 ‖ a part of the answer. No gaps; a part may be written again. */
static u64 writeAnswer(Call *call, const u8 *data, u64 bytes) {
  REQUIRE(call->count == 2, REFUSED_ACCOUNTS);
  REQUIRE(bytes > 2, REFUSED_INSTRUCTION);
  Task *task;
  TRY(openTask(call, &call->accounts[1], &task));
  u64 now;
  TRY(readNow(&now));
  TRY(requirePhase(task, PHASE_ASSIGNED, now));
  TRY(requireBy(&call->accounts[0], task->miner));
  u64 offset = readLittle(data, 2);
  u64 end = offset + bytes - 2;
  REQUIRE(offset <= task->answerBytes && end <= task->answerRoom, REFUSED_OUT_OF_RANGE);
  copy(call->accounts[1].data + REQUEST_AT + task->requestBytes + offset, data + 2, bytes - 2);
  task->answerBytes = (u16)end;
  return 0;
}

/** By the miner: result hash 32 ‖ fee u64 ‖ bytes of the answer u16, which are those that were written. */
static u64 commit(Call *call, const u8 *data, u64 bytes) {
  REQUIRE(call->count == 2, REFUSED_ACCOUNTS);
  REQUIRE(bytes == KEY_BYTES + 8 + 2, REFUSED_INSTRUCTION);
  Task *task;
  TRY(openTask(call, &call->accounts[1], &task));
  u64 now;
  TRY(readNow(&now));
  TRY(requirePhase(task, PHASE_ASSIGNED, now));
  TRY(requireBy(&call->accounts[0], task->miner));
  u64 fee = readLittle(data + KEY_BYTES, 8);
  REQUIRE(fee <= task->amount && readLittle(data + KEY_BYTES + 8, 2) == task->answerBytes, REFUSED_OUT_OF_RANGE);
  copy(task->resultHash, data, KEY_BYTES);
  task->fee = fee;
  task->phase = PHASE_COMMITTED;
  task->at = now;
  task->deadline = now + COMMITTED_SECONDS;
  task->committedAt = now;
  task->commitSpan = (u32)(now >> 12);
  return 0;
}

/** By the client: it takes what arrived. */
static u64 accept(Call *call, u64 bytes) {
  REQUIRE(call->count == 2, REFUSED_ACCOUNTS);
  REQUIRE(bytes == 0, REFUSED_INSTRUCTION);
  Task *task;
  TRY(openTask(call, &call->accounts[1], &task));
  u64 now;
  TRY(readNow(&now));
  TRY(requirePhase(task, PHASE_COMMITTED, now));
  TRY(requireBy(&call->accounts[0], task->client));
  decide(task, REASON_ACCEPTED, now);
  return 0;
}

/** By anybody: root's epoch u64 ‖ verdict u8 ‖ path. What guards have said counts, not who shows it. */
static u64 judge(Call *call, const u8 *data, u64 bytes) {
  REQUIRE(call->count == 2, REFUSED_ACCOUNTS);
  REQUIRE(bytes >= 9 && (bytes - 9) % WORD == 0 && (bytes - 9) / WORD <= PATH_MAX, REFUSED_INSTRUCTION);
  Hub *hub;
  TRY(openHub(call, &call->accounts[0], &hub));
  Task *task;
  TRY(openTask(call, &call->accounts[1], &task));
  REQUIRE(sameKey(task->hub, call->accounts[0].key), REFUSED_OTHER_HUB);
  u64 now;
  TRY(readNow(&now));
  TRY(requirePhase(task, PHASE_COMMITTED, now));
  u8 verdict = data[8];
  REQUIRE(verdict == VERDICT_ATTESTED || verdict == VERDICT_REFUSED, REFUSED_OUT_OF_RANGE);
  const Root *root;
  TRY(findRoot(hub, readLittle(data, 8), &root));
  u8 node[WORD];
  TRY(hashVerdict(task, call->accounts[1].key, verdict, node));
  TRY(requirePath(node, data + 9, (bytes - 9) / WORD, root->merkle));
  decide(task, verdict == VERDICT_ATTESTED ? REASON_ATTESTED : REASON_REFUSED, now);
  return 0;
}

/** By anybody: what the phase waits for is late. */
static u64 expire(Call *call, u64 bytes) {
  REQUIRE(call->count == 1, REFUSED_ACCOUNTS);
  REQUIRE(bytes == 0, REFUSED_INSTRUCTION);
  Task *task;
  TRY(openTask(call, &call->accounts[0], &task));
  u64 now;
  TRY(readNow(&now));
  REQUIRE(task->phase != PHASE_DECIDED, REFUSED_PHASE);
  REQUIRE(task->phase != PHASE_ENDED, REFUSED_ENDED);
  REQUIRE(now >= task->at, REFUSED_CLOCK_BACK);
  REQUIRE(now >= task->deadline, REFUSED_NOT_DUE);
  u8 reason = task->phase == PHASE_OPENED     ? REASON_UNASSIGNED
              : task->phase == PHASE_ASSIGNED ? REASON_UNANSWERED
                                              : REASON_UNOPPOSED;
  decide(task, reason, task->deadline);
  return 0;
}
