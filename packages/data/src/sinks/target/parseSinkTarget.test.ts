import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { parseSinkTarget } from "./parseSinkTarget.js";
import { nameOfTarget } from "./sinkTarget.js";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

describe("a sink's target", () => {
  it.each([
    ["postgres://u:p%40ss@db.example/app", "postgres db.example:5432/app", { tls: "verify", prefix: "cortensor" }],
    ["postgresql://u@[::1]:6000/app?sslmode=require", "postgres [::1]:6000/app", { host: "::1", tls: "verify" }],
    [
      "postgres://u:p@localhost/app?schema=answers&table=mine",
      "postgres localhost:5432/app",
      { tls: "off", schema: "answers", prefix: "mine" },
    ],
    ["mysql://u:p@10.0.0.5/app?sslmode=disable", "mysql 10.0.0.5:3306/app", { tls: "off" }],
    ["mariadb://u:p@db.example:3307/app", "mysql db.example:3307/app", { kind: "mysql" }],
    ["sqlite:///var/lib/my%20answers.db", "sqlite /var/lib/my answers.db", { path: "/var/lib/my answers.db" }],
    ["sqlite:/var/x.db?table=mine", "sqlite /var/x.db", { prefix: "mine" }],
    [`https://hook.example/in?key=k#${SECRET}`, "webhook hook.example:443", { tls: "verify", port: 443 }],
    [`http://127.0.0.1:8080/in#${SECRET}`, "webhook 127.0.0.1:8080", { tls: "off" }],
    [
      JSON.stringify({ url: "postgres://u@h/d", ca: "-----BEGIN CERTIFICATE-----" }),
      "postgres h:5432/d",
      { ca: "-----BEGIN CERTIFICATE-----" },
    ],
    [JSON.stringify({ url: "https://hook.example/", secret: SECRET }), "webhook hook.example:443", {}],
  ])("is read: %s", (text, name, wanted) => {
    const target = parseSinkTarget(text);
    expect(nameOfTarget(target)).toBe(name);
    expect(target).toMatchObject(wanted);
  });

  it.each([
    ["", "expected postgres://"],
    ["redis://u@h/d", "expected postgres://"],
    ["libsql://h", "libsql server"],
    ["x".repeat(70_000), "longer than"],
    ["{", "begins as JSON"],
    ['{"url":"postgres://u@h/d","password":"x"}', "nothing else"],
    ['{"url":"postgres://u@h/d","secret":"x"}', "takes no secret"],
    ['{"url":"mysql://u@h/d","schema":"x"}', "takes no schema"],
    ['{"url":"postgres://u@h/d","ca":"x"}', "PEM"],
    ["postgres://h/d", "expected a user"],
    ["postgres://u@h", "one database"],
    ["postgres://u@h/a/b", "one database"],
    ["postgres:///d", "expected a host"],
    ["postgres://u:p@ss@h/d?sslmode=prefer", "sslmode"],
    ["postgres://u@h/d?options=-c", "a parameter other than"],
    ["postgres://u@h/d?table=a&table=b", "stands twice"],
    ["postgres://u@h/d#x", "no fragment"],
    ["postgres://u:%zz@h/d", "badly escaped"],
    ["postgres://u:a%00@h/d", "NUL"],
    ["postgres://u@h:99999/d", "not a URL"],
    ["postgres://u@h/d?table=Robert'); DROP", "expected table to be"],
    ["postgres://u@h/d?schema=1st", "expected schema to be"],
    [`postgres://u@h/d?table=${"x".repeat(41)}`, "expected table to be"],
    ["mysql://u@h/d?schema=x", "a parameter other than"],
    ["sqlite:", "expected a file"],
    ["sqlite::memory:", "expected a file"],
    ["sqlite://host/file", "names no host"],
    ["sqlite:/x.db?mode=ro", "takes table"],
    ["https://hook.example/", "needs a secret"],
    ["https://hook.example/#whsec_c2hvcnQ=", "24 to 64 bytes"],
    [`https://u:p@hook.example/#${SECRET}`, "has no user"],
    ["https://hook.example/#whsec_not base64", "needs a secret"],
  ])("is refused by name: %s", (text, reason) => {
    expect(() => parseSinkTarget(text)).toThrow(
      expect.objectContaining({ data: { code: "SINK_BAD_TARGET", reason: expect.stringContaining(reason) } }),
    );
  });

  it.each([
    "postgres://user1:hunter2@db.example/app?bogus=hunter2",
    "postgres://user1:hunter2%zz@db.example/app",
    "mysql://user1:hunter2@db.example/app#hunter2",
    "https://hook.example/hunter2#whsec_hunter2",
  ])("is never quoted when it is refused: %s", (text) => {
    const failure = refusalOf(text);
    expect(failure).toMatchObject({ code: "SINK_BAD_TARGET" });
    expect(inspect(failure, { depth: 9 })).not.toContain("hunter2");
  });

  it.each(["postgres://user1:hunter2@db.example/app", `https://hook.example/hunter2?k=hunter2#${SECRET}`])(
    "shows no credential of its own: %s",
    (text) => {
      const target = parseSinkTarget(text);
      const shown = `${inspect(target, { depth: 9 })}${JSON.stringify(target)}${nameOfTarget(target)}`;
      expect(shown).not.toContain("hunter2");
      expect(shown).not.toContain(SECRET.slice(6));
    },
  );
});

function refusalOf(text: string): unknown {
  try {
    return parseSinkTarget(text);
  } catch (error) {
    return error;
  }
}
