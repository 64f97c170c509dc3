export {
  type Contribution,
  type ContributionIndex,
  contributionsOf,
  type Weights,
} from "./contribution.ts";
