import { BeltError } from "../../pipeline/errors.ts";
import type { StationEntry } from "../config.ts";
import type { Identity } from "../identity.ts";
import { type BeltFolder, readBeltFolder } from "./beltFolder.ts";
import { type Children, type Crash, createChildren } from "./children.ts";
import { type Consortium, openConsortium } from "./consortium.ts";
import { type DataFolder, openDataFolder } from "./dataFolder.ts";
import type { Lifetime } from "./lifetime.ts";
import { createMemberNode, type MemberNode, urlOf, writeConfig } from "./memberNode.ts";
import type { Network, NetworkOptions } from "./network.ts";
import { type NetworkChain, openChain } from "./networkChain.ts";
import { type Places, reservePlaces } from "./places.ts";
import { publishBelt, publishOffers } from "./publish.ts";
import { newcomer, type RosterMember, rosterOf } from "./roster.ts";
import { startSources } from "./sources.ts";
import { createSteps, type RunStep } from "./steps.ts";

/** What the steps of starting a network have in common. */
interface Site {
  readonly options: NetworkOptions;
  readonly lifetime: Lifetime;
  readonly step: RunStep;
  readonly belt: BeltFolder;
  readonly roster: readonly RosterMember[];
  readonly folder: DataFolder;
  readonly places: Places;
  readonly children: Children;
  readonly crashed: (crash: Crash) => void;
}

interface Prepared {
  readonly identities: readonly Identity[];
  readonly chain: NetworkChain;
  readonly stations: readonly (readonly StationEntry[])[];
}

/** Starts a network step by step. The lifetime knows what is to be let go of, also when a step fails. */
export async function setUp(options: NetworkOptions, lifetime: Lifetime): Promise<Network> {
  const site = await openSite(options, lifetime);
  const prepared = await prepare(site);
  const { consortium, setAside } = await found(site, prepared);
  const members = await startNodes(site, prepared, consortium);
  const beltId = await publish(site, members);
  const { belt, folder, children } = site;
  const [consumer] = members;
  if (consumer === undefined) throw new TypeError("The consumer is the first member of every roster.");
  const { chain } = prepared;
  const { deployment } = consortium;
  return {
    belt,
    beltId,
    data: folder.path,
    chain,
    deployment,
    consumer,
    setAside,
    get members() {
      return [...members];
    },
    member(name) {
      const found = members.find((each) => each.name === name);
      if (found === undefined) throw new BeltError("NOT_FOUND", `The network has no member ${name}.`);
      return found;
    },
    async add() {
      const member = await addMember(site, chain, consortium, members.length);
      members.push(member);
      return member;
    },
    get pids() {
      return [...(chain.pid === undefined ? [] : [chain.pid]), ...children.pids];
    },
    stop: lifetime.end,
    kill() {
      children.kill();
      if (chain.pid !== undefined) process.kill(chain.pid, "SIGKILL");
    },
  };
}

async function openSite(options: NetworkOptions, lifetime: Lifetime): Promise<Site> {
  const { ledgerUrls = [], port = 0, report = () => {} } = options;
  const step = createSteps(report, lifetime.signal);
  const belt = await readBeltFolder(options.belt);
  const roster = rosterOf(belt.members, options.members);
  const folder = await openDataFolder(options.data);
  lifetime.atEnd(() => folder.release());
  const places = await step(
    "ports",
    () =>
      reservePlaces(
        roster.map(({ name }) => name),
        folder,
        { port, chain: ledgerUrls.length === 0 },
      ),
    ({ members }) => `${members.length * 2} are free`,
  );
  lifetime.atEnd(() => Promise.all([places.releaseChain(), places.releaseMembers()]));
  const crashed = (crash: Crash): void => {
    lifetime.fail(crash.problem);
    if (!lifetime.signal.aborted) options.crashed?.(crash);
  };
  const children = createChildren(crashed);
  lifetime.atEnd(() => children.stop());
  return { options, lifetime, step, belt, roster, folder, places, children, crashed };
}

