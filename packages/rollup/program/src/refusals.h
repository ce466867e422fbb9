// Why an instruction is refused: one number each, `Custom(n)` in an RPC's answer. The client knows them by the same order. Above what the token
// program's own refusals have, which come through when it refuses a transfer.
#pragma once

#define BASE 4096

enum {
  REFUSED_INSTRUCTION = BASE + 1,   // no such instruction, or not of its length
  REFUSED_ACCOUNTS = BASE + 2,      // too few or too many accounts
  REFUSED_SIGNER = BASE + 3,        // who has to sign didn't
  REFUSED_READONLY = BASE + 4,      // an account that changes isn't writable
  REFUSED_ADDRESS = BASE + 5,       // not the address that its seeds give
  REFUSED_NOT_EMPTY = BASE + 6,     // there is such an account already
  REFUSED_OWNER = BASE + 7,         // an account of another program
  REFUSED_KIND = BASE + 8,          // an account of ours, of another kind
  REFUSED_OTHER_HUB = BASE + 9,     // a task of another network
  REFUSED_MINT = BASE + 10,         // money of another mint
  REFUSED_TOKEN_OWNER = BASE + 11,  // a token account of somebody else
  REFUSED_TOKEN = BASE + 12,        // no token account, or no mint
  REFUSED_PROGRAM = BASE + 13,      // a program that isn't the one meant
  REFUSED_RENT = BASE + 14,         // rent counts in a way that isn't known
  REFUSED_OUT_OF_RANGE = BASE + 15, // a number outside its bounds
  REFUSED_CLOCK_BACK = BASE + 16,   // before the last event
  REFUSED_ENDED = BASE + 17,        // the task is over
  REFUSED_NOT_DUE = BASE + 18,      // its deadline is still to come
  REFUSED_DEADLINE_DUE = BASE + 19, // its deadline has come
  REFUSED_PHASE = BASE + 20,        // not what the phase waits for
  REFUSED_NOT_YOURS = BASE + 21,    // not the key whose part it is
  REFUSED_SET = BASE + 22,          // guards out of order, too many, or without stake
  REFUSED_BITMAP = BASE + 23,       // nobody signed, or a bit beyond the set
  REFUSED_SIGNATURE = BASE + 24,    // not that guard's signature of this
  REFUSED_QUORUM = BASE + 25,       // no more than two thirds of the stake
  REFUSED_EPOCH = BASE + 26,        // not after what was posted before
  REFUSED_UNKNOWN_ROOT = BASE + 27, // no such epoch among the roots that are kept
  REFUSED_PATH = BASE + 28,         // not under the root
  REFUSED_SET_HASH = BASE + 29,     // not the set that the root names
  REFUSED_TOO_EARLY = BASE + 30,    // verdicts on it may still come
  REFUSED_ESCROW = BASE + 31,       // not the task's own escrow, or with less than it was given
};
