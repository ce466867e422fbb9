import type { CallOptions, Http } from "./http.js";
import { type Model, type NetworkInfo, networkInfo } from "./networkShapes.js";

/** What a router says of itself and its models, as it last did. */
export class KnownInfo {
  readonly #http: Http;
  #latest: NetworkInfo | undefined;

  constructor(http: Http) {
    this.#http = http;
  }

  async read(bounds: CallOptions): Promise<NetworkInfo> {
    this.#latest = (await this.#http.json({ path: "/api/v1/info", ...bounds }, networkInfo)).value;
    return this.#latest;
  }

  /** As it was read before, if it was. */
  async known(bounds: CallOptions): Promise<NetworkInfo> {
    return this.#latest ?? this.read(bounds);
  }

  /** As it was read before, if such a model was there then; else as it is now. */
  async having(isIt: (model: Model) => boolean, bounds: CallOptions): Promise<NetworkInfo> {
    return this.#latest?.models.some(isIt) === true ? this.#latest : this.read(bounds);
  }
}