/** What depends on nothing, all at once: keys, chain, and the sources beside the nodes. */
async function prepare({ lifetime, step, roster, folder, children, ...site }: Site): Promise<Prepared> {
  const belt = site.belt.folder;
  const sources = (member: RosterMember) =>
    startSources(member, { belt, folder: folder.memberFolder(member.name), children });
  const [identities, chain, stations] = await lifetime.all(
    step(
      "keys",
      () => Promise.all(roster.map(({ name }) => folder.identity(name))),
      ({ length }) => `of ${length} members`,
    ),
    step(
      "chain",
      () => openChain(site.options.ledgerUrls ?? [], site.places, lifetime, site.crashed),
      ({ url }) => url,
    ),
    step(
      "sources",
      () => Promise.all(roster.map(sources)),
      () => `${children.pids.length} run`,
    ),
  );
  return { identities, chain, stations };
}

/** Puts contracts and members on the ledger. Stores that belong to another ledger are put out of the way. */
async function found(
  { lifetime, step, roster, folder, places }: Site,
  { identities, chain }: Prepared,
): Promise<{ readonly consortium: Consortium; readonly setAside: readonly string[] }> {
  const founders = places.members.map(({ ports: [port] }, index) => ({
    ...at(roster, index),
    url: urlOf(port),
    identity: at(identities, index),
  }));
  const consortium = await step(
    "contracts",
    () => openConsortium(chain, { known: folder.deployment, founders }, lifetime.signal),
    ({ kept, deployment }) => `${kept ? "are there already" : "deployed"}; directory ${deployment.directory}`,
  );
  lifetime.atEnd(() => consortium.close());
  const moved = consortium.kept
    ? []
    : await Promise.all(roster.map(({ name }) => folder.setStoreAside(name)));
  const setAside = moved.filter((path) => path !== undefined);
  await folder.keepDeployment(consortium.deployment);
  await step(
    "members",
    () => consortium.admit(founders),
    () => `${founders.length} admitted, with their profiles`,
  );
  return { consortium, setAside };
}

async function startNodes(
  { lifetime, step, places, children }: Site,
  { identities, chain, stations }: Prepared,
  { deployment }: Consortium,
): Promise<MemberNode[]> {
  const nodes = places.members.map((place, index) =>
    createMemberNode(place, at(identities, index), children, lifetime.signal),
  );
  await Promise.all(
    places.members.map((place, index) =>
      writeConfig(place, at(stations, index), { url: inTurn(chain.urls, index), deployment }),
    ),
  );
  await places.releaseMembers();
  lifetime.atEnd(() => Promise.all(nodes.map((node) => node.stop())));
  await step(
    "nodes",
    () => lifetime.all(...nodes.map((node) => node.start())),
    () => `${nodes.length} are ready`,
  );
  return nodes;
}

async function publish({ step, belt, roster }: Site, nodes: readonly MemberNode[]): Promise<string> {
  const offers = await step(
    "offers",
    async () => {
      const published = nodes.map((node, index) => publishOffers({ member: at(roster, index), node }));
      return new Map((await Promise.all(published)).flatMap((each) => [...each]));
    },
    (named) => `${new Set(named.values()).size} on the ledger`,
  );
  return step(
    "belt",
    () => publishBelt(belt, offers, at(nodes, 0).operations),
    () => `${belt.template.belt}@${belt.template.version}`,
  );
}

/** Admits a newcomer to a network that is up, and starts its node. */
async function addMember(
  { options, folder, lifetime, children }: Site,
  chain: NetworkChain,
  consortium: Consortium,
  number: number,
): Promise<MemberNode> {
  const member = newcomer(number);
  const places = await reservePlaces(
    [member.name],
    folder,
    { port: options.port ?? 0, chain: false },
    number,
  );
  const place = at(places.members, 0);
  const identity = await folder.identity(member.name);
  await consortium.admit([{ ...member, url: urlOf(place.ports[0]), identity }]);
  await writeConfig(place, [], { url: inTurn(chain.urls, number), deployment: consortium.deployment });
  await places.releaseMembers();
  const node = createMemberNode(place, identity, children, lifetime.signal);
  lifetime.atEnd(() => node.stop());
  await node.start();
  return node;
}

const inTurn = <T>(list: readonly T[], index: number): T => at(list, index % list.length);

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`There is no place ${index} among ${list.length}.`);
  return found;
}
