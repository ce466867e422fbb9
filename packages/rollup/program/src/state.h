// What the program keeps: one hub for each network, one account for each task. Offsets are fixed: readers outside know them.
#pragma once
#include "memory.h"
#include "refusals.h"

#define HUB_MAGIC 0x314255484e544f43ULL  /* "COTNHUB1" */
#define TASK_MAGIC 0x314b53544e544f43ULL /* "COTNTSK1" */

#define GUARDS_MAX 11
/** Epochs whose roots are kept: more than verdicts on a task can come in. */
#define ROOTS_KEPT 16
#define SHARES_BPS_MAX 5000
#define BPS 10000

#define WORK_SECONDS_MAX 3600
#define OPENED_SECONDS 120
#define COMMITTED_SECONDS 1800
/** After its end a task's account stays this long: whoever looks for verdicts still finds it. */
#define KEPT_SECONDS 3600
#define REQUEST_BYTES_MAX 700
#define ANSWER_ROOM_MAX 4096

enum { PHASE_OPENED = 0, PHASE_ASSIGNED = 1, PHASE_COMMITTED = 2, PHASE_DECIDED = 3, PHASE_ENDED = 4 };
enum {
  REASON_NONE = 0,
  REASON_UNASSIGNED = 1,
  REASON_UNANSWERED = 2,
  REASON_ACCEPTED = 3,
  REASON_UNOPPOSED = 4,
  REASON_REFUSED = 5,
  REASON_ATTESTED = 6,
};

#define ADDRESS_BYTES 20
#define STAKE_BYTES 12

/** A guard as its set's hash has it: address, and stake in wei, big-endian. */
typedef struct {
  u8 address[ADDRESS_BYTES];
  u8 stake[STAKE_BYTES];
} Guard;

typedef struct {
  u64 epoch;
  u8 merkle[KEY_BYTES];
  u8 setHash[KEY_BYTES];
} Root;

typedef struct {
  u64 magic;
  u8 maker[KEY_BYTES];
  u8 mint[KEY_BYTES];
  /** Whose token account takes the network's share. */
  u8 treasury[KEY_BYTES];
  /** EIP-712 separator of the domain that guards sign under. */
  u8 domain[KEY_BYTES];
  /** The number by which attestations name this hub. */
  u64 subject;
  /** Epoch of the set that signs now. */
  u64 setEpoch;
  u64 lastEpoch;
  u16 routerBps;
  u16 networkBps;
  u8 decimals;
  u8 bump;
  u8 guardCount;
  u8 rootCount;
  Guard guards[GUARDS_MAX];
  Root roots[ROOTS_KEPT];
} Hub;

typedef struct {
  u64 magic;
  u8 hub[KEY_BYTES];
  u8 taskId[KEY_BYTES];
  u8 client[KEY_BYTES];
  u8 router[KEY_BYTES];
  u8 miner[KEY_BYTES];
  u8 escrow[KEY_BYTES];
  u8 resultHash[KEY_BYTES];
  u64 amount;
  u64 fee;
  /** Once decided: what the miner's side gets of the escrow. */
  u64 minerAmount;
  u64 openedAt;
  u64 at;
  u64 deadline;
  u64 committedAt;
  /** committedAt / 4096, so that readers find a span of time by equal bytes. */
  u32 commitSpan;
  u16 workSeconds;
  u8 phase;
  u8 reason;
  u16 routerBps;
  u16 networkBps;
  u8 bump;
  u8 escrowBump;
  u16 requestBytes;
  u16 answerBytes;
  u16 answerRoom;
  u8 unused[4];
} Task;

#define TASK_BYTES sizeof(Task)
/** Where the request begins; the answer stands behind it. */
#define REQUEST_AT TASK_BYTES

_Static_assert(sizeof(Hub) == 8 + 4 * 32 + 3 * 8 + 8 + 11 * 32 + 16 * 72, "the hub has no padding");
_Static_assert(sizeof(Task) == 8 + 7 * 32 + 7 * 8 + 24, "a task has no padding");

static u64 openHub(const Call *call, const Account *account, Hub **hub) {
  REQUIRE(sameKey(account->owner, call->program), REFUSED_OWNER);
  REQUIRE(account->bytes == sizeof(Hub), REFUSED_KIND);
  *hub = (Hub *)account->data;
  REQUIRE((*hub)->magic == HUB_MAGIC, REFUSED_KIND);
  return 0;
}

/** A task that the instruction changes. */
static u64 openTask(const Call *call, const Account *account, Task **task) {
  REQUIRE(sameKey(account->owner, call->program), REFUSED_OWNER);
  REQUIRE(account->bytes >= TASK_BYTES, REFUSED_KIND);
  *task = (Task *)account->data;
  REQUIRE((*task)->magic == TASK_MAGIC, REFUSED_KIND);
  REQUIRE(account->isWritable, REFUSED_READONLY);
  return 0;
}
