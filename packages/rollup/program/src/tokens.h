// Accounts and moves of the SPL Token program, and of Solana's own.
#pragma once
#include "state.h"

#define MINT_BYTES 82
#define TOKEN_BYTES 165
#define TOKEN_INITIALISED 1

static const u8 SYSTEM_PROGRAM[KEY_BYTES] = {0};
/** TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA */
static const u8 TOKEN_PROGRAM[KEY_BYTES] = {
    0x06, 0xdd, 0xf6, 0xe1, 0xd7, 0x65, 0xa1, 0x93, 0xd9, 0xcb, 0xe1, 0x46, 0xce, 0xeb, 0x79, 0xac,
    0x1c, 0xb4, 0x85, 0xed, 0x5f, 0x5b, 0x37, 0x91, 0x3a, 0x8c, 0xf5, 0x85, 0x7e, 0xff, 0x00, 0xa9};

static u64 requirePrograms(const Account *tokens, const Account *system) {
  REQUIRE(sameKey(tokens->key, TOKEN_PROGRAM), REFUSED_PROGRAM);
  REQUIRE(system == 0 || sameKey(system->key, SYSTEM_PROGRAM), REFUSED_PROGRAM);
  return 0;
}

static u64 requireMint(const Account *mint, const u8 *key) {
  REQUIRE(sameKey(mint->key, key), REFUSED_MINT);
  REQUIRE(sameKey(mint->owner, TOKEN_PROGRAM) && mint->bytes == MINT_BYTES && mint->data[45] == 1, REFUSED_TOKEN);
  return 0;
}

/** A token account of this mint, whose owner is this key. */
static u64 requireTokens(const Account *account, const u8 *mint, const u8 *owner) {
  REQUIRE(sameKey(account->owner, TOKEN_PROGRAM) && account->bytes == TOKEN_BYTES, REFUSED_TOKEN);
  REQUIRE(account->data[108] == TOKEN_INITIALISED, REFUSED_TOKEN);
  REQUIRE(sameKey(account->data, mint), REFUSED_MINT);
  REQUIRE(sameKey(account->data + 32, owner), REFUSED_TOKEN_OWNER);
  REQUIRE(account->isWritable, REFUSED_READONLY);
  return 0;
}

static u64 tokensIn(const Account *account) { return readLittle(account->data + 64, 8); }

typedef struct {
  const Call *call;
  const Seeds *signer;
} Mover;

static u64 invoke(const Mover *by, const Instruction *instruction) {
  return sol_invoke_signed_c(instruction, by->call->accounts, by->call->count, by->signer, by->signer == 0 ? 0 : 1);
}

typedef struct {
  const Account *source;
  const Account *mint;
  const Account *destination;
  const u8 *authority;
} Transfer;

static u64 moveTokens(const Mover *by, const Transfer *of, u64 amount) {
  if (amount == 0) return 0;
  Meta metas[4] = {{of->source->key, 1, 0}, {of->mint->key, 0, 0}, {of->destination->key, 1, 0}, {of->authority, 0, 1}};
  u8 data[10] = {12};
  writeLittle(data + 1, amount, 8);
  data[9] = of->mint->data[44];
  Instruction transfer = {TOKEN_PROGRAM, metas, 4, data, sizeof(data)};
  return invoke(by, &transfer);
}

static u64 closeTokens(const Mover *by, const Account *account, const Account *rentTo, const u8 *authority) {
  Meta metas[3] = {{account->key, 1, 0}, {rentTo->key, 1, 0}, {authority, 0, 1}};
  u8 data[1] = {9};
  Instruction close = {TOKEN_PROGRAM, metas, 3, data, sizeof(data)};
  return invoke(by, &close);
}

static u64 initialiseTokens(const Mover *by, const Account *account, const Account *mint, const u8 *owner) {
  Meta metas[2] = {{account->key, 1, 0}, {mint->key, 0, 0}};
  u8 data[1 + KEY_BYTES] = {18};
  copy(data + 1, owner, KEY_BYTES);
  Instruction initialise = {TOKEN_PROGRAM, metas, 2, data, sizeof(data)};
  return invoke(by, &initialise);
}

static u64 rentOf(u64 bytes, u64 *lamports) {
  Rent rent;
  TRY(sol_get_rent_sysvar(&rent));
  // A double's bits: there is no arithmetic of them here.
  u64 years = rent.threshold == 0x4000000000000000ULL ? 2 : rent.threshold == 0x3ff0000000000000ULL ? 1 : 0;
  REQUIRE(years > 0 && rent.lamportsPerByte < 1ULL << 32, REFUSED_RENT);
  *lamports = (128 + bytes) * rent.lamportsPerByte * years;
  return 0;
}

typedef struct {
  const Account *payer;
  Account *account;
  u64 bytes;
  const u8 *owner;
} NewAccount;

/** Makes an account at an address of the program's. Lamports that somebody sent there before don't hinder it. */
static u64 makeAccount(const Mover *by, const NewAccount *of) {
  REQUIRE(of->account->bytes == 0 && sameKey(of->account->owner, SYSTEM_PROGRAM), REFUSED_NOT_EMPTY);
  REQUIRE(of->account->isWritable && of->payer->isWritable, REFUSED_READONLY);
  REQUIRE(of->payer->isSigner, REFUSED_SIGNER);
  u64 rent;
  TRY(rentOf(of->bytes, &rent));
  u8 data[36];
  if (*of->account->lamports < rent) {
    Meta metas[2] = {{of->payer->key, 1, 1}, {of->account->key, 1, 0}};
    writeLittle(data, 2, 4);
    writeLittle(data + 4, rent - *of->account->lamports, 8);
    Instruction fund = {SYSTEM_PROGRAM, metas, 2, data, 12};
    TRY(invoke(by, &fund));
  }
  Meta self[1] = {{of->account->key, 1, 1}};
  writeLittle(data, 8, 4);
  writeLittle(data + 4, of->bytes, 8);
  Instruction allocate = {SYSTEM_PROGRAM, self, 1, data, 12};
  TRY(invoke(by, &allocate));
  writeLittle(data, 1, 4);
  copy(data + 4, of->owner, KEY_BYTES);
  Instruction assign = {SYSTEM_PROGRAM, self, 1, data, 36};
  return invoke(by, &assign);
}
