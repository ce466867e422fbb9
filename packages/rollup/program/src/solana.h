// What Solana's loader gives a program, and the system calls that this one uses. Layouts are the runtime's own.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u8 bool8;

#define KEY_BYTES 32
#define ACCOUNTS_MAX 10
/** Room that the loader leaves behind each account's data, so that it may grow. */
#define GROWTH_BYTES 10240

/** An account as instructions inside others take it: the runtime reads this layout. */
typedef struct {
  const u8 *key;
  u64 *lamports;
  u64 bytes;
  u8 *data;
  const u8 *owner;
  u64 rentEpoch;
  bool8 isSigner;
  bool8 isWritable;
  bool8 isExecutable;
} Account;

/** One call of the program. */
typedef struct {
  Account accounts[ACCOUNTS_MAX];
  u64 count;
  const u8 *data;
  u64 bytes;
  const u8 *program;
} Call;

typedef struct {
  const u8 *at;
  u64 bytes;
} Slice;

typedef struct {
  const u8 *key;
  bool8 isWritable;
  bool8 isSigner;
} Meta;

typedef struct {
  const u8 *program;
  const Meta *metas;
  u64 count;
  const u8 *data;
  u64 bytes;
} Instruction;

/** Seeds of one address that the program signs for. */
typedef struct {
  const Slice *seeds;
  u64 count;
} Seeds;

typedef struct {
  u64 slot;
  u64 epochStart;
  u64 epoch;
  u64 leaderEpoch;
  u64 unixSeconds;
} Clock;

typedef struct {
  u64 lamportsPerByte;
  /** A double's bits. */
  u64 threshold;
  u64 burned;
} Rent;

extern u64 sol_invoke_signed_c(const Instruction *instruction, const Account *accounts, u64 count, const Seeds *signers, u64 signerCount);
extern u64 sol_try_find_program_address(const Slice *seeds, u64 count, const u8 *program, u8 *address, u8 *bump);
extern u64 sol_get_clock_sysvar(Clock *clock);
extern u64 sol_get_rent_sysvar(Rent *rent);
extern u64 sol_keccak256(const Slice *parts, u64 count, u8 *hash);
extern u64 sol_secp256k1_recover(const u8 *hash, u64 recovery, const u8 *signature, u8 *publicKey);

#define TRY(work)                          \
  do {                                     \
    u64 refusal_ = (work);                 \
    if (refusal_ != 0) return refusal_;    \
  } while (0)
#define REQUIRE(holds, refusal)            \
  do {                                     \
    if (!(holds)) return (refusal);        \
  } while (0)
