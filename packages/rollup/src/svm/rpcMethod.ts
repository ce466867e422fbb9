import type { Address } from "@solana/kit";
import { z } from "zod";
import { RPC_CODES, RpcRefusal } from "./rpcRefusal.js";
import { COMMITMENTS, type SvmCommitment } from "./slots.js";
import type { SvmLedger } from "./svmLedger.js";
import type { Wire } from "./wire.js";

/** What methods work with. */
export type RpcWorld = {
  readonly cluster: SvmLedger;
  /** Gives lamports and resolves to the gift's signature; undefined where there are no gifts. */
  readonly airdrop: ((to: Address, amount: bigint) => Promise<string>) | undefined;
};

/** One method of the RPC: from the parameters as they came to the answer. Throws `RpcRefusal`. */
export type RpcMethod = (world: RpcWorld, params: unknown) => Promise<Wire>;

const common = {
  commitment: z.enum(COMMITMENTS).optional(),
  minContextSlot: z.int().min(0).optional(),
};

/**
 * A method of positional parameters and a last, optional object of settings. Whatever it doesn't know is refused, rather than ignored. An answer is of the
 * commitment asked for, `finalized` by default as on Solana, and refused below `minContextSlot`.
 */
export function rpcMethod<Places extends z.ZodTuple, Config extends z.ZodRawShape>(
  places: Places,
  config: Config,
  work: (
    of: RpcWorld & { readonly commitment: SvmCommitment; readonly config: z.infer<z.ZodObject<Config>> },
    params: z.infer<Places>,
  ) => Wire | Promise<Wire>,
): RpcMethod {
  const count = places.def.items.length;
  const commonShape = z.object(common);
  const settings = z.strictObject(config);
  return async (world, given) => {
    const list = z
      .array(z.unknown())
      .max(count + 1)
      .safeParse(given ?? []);
    if (!list.success) throw invalid(list.error);
    const read = places.safeParse(list.data.slice(0, count));
    if (!read.success) throw invalid(read.error);
    const whole = z.record(z.string(), z.unknown()).safeParse(list.data[count] ?? {});
    if (!whole.success) throw invalid(whole.error);
    const { commitment: _commitment, minContextSlot: _slot, ...rest } = whole.data;
    const shared = commonShape.safeParse(whole.data);
    const own = settings.safeParse(rest);
    if (!shared.success) throw invalid(shared.error);
    if (!own.success) throw invalid(own.error);
    const { commitment = "finalized", minContextSlot = 0 } = shared.data;
    const contextSlot = world.cluster.slotAt(commitment);
    if (contextSlot < minContextSlot)
      throw new RpcRefusal(RPC_CODES.minContextSlot, "Minimum context slot has not been reached", { contextSlot });
    return work({ ...world, commitment, config: own.data }, read.data);
  };
}

/** An answer with the slot that it is of. */
export function withContext(cluster: SvmLedger, commitment: SvmCommitment, value: Wire): Wire {
  return { context: { apiVersion: "2.3.0", slot: cluster.slotAt(commitment) }, value };
}

function invalid(error: z.ZodError): RpcRefusal {
  const [issue] = error.issues;
  const at = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  return new RpcRefusal(RPC_CODES.params, `Invalid params${at}: ${issue?.message ?? "malformed"}`);
}
