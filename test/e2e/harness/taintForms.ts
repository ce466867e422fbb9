import { createScriptedEngine } from "@cortensor/engine";

/** Bytes of a base64 group: a text stands at one of three places in it. */
const GROUP_BYTES = 3;
/** Tokens of the scripted engine spell three bytes: the same three places. */
const PIECE_BYTES = 3;
/** Before a number of 32 bits in CBOR. */
const CBOR_U32 = 0x1a;

/**
 * The ways in which a text of ASCII letters and digits may stand in a file, in memory or on a wire: UTF-8 (so JSON, URLs and headers too, which
 * escape none of it), UTF-16 of both orders, hex of both cases, base64 wherever it begins in a group, and the scripted engine's token ids as
 * 32-bit numbers of both orders, in CBOR and in JSON.
 */
export async function formsOf(text: string): Promise<readonly Buffer[]> {
  const utf8 = Buffer.from(text, "utf8");
  const wide = Buffer.from(text, "utf16le");
  const hex = utf8.toString("hex");
  const plain = [utf8, wide, Buffer.from(wide).swap16(), Buffer.from(hex), Buffer.from(hex.toUpperCase())];
  return [...plain, ...base64Forms(utf8), ...(await tokenForms(text))];
}

function base64Forms(bytes: Buffer): readonly Buffer[] {
  return [0, 1, 2].flatMap((skipped) => {
    const whole = bytes.subarray(skipped, bytes.length - ((bytes.length - skipped) % GROUP_BYTES));
    return (["base64", "base64url"] as const).map((form) => Buffer.from(whole.toString(form)));
  });
}

async function tokenForms(text: string): Promise<readonly Buffer[]> {
  const engine = createScriptedEngine();
  const forms: Buffer[] = [];
  for (const skipped of [0, 1, 2]) {
    const whole = text.slice(skipped, text.length - ((text.length - skipped) % PIECE_BYTES));
    const [, ...ids] = await engine.tokenizePrompt({ kind: "text", text: whole });
    const big = ids.map((id) => numberBytes(id));
    const little = big.map((bytes) => Buffer.from(bytes).reverse());
    const cbor = big.map((bytes) => Buffer.concat([Buffer.of(CBOR_U32), bytes]));
    forms.push(Buffer.concat(big), Buffer.concat(little), Buffer.concat(cbor), Buffer.from(ids.join(",")));
  }
  await engine.close();
  return forms;
}

function numberBytes(id: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(id);
  return bytes;
}
