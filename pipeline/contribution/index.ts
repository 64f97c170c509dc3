export {
  type Contribution,
  type ContributionIndex,
  contributionsOf,
  defaultWeights,
  type Weights,
} from "./contribution.ts";
