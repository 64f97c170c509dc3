import type { StepName } from "../../network/index.ts";

/** What the steps of starting a network are called; sources are the members' own services and databases. */
export const titles: Readonly<Record<StepName, string>> = {
  ports: "Ports",
  keys: "Keys",
  chain: "Chain",
  sources: "Sources",
  contracts: "Contracts",
  members: "Members",
  nodes: "Nodes, a process each",
  offers: "Offers",
  belt: "Belt",
};

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
