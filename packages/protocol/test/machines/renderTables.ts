import {
  DEMANDS,
  DISPUTE_EVENT_PHASES,
  DISPUTE_PHASES,
  DISPUTE_SECONDS,
  DRAW_TRIES_MAX,
  grantsOf,
  LEVEL_SECONDS,
  NETWORK_EVENT_PHASES,
  NETWORK_SECONDS,
  NODE_DEADLINE_RULES,
  NODE_DEADLINES,
  NODE_EVENT_KINDS,
  NODE_EVENT_RULES,
  POOL_COOL_SECONDS,
  SESSION_EVENT_PHASES,
  SESSION_SECONDS,
  SILENCE_SECONDS,
} from "@cortensor/protocol";

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), `|${head.map(() => "---|").join("")}`, ...rows].join("\n");

/** The tables of docs/NODE_LIFE.md, as the code has them. */
export function renderTables(): readonly string[] {
  const events = NODE_EVENT_KINDS.map((kind) => {
    const { by, from, to } = NODE_EVENT_RULES[kind];
    return row(`\`${kind}\``, by, from.join(", "), to.join(", "));
  });
  const lasts = {
    verification: "until its expiry",
    silence: `${SILENCE_SECONDS} s from the last ping`,
    reservation: "its period",
    level: `${LEVEL_SECONDS} s from the assessment`,
  };
  const deadlines = NODE_DEADLINES.map((kind) => {
    const { from, to } = NODE_DEADLINE_RULES[kind];
    return row(kind, lasts[kind], from.join(", "), to);
  });
  const network = Object.entries(NETWORK_EVENT_PHASES).map(([kind, phase]) =>
    row(phase, `\`${kind}\``, `${NETWORK_SECONDS[phase]} s`),
  );
  const session = Object.entries(SESSION_EVENT_PHASES).map(([kind, phase]) =>
    row(phase, `\`${kind}\``, phase === "acked" ? "as the task says" : `${SESSION_SECONDS[phase]} s`),
  );
  const levels = [undefined, ...DEMANDS].map((demand, level) => {
    const { mayEnterPool, mayCreate, mayValidate, emissionWeight } = grantsOf(level);
    const asked = demand === undefined ? "–" : `${demand.tokensMin} tokens in ${demand.secondsMax} s`;
    const marks = [mayEnterPool, mayCreate, mayValidate].map((may) => (may ? "yes" : "no"));
    return row(String(level), asked, ...marks, String(emissionWeight));
  });
  return [
    table(["event", "who", "in", "then"], events),
    table(["what runs out", "after", "in", "then"], deadlines),
    table(["phase", "waits for", "at most"], network),
    table(["phase", "waits for", "at most"], session),
    table(["level", "asked at this difficulty", "pool", "makes tasks", "validates", "weight in emissions"], levels),
    `From leaving the pool, or a reservation, to entering it again: ${POOL_COOL_SECONDS} s.`,
  ];
}

/** The table of a dispute's phases in docs/GUARDS.md. */
export function renderDisputes(): string {
  const rows = DISPUTE_PHASES.flatMap((phase) => {
    if (phase === "ended") return [];
    const [kind] = Object.entries(DISPUTE_EVENT_PHASES).find(([, phases]) => phases.some((one) => one === phase)) ?? [];
    const tries = kind === "seat" || kind === "empanel" ? `, ${DRAW_TRIES_MAX} times` : "";
    return [row(phase, `\`${kind}\``, `${DISPUTE_SECONDS[phase]} s${tries}`)];
  });
  return table(["phase", "waits for", "at most"], rows);
}
