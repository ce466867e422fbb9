import { inspect } from "node:util";

export const REDACTED = "[redacted]";

/** A value that never prints: not by template, JSON, inspection or log. Only `expose` gives it out. */
export class Secret<Value> {
  readonly #value: Value;
  constructor(value: Value) {
    this.#value = value;
  }
  expose(): Value {
    return this.#value;
  }
  toString(): string {
    return REDACTED;
  }
  toJSON(): string {
    return REDACTED;
  }
  [inspect.custom](): string {
    return REDACTED;
  }
}
