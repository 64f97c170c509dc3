import type { StepName } from "../../network/index.ts";

/** What the steps of starting a network are called. */
export const titles: Readonly<Record<StepName, string>> = {
  ports: "Ports",
  keys: "Keys",
  chain: "Chain",
  sources: "Members' own services and databases",
  contracts: "Contracts",
  members: "Members",
  nodes: "Nodes, a process each",
  offers: "Offers",
  belt: "Belt",
};

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
