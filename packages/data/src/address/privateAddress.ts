import { BlockList, isIP, isIPv6 } from "node:net";

/** Not the open internet: this machine, its networks, what no host has. */
const PRIVATE_V4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;

/** The one range of IPv6 that is given to hosts of the open internet; what lies in it and isn't. */
const GLOBAL_V6 = ["2000::", 3] as const;
const PRIVATE_V6 = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const;

const privateV4 = new BlockList();
for (const [net, prefix] of PRIVATE_V4) privateV4.addSubnet(net, prefix, "ipv4");
const globalV6 = new BlockList();
globalV6.addSubnet(...GLOBAL_V6, "ipv6");
const privateV6 = new BlockList();
for (const [net, prefix] of PRIVATE_V6) privateV6.addSubnet(net, prefix, "ipv6");
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * Whether an address belongs to this machine, to a private, link-local or shared network, or to nobody. IPv6 is judged the other
 * way round: all but its one public range is private, so that mapped, translated and tunnelled IPv4 addresses are too.
 */
export function isPrivateAddress(address: string): boolean {
  if (isIPv6(address)) return !globalV6.check(address, "ipv6") || privateV6.check(address, "ipv6");
  return isIP(address) === 0 || privateV4.check(address, "ipv4");
}

/** Whether a host's name or address says this machine itself. */
export function isLoopbackHost(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === "localhost";
  return loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}
