import { describe, expect, it } from "vitest";
import { askPlanted, type PlantClient } from "./askPlanted.js";

const prompt = { kind: "text", text: "What does the sailor see?" } as const;
const { signal } = new AbortController();

describe("a planted question", () => {
  it("is paid for as soon as it has a receipt, so that it is settled in its own epoch; what nobody shows is refused", async () => {
    const calls: string[] = [];
    const noted = async <Value>(call: string, value: Value): Promise<Value> => {
      calls.push(call);
      return value;
    };
    const client: PlantClient = {
      chat: () => noted("chat", { taskId: "0x5a" }),
      receipt: (taskId) => noted(`receipt ${taskId}`, undefined),
      payLane: () => noted("payLane", 1n),
      evidence: (taskId) => noted(`evidence ${taskId}`, { bodies: [] }),
    };
    const asked = askPlanted(client, { prompt, model: "a model", signal });
    await expect(asked).rejects.toMatchObject({ code: "PLANTER_ANSWER_FOREIGN" });
    expect(calls).toEqual(["chat", "receipt 0x5a", "payLane", "evidence 0x5a"]);
  });
});
