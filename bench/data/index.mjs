import { report } from "../report.mjs";
import { measureVectors } from "./vectors.mjs";

/** What data costs: vectors with an index and without. */
report("data", await measureVectors());
