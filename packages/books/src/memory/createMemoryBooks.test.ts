import { booksSuite } from "../compliance/booksSuite.js";
import { LANE } from "../compliance/makers.js";
import { createMemoryBooks } from "./createMemoryBooks.js";

booksSuite("books in memory", async ({ clock }) => createMemoryBooks({ lane: LANE, clock }));
