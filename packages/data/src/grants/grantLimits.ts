/** Size of a keeper's store, as lmdb may use it: millions of grants. Only what is used takes space. */
export const KEEPER_BYTES_MAX = 1_073_741_824;
/** Grants of one object that a keeper takes: as many as a record of its shredding may list. */
export { SHRED_GRANTS_MAX as OBJECT_GRANTS_MAX } from "@cortensor/protocol";
