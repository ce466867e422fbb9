import { expect, it } from "vitest";
import { epochAt } from "./epochAt.js";

it("counts whole epochs since the network began, and none before", () => {
  const profile = { t0: 1_000, epochSeconds: 30 };
  expect([999, 1_000, 1_029, 1_030, 1_089, 1_090].map((time) => epochAt(profile, time))).toEqual([0, 0, 0, 1, 2, 3]);
});
