// Whether an event comes in time. The order of refusals is that of `nextSolanaTask`.
#pragma once
#include "state.h"

static u64 readNow(u64 *now) {
  Clock clock;
  TRY(sol_get_clock_sysvar(&clock));
  // Far above any time, far below where sums run over.
  REQUIRE(clock.unixSeconds < 1ULL << 40, REFUSED_OUT_OF_RANGE);
  *now = clock.unixSeconds;
  return 0;
}

/** Nothing after the end, everything in its phase, and before its deadline. A decided task has none. */
static u64 requirePhase(const Task *task, u8 phase, u64 now) {
  REQUIRE(task->phase != PHASE_ENDED, REFUSED_ENDED);
  REQUIRE(now >= task->at, REFUSED_CLOCK_BACK);
  REQUIRE(task->phase == PHASE_DECIDED || now < task->deadline, REFUSED_DEADLINE_DUE);
  REQUIRE(task->phase == phase, REFUSED_PHASE);
  return 0;
}

static void decide(Task *task, u8 reason, u64 at) {
  int isPaid = reason == REASON_ACCEPTED || reason == REASON_UNOPPOSED || reason == REASON_ATTESTED;
  task->minerAmount = isPaid ? task->fee : 0;
  task->reason = reason;
  task->phase = PHASE_DECIDED;
  task->at = at;
  task->deadline = at;
}
