import { type Address, bytesToHex, type Message, type MessageWay, utf8ToBytes } from "@cortensor/protocol";

/** The account of a number. */
export function account(number: number): Address {
  return `0x${number.toString(16).padStart(40, "0")}`;
}

export const SOME_WAY: MessageWay = {
  src: 31_337,
  srcMessenger: account(0xa1),
  dst: 900,
  dstMessenger: account(0xb2),
};

export function aMessage(nonce: number, changes: Partial<Message> = {}): Message {
  const body = bytesToHex(utf8ToBytes(`message ${nonce}`));
  return { nonce, from: account(1), to: account(2), gasLimit: 300_000, body, ...changes };
}
