export { createOthersVerdicts, type OthersVerdicts } from "./copyVerdicts.js";
export {
  cheatingValidator,
  VALIDATOR_CHEAT_NAMES,
  VALIDATOR_CHEATS,
  type ValidatorCheatName,
  type ValidatorCheatParts,
} from "./validatorCheats.js";
