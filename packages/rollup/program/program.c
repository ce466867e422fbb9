// Tasks with Solana as the only chain that their clients touch: see docs/SOLANA.md. Compiled by build.mjs; the result of record is program.so.
#include "src/hub.h"
#include "src/open.h"
#include "src/payout.h"
#include "src/work.h"

enum {
  MAKE_HUB = 0,
  OPEN = 1,
  ASSIGN = 2,
  WRITE = 3,
  COMMIT = 4,
  ACCEPT = 5,
  JUDGE = 6,
  EXPIRE = 7,
  PAYOUT = 8,
  CLOSE = 9,
  POST_ROOT = 10,
  CHANGE_GUARDS = 11,
};

/** Reads what the loader laid out: accounts, the instruction's data, the program's own address. */
static u64 readCall(u8 *input, Call *call) {
  call->count = *(u64 *)input;
  REQUIRE(call->count <= ACCOUNTS_MAX, REFUSED_ACCOUNTS);
  u8 *at = input + 8;
  for (u64 place = 0; place < call->count; place++) {
    Account *account = &call->accounts[place];
    u8 first = at[0];
    if (first != 0xff) {
      *account = call->accounts[first];
      at += 8;
      continue;
    }
    account->isSigner = at[1];
    account->isWritable = at[2];
    account->isExecutable = at[3];
    account->key = at + 8;
    account->owner = at + 40;
    account->lamports = (u64 *)(at + 72);
    account->bytes = *(u64 *)(at + 80);
    account->data = at + 88;
    at += 88 + account->bytes + GROWTH_BYTES;
    at = (u8 *)(((u64)at + 7) & ~7ULL);
    account->rentEpoch = *(u64 *)at;
    at += 8;
  }
  call->bytes = *(u64 *)at;
  call->data = at + 8;
  call->program = call->data + call->bytes;
  return 0;
}

u64 entrypoint(u8 *input) {
  Call call;
  TRY(readCall(input, &call));
  REQUIRE(call.bytes > 0, REFUSED_INSTRUCTION);
  const u8 *data = call.data + 1;
  u64 bytes = call.bytes - 1;
  switch (call.data[0]) {
    case MAKE_HUB: return makeHub(&call, data, bytes);
    case OPEN: return open(&call, data, bytes);
    case ASSIGN: return assign(&call, data, bytes);
    case WRITE: return writeAnswer(&call, data, bytes);
    case COMMIT: return commit(&call, data, bytes);
    case ACCEPT: return accept(&call, bytes);
    case JUDGE: return judge(&call, data, bytes);
    case EXPIRE: return expire(&call, bytes);
    case PAYOUT: return payout(&call, bytes);
    case CLOSE: return close(&call, bytes);
    case POST_ROOT: return postRoot(&call, data, bytes);
    case CHANGE_GUARDS: return changeGuards(&call, data, bytes);
    default: return REFUSED_INSTRUCTION;
  }
}
