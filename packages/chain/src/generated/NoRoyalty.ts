// Generated from contracts/src/l2/NoRoyalty.sol by contracts/generate.mjs. Do not edit.
export const noRoyaltyAbi = [
  {"type":"function","name":"royaltyOf","inputs":[{"name":"","type":"bytes32","internalType":"bytes32"}],"outputs":[{"name":"","type":"address","internalType":"address"},{"name":"","type":"uint16","internalType":"uint16"}],"stateMutability":"pure"},
] as const;
export const noRoyaltyBytecode = "0x608080604052346013576062908160188239f35b5f80fdfe60808060405260043610156011575f80fd5b5f3560e01c6320af52f4146023575f80fd5b34605e5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112605e57805f604092525f6020820152f35b5f80fd" as const;
