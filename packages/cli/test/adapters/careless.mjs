// A broken adapter: its courier carries whatever anybody hands it.
import { adapterOf } from "./courier.mjs";

export const messengerAdapter = adapterOf("careless", { carriesForAnybody: true });
