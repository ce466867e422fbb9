import { outboxSuite } from "../compliance/outboxSuite.js";
import { createMemoryOutbox } from "./createMemoryOutbox.js";

outboxSuite("an outbox in memory", async (parts) => createMemoryOutbox(parts));
