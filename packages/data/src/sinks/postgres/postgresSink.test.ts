import { sqlSinkSuite, whileRunning } from "../compliance/sqlSinkSuite.js";
import { startTestPostgres } from "../compliance/startTestPostgres.js";

const server = whileRunning(startTestPostgres, (one) => one.stop());

sqlSinkSuite("a sink in Postgres", () => server().create());
sqlSinkSuite("a sink in a schema of Postgres", async () => `${await server().create()}?schema=answers`);
