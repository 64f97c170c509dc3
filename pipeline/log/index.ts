export { type Commitments, type Manifest, manifestRoot, mostCases, readManifest } from "./manifest.ts";
export {
  consistencyRanges,
  hashRanges,
  inclusionRanges,
  type Lookup,
  verifyConsistency,
  verifyInclusion,
} from "./proof.ts";
export {
  append,
  emptyFrontier,
  emptyRoot,
  type Frontier,
  frontierOf,
  leafHash,
  nodeHash,
  type Range,
  rootOf,
  type Subtree,
  subtreesOf,
} from "./tree.ts";
