export { sponsorSettings } from "./config.js";
export { createSponsorDesk, type SponsorParts } from "./sponsorDesk.js";
