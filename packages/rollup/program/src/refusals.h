// Why an instruction is refused: one number each, `Custom(n)` in an RPC's answer. The client knows them by the same order.
#pragma once

enum {
  REFUSED_INSTRUCTION = 1,   // no such instruction, or not of its length
  REFUSED_ACCOUNTS = 2,      // too few or too many accounts
  REFUSED_SIGNER = 3,        // who has to sign didn't
  REFUSED_READONLY = 4,      // an account that changes isn't writable
  REFUSED_ADDRESS = 5,       // not the address that its seeds give
  REFUSED_NOT_EMPTY = 6,     // there is such an account already
  REFUSED_OWNER = 7,         // an account of another program
  REFUSED_KIND = 8,          // an account of ours, of another kind
  REFUSED_OTHER_HUB = 9,     // a task of another network
  REFUSED_MINT = 10,         // money of another mint
  REFUSED_TOKEN_OWNER = 11,  // a token account of somebody else
  REFUSED_TOKEN = 12,        // no token account, or no mint
  REFUSED_PROGRAM = 13,      // a program that isn't the one meant
  REFUSED_RENT = 14,         // rent counts in a way that isn't known
  REFUSED_OUT_OF_RANGE = 15, // a number outside its bounds
  REFUSED_CLOCK_BACK = 16,   // before the last event
  REFUSED_ENDED = 17,        // the task is over
  REFUSED_NOT_DUE = 18,      // its deadline is still to come
  REFUSED_DEADLINE_DUE = 19, // its deadline has come
  REFUSED_PHASE = 20,        // not what the phase waits for
  REFUSED_NOT_YOURS = 21,    // not the key whose part it is
  REFUSED_SET = 22,          // guards out of order, too many, or without stake
  REFUSED_BITMAP = 23,       // nobody signed, or a bit beyond the set
  REFUSED_SIGNATURE = 24,    // not that guard's signature of this
  REFUSED_QUORUM = 25,       // no more than two thirds of the stake
  REFUSED_EPOCH = 26,        // not after what was posted before
  REFUSED_UNKNOWN_ROOT = 27, // no such epoch among the roots that are kept
  REFUSED_PATH = 28,         // not under the root
  REFUSED_SET_HASH = 29,     // not the set that the root names
  REFUSED_TOO_EARLY = 30,    // verdicts on it may still come
  REFUSED_ESCROW = 31,       // not the task's own escrow, or with less than it was given
};
