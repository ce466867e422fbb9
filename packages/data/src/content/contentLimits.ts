/** Bounds of content: what is above one is refused by name, before memory or a wire is spent on it. */

/** Bytes of a leaf, but for an object's last: the network's one way to cut bytes, so that all nodes name them alike. */
export const CHUNK_BYTES = 1_048_576;
/** A block: what other implementations of the exchange carry too. */
export const BLOCK_BYTES_MAX = 2_097_152;
/** Links of a node: a full node of one-megabyte leaves is the largest object. */
export const FAN_OUT_MAX = 1_024;
/** An object: above, data belongs into several, below one manifest. */
export const OBJECT_BYTES_MAX = CHUNK_BYTES * FAN_OUT_MAX;
/** Blocks of an object: four times those of the network's own profile, for objects that others cut smaller. */
export const OBJECT_BLOCKS_MAX = 8_192;
/** Levels of links below a root: others' smaller nodes need more than the one of the network's own profile. */
export const DEPTH_MAX = 3;

/** Blocks of one object asked for ahead of its reader: hides a round trip, holds at most 16 MiB. */
export const BLOCKS_AHEAD = 8;
/** Objects read at once from one node; more wait. */
export const READS_MAX = 16;
/** Blocks fetched from elsewhere at once; more wait. */
export const FETCHES_MAX = 32;

/** Time for one block from one source. */
export const BLOCK_MS = 20_000;
/** A source that hasn't answered by then isn't given up, but the next one is asked too. */
export const HEDGE_MS = 750;
/** Peers asked for one block. */
export const PEERS_ASKED_MAX = 4;
/** HTTP routes and gateways of a node. */
export const ROUTES_MAX = 16;

/** Peers named to a node. */
export const PEERS_MAX = 64;
/** Connections of a node, in and out. */
export const CONNECTIONS_MAX = 128;
/** Streams that one peer may have open with us, each way. */
export const STREAMS_MAX = 64;
/** One message of the exchange: what other implementations send at most. */
export const MESSAGE_BYTES_MAX = 4_194_304;
/** Bytes of messages on their way in, of all peers: what strangers may make a node hold. A message beyond is refused. */
export const ARRIVING_BYTES_MAX = 67_108_864;
/** Entries of one message's want list; a message with more is refused. */
export const WANTS_PER_MESSAGE_MAX = 1_024;
/** Blocks that one peer may wait for; what it wants beyond is answered with "don't have". */
export const WANTS_PER_PEER_MAX = 1_024;
/** Asks of a peer that were given up, remembered so that a late answer isn't taken for a lie. */
export const GIVEN_UP_MAX = 1_024;
/** Time for a message to leave once its stream is open. */
export const SEND_MS = 15_000;
/** A stream on which no message was completed so long is closed: nobody holds memory by dripping. */
export const STREAM_IDLE_MS = 60_000;
/** Time to reach a peer. */
export const DIAL_MS = 15_000;
/** After a failed dial a peer is asked only where nobody else can be, so long. */
export const REDIAL_MS = 2_000;
/** A peer that sent other bytes than it was asked for isn't asked so long. */
export const LIAR_MS = 600_000;

/** A question for a name, or its answer. */
export const NAME_MESSAGE_BYTES_MAX = 128;
/** Time for both. */
export const NAME_MS = 2_000;
/** Peers asked for one name, and roots that are read for it. */
export const NAME_PEERS_MAX = 8;
export const NAME_ROOTS_MAX = 4;

/** A pin's owner, in characters. */
export const OWNER_CHARS_MAX = 128;
/** Pins of one object. */
export const PINS_PER_OBJECT_MAX = 1_024;
/** Least size that a store's limit may have. */
export const STORE_BYTES_MIN = 16 * 1_048_576;
/** What a store may hold unless told otherwise. */
export const STORE_BYTES_DEFAULT = 64 * 1_073_741_824;
/** Blocks looked at in one transaction of a collection: others write in between. */
export const SWEPT_AT_ONCE = 256;
/** Times a collection begins anew since something was pinned meanwhile; then it gives up until it is called again. */
export const COLLECT_ROUNDS_MAX = 8;
/** A block that no pin reaches is left so long: time to pin what was just put or fetched. */
export const GRACE_SECONDS = 3_600;

/** A CAR file's header. */
export const CAR_HEADER_BYTES_MAX = 4_096;
/** Roots of a CAR file. */
export const CAR_ROOTS_MAX = 16;
