import { createServer } from "node:net";
import { expect, it } from "vitest";
import { pickFreePort } from "./pickFreePort.js";

it("takes the preferred port when it is free, another when it isn't", async () => {
  const free = await pickFreePort();
  expect(await pickFreePort(free)).toBe(free);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(free, "127.0.0.1", resolve));
  expect(await pickFreePort(free)).not.toBe(free);
  await new Promise((resolve) => server.close(resolve));
});
