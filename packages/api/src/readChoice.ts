import type { IncomingHttpHeaders } from "node:http";
import { isConsistentChoice, REDUNDANCIES, type TaskChoice, VALIDATIONS } from "@cortensor/protocol";
import { z } from "zod";
import { invalidRequest } from "./apiError.js";
import { type RefusedRequest, refused } from "./parsedRequest.js";

/** Wei of the dearest task that a receipt can charge: 96 bits. */
const WEI_MAX = 2n ** 96n - 1n;

const redundancy = z.union(REDUNDANCIES.map((count) => z.literal(count)));
const wei = z
  .string()
  .regex(/^(0|[1-9]\d{0,28})$/)
  .transform(BigInt)
  .refine((value) => value <= WEI_MAX);

/** A field of the body, its header, what it may be, and how a header's text becomes the field's value. */
const FIELDS = {
  validation: { says: "'none', 'check' or 'redundant'", schema: z.enum(VALIDATIONS), ofText: (text: string) => text },
  redundancy: {
    says: "1, 3 or 5",
    schema: redundancy,
    ofText: (text: string) => (/^\d$/.test(text) ? Number(text) : text),
  },
  max_fee_wei: { says: "an amount in wei of COR, in decimal digits", schema: wei, ofText: (text: string) => text },
} as const;
type Field = keyof typeof FIELDS;

/**
 * What a client chooses for one task: the body's fields `validation`, `redundancy` and `max_fee_wei`, or headers of the same names,
 * `x-cortensor-validation` and so on, for clients that can't add fields. Both at once must say the same.
 */
export function readChoice(
  headers: IncomingHttpHeaders,
  body: unknown,
): { readonly kind: "read"; readonly choice: TaskChoice | undefined } | RefusedRequest {
  const validation = readField("validation", headers, body);
  if (validation.kind === "refused") return validation;
  const copies = readField("redundancy", headers, body);
  if (copies.kind === "refused") return copies;
  const fee = readField("max_fee_wei", headers, body);
  if (fee.kind === "refused") return fee;
  if (validation.value === undefined && copies.value === undefined && fee.value === undefined) return NOTHING;
  const choice: TaskChoice = {
    ...(validation.value === undefined ? {} : { validation: validation.value }),
    ...(copies.value === undefined ? {} : { redundancy: copies.value }),
    ...(fee.value === undefined ? {} : { maxFeeWei: fee.value }),
  };
  if (isConsistentChoice(choice)) return { kind: "read", choice };
  const message = "Several copies go with the validation 'redundant', and only with it.";
  return refused(invalidRequest(message, "invalid_value", "redundancy"));
}

type Value<Name extends Field> = z.output<(typeof FIELDS)[Name]["schema"]>;

function readField<Name extends Field>(
  name: Name,
  headers: IncomingHttpHeaders,
  body: unknown,
): { readonly kind: "read"; readonly value: Value<Name> | undefined } | RefusedRequest {
  const header = headerOf(name);
  const text = headers[header];
  const given: unknown =
    typeof body === "object" && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
  const ofHeader = text === undefined ? ABSENT : parse(name, FIELDS[name].ofText(String(text)));
  if (ofHeader === BAD) return bad(name, `The header '${header}'`, header);
  const ofBody = given === undefined || given === null ? ABSENT : parse(name, given);
  if (ofBody === BAD) return bad(name, `'${name}'`, name);
  if (ofHeader !== ABSENT && ofBody !== ABSENT && ofHeader.value !== ofBody.value) {
    const message = `The header '${header}' and the field '${name}' say different things.`;
    return refused(invalidRequest(message, "invalid_value", name));
  }
  const said = ofBody === ABSENT ? ofHeader : ofBody;
  return { kind: "read", value: said === ABSENT ? undefined : said.value };
}

const ABSENT = Symbol("absent");
const BAD = Symbol("bad");

function parse<Name extends Field>(name: Name, value: unknown): { readonly value: Value<Name> } | typeof BAD {
  const parsed = FIELDS[name].schema.safeParse(value);
  return parsed.success ? { value: parsed.data as Value<Name> } : BAD;
}

function headerOf(name: Field): string {
  return `x-cortensor-${name.replaceAll("_", "-")}`;
}

function bad(name: Field, what: string, param: string): RefusedRequest {
  return refused(invalidRequest(`${what} must be ${FIELDS[name].says}.`, "invalid_value", param));
}

const NOTHING = { kind: "read", choice: undefined } as const;
