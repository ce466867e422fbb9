export { orderDigest, orderSigner, signOrder } from "./order.js";
export { type OnboardingPlace, type OnboardingPlaces, placesOfLayers, placesOfNetwork } from "./places.js";
export { type OrderOutcome, openCall, readOrder, readTaking, takeCall } from "./sendOrder.js";
export { openSponsorChain, type SponsorChain } from "./sponsorChain.js";
