export * from "./door.js";
export { type Deployment, formatProfile, type NetworkAddresses, type NetworkProfile, parseProfile } from "./profile.js";
