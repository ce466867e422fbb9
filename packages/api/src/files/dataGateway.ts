import type { DataDesk, DataOwner } from "@cortensor/data";
import type { Caller, Refusal } from "../gateway.js";

/** What the routes of files and vector stores need of a router. */
export type DataGateway = {
  /** Whose data a caller's are. Refused where its session keeps from the router what these would show it. */
  ownerOf(
    caller: Caller,
  ): Promise<
    { readonly kind: "owner"; readonly owner: DataOwner } | { readonly kind: "refused"; readonly refusal: Refusal }
  >;
  /** The model that embeds a store for which none was named; undefined while none is offered. */
  embeddingModel(): string | undefined;
  /** There is something to embed. */
  onAttached(): void;
  readonly desk: DataDesk;
};
