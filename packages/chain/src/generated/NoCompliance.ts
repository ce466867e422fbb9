// Generated from contracts/src/l1/NoCompliance.sol by contracts/generate.mjs. Do not edit.
export const noComplianceAbi = [
  {"type":"function","name":"isDenied","inputs":[{"name":"","type":"address","internalType":"address"}],"outputs":[{"name":"","type":"bool","internalType":"bool"}],"stateMutability":"pure"},
] as const;
export const noComplianceBytecode = "0x60808060405234601357607a908160188239f35b5f80fdfe60808060405260043610156011575f80fd5b5f3560e01c63e838dfbb146023575f80fd5b3460765760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011260765760043573ffffffffffffffffffffffffffffffffffffffff811603607657805f60209252f35b5f80fd" as const;
