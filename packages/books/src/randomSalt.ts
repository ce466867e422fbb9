import { randomBytes } from "node:crypto";
import { type Bytes32, bytesToHex } from "@cortensor/protocol";

export function randomSalt(): Bytes32 {
  return bytesToHex(randomBytes(32));
}
