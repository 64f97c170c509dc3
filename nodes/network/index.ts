export type { BeltFolder } from "./beltFolder.ts";
export type { Crash } from "./children.ts";
export type { MemberNode } from "./memberNode.ts";
export { type Network, type NetworkOptions, startNetwork } from "./network.ts";
export { reservePorts } from "./ports.ts";
export type { Step, StepName } from "./steps.ts";
