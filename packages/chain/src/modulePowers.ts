import type { ContractName } from "./deploySteps.js";
import type { LinkContract } from "./layerModules.js";

/** Something that an account may do to a contract which no other may, and how far it goes. */
export type Power = {
  readonly call: string;
  /** The deployer is the account that the contract was made from; assessors are those that the owner lists. */
  readonly who: "owner" | "poster" | "assessor" | "deployer" | "challenger";
  readonly bound: string;
};

/** `cortensor deploy` uses these up: what is left of them is nothing. */
const once = (call: string): Power => ({
  call,
  who: "deployer",
  bound: "once, and only for contracts that name this one from their birth",
});

const slasher: Power = {
  call: "proposeSlasher",
  who: "owner",
  bound: "the first holds at once, another one only after slasherDelaySeconds",
};

/** Every power over a contract besides handing its ownership on, or giving it up. Whatever isn't here is fixed for good when it is deployed. */
export const MODULE_POWERS: Partial<Readonly<Record<ContractName, readonly Power[]>>> = {
  modules: [{ call: "add", who: "owner", bound: "appends a version; none is changed or removed" }],
  stakeVault: [{ call: "addMirror", who: "owner", bound: "MIRRORS_MAX at most, for good" }, slasher],
  routerBond: [slasher],
  verifiers: [
    { call: "add", who: "owner", bound: "whose word makes a node verified; moves no money" },
    { call: "remove", who: "owner", bound: "takes that word's worth for new verifications" },
  ],
  rates: [
    { call: "namePoster", who: "owner", bound: "who posts; not what" },
    {
      call: "post",
      who: "poster",
      bound: "WEI_PER_TOKEN_MIN to WEI_PER_TOKEN_MAX, CHANGE_BPS_MAX a post, one each POST_INTERVAL_SECONDS",
    },
  ],
  guardSets: [
    { call: "list", who: "owner", bound: "counts until hostedUntil" },
    { call: "unlist", who: "owner", bound: "counts until hostedUntil" },
    once("nameAttestations"),
  ],
  sessions: [once("nameOpener")],
  setChallenges: [once("join")],
  juries: [{ call: "nameSlasher", who: "deployer", bound: "once; where verdicts are carried out" }],
  nodeLevels: [
    { call: "addAssessor", who: "owner", bound: "who may say a level, for ASSESSMENT_SECONDS each" },
    { call: "removeAssessor", who: "owner", bound: "who may say a level" },
    { call: "setProved", who: "owner", bound: "which kernel classes reach the upper levels" },
    { call: "join", who: "owner", bound: "once, when it is deployed" },
    { call: "assess", who: "assessor", bound: "a level to LEVEL_MAX, which counts for ASSESSMENT_SECONDS" },
  ],
};

/** The same of what joins the layers of a network over several chains. */
export const LINK_POWERS: Partial<Readonly<Record<LinkContract, readonly Power[]>>> = {
  maker: [{ call: "make", who: "deployer", bound: "each name once; touches nothing that stands" }],
  linkGuards: [{ call: "succeed", who: "owner", bound: "once, and only a set that counts epochs alike" }],
  networkState: [
    {
      call: "publish",
      who: "owner",
      bound: "hashes to check a profile by; moves nothing, and what was published stays",
    },
  ],
};

/** Of whichever end of a link by quorum. */
export const QUORUM_POWERS: readonly Power[] = [
  {
    call: "challenge",
    who: "challenger",
    bound: "takes a root out; delays messages, and signs, delivers and moves none",
  },
];
