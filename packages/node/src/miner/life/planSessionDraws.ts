import { drawWindow, levelAt, lowestTicket, nodeLifeAt, POOL_DRAW_PURPOSE } from "@cortensor/protocol";
import { claimSecond, drawSecond, halfOf } from "../../host/index.js";
import type { LifeView, PlannedAct } from "./lifeView.js";

/** Puts the node into the draws of sessions that ask for nodes like it, and has them made. */
export function planSessionDraws(view: LifeView): readonly PlannedAct[] {
  const { self, weight, times, nowSeconds, asks, beacons } = view;
  const life = nodeLifeAt(view.life, nowSeconds);
  if (life.state !== "ephemeral") return [];
  return asks.flatMap(({ account, subject, requestedEpoch, levelMin, isDrawn }) => {
    const window = drawWindow(requestedEpoch, { t0Seconds: times.t0, epochSeconds: times.epochSeconds });
    if (isDrawn || life.sinceSeconds >= window.fixedAtSeconds || levelAt(life, nowSeconds) < levelMin) return [];
    const beacon = beacons.get(window.epoch);
    const half = halfOf(window);
    if (beacon === undefined) return [];
    const ticket = lowestTicket({ node: self, weight }, { beacon, subject, purpose: POOL_DRAW_PURPOSE });
    return [
      {
        act: { kind: "claimForSession", account, subject },
        atSeconds: claimSecond(window, ticket),
        untilSeconds: half,
      },
      {
        act: { kind: "drawForSession", account, subject },
        atSeconds: drawSecond(window, ticket),
        untilSeconds: window.closesSeconds,
      },
    ] as const;
  });
}
