import { describe, expect, it } from "vitest";
import { sqlSinkSuite, whileRunning } from "../compliance/sqlSinkSuite.js";
import { findMariadb, sayNoMariadb, startTestMariadb } from "../compliance/startTestMariadb.js";
import { mysqlDialect } from "./mysqlDialect.js";
import { mysqlFailure } from "./mysqlFailure.js";

const binary = findMariadb();
if (binary === undefined) sayNoMariadb();
else
  describe("with a server", () => {
    const server = whileRunning(
      () => startTestMariadb(binary),
      (one) => one.stop(),
    );
    sqlSinkSuite("a sink in MariaDB", () => server().create());
  });

describe("what MySQL is told, where no server is at hand", () => {
  const dialect = mysqlDialect({ prefix: "own" });
  it("changes the schema by steps that bear being run again", () => {
    for (const sql of [...dialect.createVersionTable, ...dialect.migrations.flat()])
      expect(sql).toMatch(/^CREATE TABLE IF NOT EXISTS `own_/);
  });
  it("hides no error of a row, as INSERT IGNORE would", () => {
    expect(`${dialect.onKnownRecord} ${dialect.onKnownSession}`).not.toContain("IGNORE");
  });
  it.each([
    [1406, "22001", "refused"],
    [1062, "23000", "refused"],
    [1644, "45000", "refused"],
    [1153, "08S01", "refused"],
    [1045, "28000", "denied"],
    [1049, "42000", "denied"],
    [1205, "HY000", "failed"],
    [1213, "40001", "failed"],
  ])("takes error %i for what it is", (errno, sqlState, kind) => {
    expect(mysqlFailure(Object.assign(new Error("x"), { errno, sqlState, code: "ER_X" }))).toEqual({
      kind,
      state: String(errno),
    });
  });
  it("takes a broken connection for one, and quotes nothing", () => {
    const refused = Object.assign(new Error("secret"), { errno: -111, code: "ECONNREFUSED" });
    expect(mysqlFailure(refused)).toEqual({ kind: "unreachable", reason: "ECONNREFUSED" });
    expect(mysqlFailure(new Error("secret"))).toEqual({ kind: "unreachable", reason: "connection lost" });
  });
});
