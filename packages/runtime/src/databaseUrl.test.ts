import { describe, expect, it } from "vitest";
import { databaseUrl } from "./databaseUrl.js";

describe("databaseUrl", () => {
  it.each([
    "postgres://me@localhost/app",
    "postgresql://me:word@127.0.0.1:5433/app",
    "postgres://me@[::1]/app",
    "postgres://me@localhost/app?host=/run/postgresql",
    "postgres://me@db.example/app?sslmode=verify-full",
    "postgres://me@10.0.0.7/app?sslmode=require",
    "postgres://me@db.internal/app?sslmode=disable",
  ])("takes %s", (text) => {
    expect(databaseUrl(text)).toBe(text);
  });

  it.each([
    ["another machine without a word of encryption", "postgres://me:word@db.example/app"],
    ["a private address, too", "postgres://me@10.0.0.7/app"],
    ["a name that only begins like this machine's", "postgres://me@localhost.example/app"],
    ["an address that only looks like the loopback", "postgres://me@127.example/app"],
    ["another machine named in a parameter", "postgres://me@localhost/app?host=db.example"],
    ["modes that may fall back to none", "postgres://me@db.example/app?sslmode=prefer"],
    ["another scheme", "mysql://me@localhost/app"],
  ])("refuses %s, and quotes nothing of it", (_, text) => {
    expect(() => databaseUrl(text)).toThrow(/^expected (?!.*(word|example))/);
  });
});
