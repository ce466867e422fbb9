import type { ByteReader } from "./byteReader.js";
import type { ByteWriter } from "./byteWriter.js";
import { malformed, unencodable } from "./codecError.js";
import type { Field } from "./field.js";

type RequiredKeys<Value> = { [Key in keyof Value]-?: undefined extends Value[Key] ? never : Key }[keyof Value];
type OptionalKeys<Value> = Exclude<keyof Value, RequiredKeys<Value>>;

/** A field for each property of `Value`, in the order of the wire. */
export type StructFields<Value> = {
  readonly [Key in keyof Value]-?: Field<Exclude<Value[Key], undefined>>;
};

/**
 * The properties one after the other, without names: both sides run the same version, or the handshake refuses.
 * Properties named in `optional` stand behind a presence byte.
 */
export function struct<Value extends object>(
  fields: StructFields<Value>,
  optional: readonly OptionalKeys<Value>[] = [],
): Field<Value> {
  const entries = Object.entries<Field<unknown>>(fields).map(([key, field]) => ({
    key,
    field,
    isOptional: optional.some((name) => name === key),
  }));
  return {
    write: (writer, value) => {
      for (const { key, field, isOptional } of entries) {
        // `StructFields` has exactly the keys of `Value`.
        const property: unknown = value[key as keyof Value];
        if (isOptional) writer.u8(property === undefined ? 0 : 1);
        else if (property === undefined) throw unencodable(key, "nothing");
        if (property !== undefined) field.write(writer, property);
      }
    },
    read: (reader) => {
      const value: Record<string, unknown> = {};
      for (const { key, field, isOptional } of entries) {
        if (isOptional && !readPresence(reader)) continue;
        value[key] = field.read(reader);
      }
      // Each key was read by the field that `StructFields` demands for it.
      return value as Value;
    },
  };
}

function readPresence(reader: ByteReader): boolean {
  const presence = reader.u8();
  if (presence > 1) throw malformed("a presence byte is neither 0 nor 1");
  return presence === 1;
}

type Kinded = { readonly kind: string };
type Variant<Value extends Kinded, Kind extends string> = Extract<Value, { readonly kind: Kind }>;

/** For each `kind` of a union its number on the wire and the field of its other properties. */
export type UnionFields<Value extends Kinded> = {
  readonly [Kind in Value["kind"]]: {
    readonly tag: number;
    readonly field: Field<Omit<Variant<Value, Kind>, "kind">>;
  };
};

/** A union told apart by `kind`: one byte, then the variant. */
export function union<Value extends Kinded>(variants: UnionFields<Value>): Field<Value> {
  const byKind = new Map(Object.entries<{ readonly tag: number; readonly field: Field<object> }>(variants));
  const byTag = new Map([...byKind].map(([kind, { tag, field }]) => [tag, { kind, field }]));
  return {
    write: (writer: ByteWriter, value: Value) => {
      const variant = byKind.get(value.kind);
      if (variant === undefined) throw unencodable("a known kind", value.kind);
      writer.u8(variant.tag);
      variant.field.write(writer, value);
    },
    read: (reader: ByteReader) => {
      const tag = reader.u8();
      const variant = byTag.get(tag);
      if (variant === undefined) throw malformed(`no kind has the number ${tag}`);
      const value: Kinded = { kind: variant.kind, ...variant.field.read(reader) };
      // `UnionFields` has a field for the other properties of exactly this kind.
      return value as Value;
    },
  };
}
