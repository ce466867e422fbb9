import { z } from "zod";
import { ProtocolError } from "../errors.js";
import { addressField, bytes32Field, signatureField, uint64Field } from "../jsonField.js";
import { type Hex, isHex } from "../primitives.js";
import { SEAL_SUITES, SUITE_BYTES } from "../sealing/sealSuite.js";
import { CID_BYTES_MAX, GRANT_SCOPES, type SignedGrant } from "./grant.js";
import { SHRED_GRANTS_MAX, type SignedShredRecord } from "./shredRecord.js";

const cidField = z.string().min(1).max(CID_BYTES_MAX);
const hexField = (bytesMax: number) =>
  z.custom<Hex>((value) => isHex(value) && value.length <= 2 + 2 * bytesMax, `not hex of at most ${bytesMax} bytes`);

const grantSchema = z.strictObject({
  grant: z.strictObject({
    owner: addressField,
    cid: cidField,
    grantee: addressField,
    suite: z.enum(SEAL_SUITES),
    scope: z.enum(GRANT_SCOPES),
    expires: uint64Field,
    keptHash: bytes32Field,
    enc: hexField(Math.max(...SEAL_SUITES.map((suite) => SUITE_BYTES[suite].enc))),
    wrappedKey: hexField(64),
  }),
  signature: signatureField,
});

const shredSchema = z.strictObject({
  record: z.strictObject({
    owner: addressField,
    cid: cidField,
    keptHash: bytes32Field,
    grants: z.array(z.strictObject({ grantHash: bytes32Field, wrappedKeyHash: bytes32Field })).max(SHRED_GRANTS_MAX),
    at: uint64Field,
  }),
  signature: signatureField,
});

/** Reads a signed grant from parsed JSON. Whether it holds is `grantFault`'s to say. Throws PROTOCOL_BAD_DOCUMENT. */
export function parseSignedGrant(json: unknown): SignedGrant {
  return read(grantSchema, "grant", json);
}

/** Reads a signed record of shredding from parsed JSON. Whether it holds is `shredFault`'s to say. Throws PROTOCOL_BAD_DOCUMENT. */
export function parseSignedShredRecord(json: unknown): SignedShredRecord {
  return read(shredSchema, "shred record", json);
}

const ISSUES_MAX = 16;

function read<Value>(schema: z.ZodType<Value>, what: string, json: unknown): Value {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, ISSUES_MAX).map((one) => `${one.path.join(".") || what}: ${one.message}`);
  throw new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what, issues });
}
