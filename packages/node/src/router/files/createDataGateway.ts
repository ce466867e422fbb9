import type { DataGateway } from "@cortensor/api";
import type { DataDesk } from "@cortensor/data";
import { clientOf } from "../clientOf.js";
import { TERMS_UNKNOWN, textsShownRefusal } from "../refusals.js";
import type { RouterCore } from "../routerCore.js";

/** Files and stores for the routes: each client's own, as the waiting room tells clients apart. */
export function createDataGateway(
  {
    sessions,
    board,
  }: {
    readonly sessions: Pick<RouterCore["sessions"], "termsOf">;
    readonly board: Pick<RouterCore["board"], "cards">;
  },
  { desk, onAttached }: { readonly desk: DataDesk; readonly onAttached: () => void },
): DataGateway {
  return {
    desk,
    onAttached,
    embeddingModel: () => board.cards.find(({ canEmbed, miners }) => canEmbed && miners > 0)?.id,
    async ownerOf(caller) {
      const terms = await sessions.termsOf(caller.account);
      if (terms === undefined) return { kind: "refused", refusal: TERMS_UNKNOWN };
      if (terms.privacy !== "open") return { kind: "refused", refusal: textsShownRefusal(terms.privacy) };
      const { account, keyHash } = caller;
      const owner = { id: `client/${clientOf(caller)}`, account };
      return { kind: "owner", owner: keyHash === undefined ? owner : { ...owner, keyHash } };
    },
  };
}
