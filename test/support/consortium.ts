import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import pino from "pino";
import { systemClock } from "../../nodes/clock.ts";
import {
  type Clock,
  createSignals,
  type Engine,
  type EngineEvents,
  type EngineLimits,
  prepareProcessor,
  type Share,
  type Signals,
  startEngine,
  type Transport,
} from "../../nodes/engine/index.ts";
import { systemRandom } from "../../nodes/random.ts";
import type { Station } from "../../nodes/stations/index.ts";
import { checkedStore, MemoryStore, type Store } from "../../nodes/store/index.ts";
import {
  createRoute,
  type Joining,
  joinWorkers,
  type Workers,
  type WorkerTimes,
} from "../../nodes/workers/index.ts";
import { type BeltDocument, documentHash } from "../../pipeline/belt/index.ts";
import { fromBase64url, toHex, utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Hash } from "../../pipeline/index/index.ts";
import { canonical, type JsonObject } from "../../pipeline/json.ts";
import {
  type Item,
  type OpenedTray,
  openTray,
  type PlaceOf,
  type TrayName,
  thumbprint,
} from "../../pipeline/tray/index.ts";
import { FencedStore, SleepingStore } from "./fencedStore.ts";
import { SimulatedLedger } from "./simulatedLedger.ts";
import { sealItems } from "./trayParts.ts";

/** One member of a simulated consortium; `engine` is undefined while its node is down. */
export interface SimulatedMember {
  readonly name: string;
  readonly address: string;
  /** May be replaced while the node is down. */
  store: Store;
  readonly keys: { readonly signing: KeyObject; readonly sealing: KeyObject; readonly secret: Uint8Array };
  readonly kids: { readonly signing: string; readonly sealing: string };
  /** May be replaced while the node is down. */
  stations: readonly Station[];
  signals: Signals;
  troubles: EngineEvents["trouble"][];
  engine: Engine | undefined;
  abort: AbortController;
  /** Where the member has several workers: these, and not one node. */
  readonly workers: SimulatedWorker[];
}

/** One of a member's workers. */
export interface SimulatedWorker {
  readonly engine: Engine;
  readonly signals: Signals;
  readonly workers: Workers;
  /** Takes a tray that comes from a partner. */
  readonly take: ReturnType<typeof createRoute>;
  /** Has its writes wait, until what this gives is called. */
  hold(): () => void;
  /** Why it has to begin anew, if so. */
  over: string | undefined;
  /** Ends it as SIGKILL would. */
  readonly abort: AbortController;
}

/** A member's account and its keys, private ones as JWK. */
export interface SimulatedIdentity {
  readonly address: string;
  readonly signing: JsonObject;
  readonly sealing: JsonObject;
  /** Base64url. */
  readonly secret: string;
}

export interface ConsortiumOptions {
  readonly members: Readonly<Record<string, readonly Station[]>>;
  readonly clock?: Clock;
  readonly store?: (name: string) => Store;
  readonly limits?: Partial<EngineLimits>;
  /** Which members trace; nobody when it is left out. */
  readonly traced?: (name: string) => boolean;
  /** How many workers a member has, that has more than one node. */
  readonly workers?: Readonly<Record<string, number>>;
  readonly times?: WorkerTimes;
  /** What every station has for settings. */
  readonly settings?: JsonObject;
  /** Who a member has been before; new keys when it has none here. */
  readonly identities?: Readonly<Record<string, SimulatedIdentity>>;
  /** Sees every call between nodes before it is made; may throw, to stand for a broken network. */
  readonly network?: (call: {
    readonly from: string;
    readonly to: string;
    readonly tray: Uint8Array;
  }) => Promise<void> | void;
  /** Sees what a partner answers that is asked for copies of receipts; gives the answer that arrives, or throws. */
  readonly copies?: (call: {
    readonly from: string;
    readonly to: string;
    readonly request: string;
    readonly answer: string;
  }) => string | undefined;
}

/** Members with the real engine, their stores in memory, and a simulated ledger and network between them. */
export class Consortium {
  readonly ledger = new SimulatedLedger();
  readonly members = new Map<string, SimulatedMember>();
  readonly #options: ConsortiumOptions;

  constructor(options: ConsortiumOptions) {
    this.#options = options;
    for (const [name, stations] of Object.entries(options.members)) this.#join(name, stations);
  }

  member(name: string): SimulatedMember {
    const member = this.members.get(name);
    if (member === undefined) throw new Error(`no member ${name}`);
    return member;
  }

  engine(name: string): Engine {
    const { engine } = this.member(name);
    if (engine === undefined) throw new Error(`the node of ${name} is down`);
    return engine;
  }

  async start(...names: readonly string[]): Promise<void> {
    for (const name of names.length > 0 ? names : [...this.members.keys()])
      await this.#start(this.member(name));
  }

  /** Ends a node as SIGKILL would: what is not in its store is gone. */
  kill(name: string): void {
    const member = this.member(name);
    member.engine = undefined;
    member.abort.abort();
    for (const worker of member.workers.splice(0)) worker.abort.abort();
  }

  async stop(): Promise<void> {
    const engines = [...this.members.values()].flatMap(({ engine, workers }) => [
      engine,
      ...workers.map((worker) => worker.engine),
    ]);
    for (const name of this.members.keys()) this.kill(name);
    await Promise.all(engines.map((engine) => engine?.stopped));
  }

  /** Publishes a belt whose offers are written as `member/station`; gives its hash. */
  async publish(
    template: Omit<BeltDocument, "parent" | "title" | "version">,
    publisher: string,
  ): Promise<Hash> {
    const stations = Object.fromEntries(
      Object.entries(template.stations).map(([name, place]) => [
        name,
        { ...place, offer: this.#offer(place.offer) },
      ]),
    );
    const document = { ...template, stations, version: "1", parent: null, title: { en: template.belt } };
    const belt = documentHash(document);
    const offers = Object.keys(stations)
      .toSorted()
      .map((name) => stations[name]?.offer ?? "");
    this.ledger.belts.set(belt, offers);
    await this.engine(publisher).documents.put(utf8(canonical(document)));
    return belt;
  }

  /** Books a sheet; `deadline` is in seconds since 1970, an hour from now when absent. */
  async book(
    consumer: string,
    belt: Hash,
    cases: readonly JsonObject[],
    { deadline = Math.floor(Date.now() / 1000) + 3600 }: { readonly deadline?: number } = {},
  ): Promise<string> {
    const own = await this.engine(consumer).consumer.book({ belt, cases, deadline, maxCost: 0n });
    return own.sheet;
  }

  /** Opens a tray with its receiver's key, as the receiver does. */
  open(to: string, tray: Uint8Array): OpenedTray {
    const { keys, address } = this.member(to);
    return openTray(tray, {
      own: () => keys.sealing,
      signers: (kid) => this.ledger.of(address).signer(kid)?.key,
    });
  }

  /** Signs and seals items with a member's own key, as its node would and would not. */
  seal(
    from: string,
    to: string,
    { items, placeOf, ...name }: TrayName & { readonly items: readonly Item[]; readonly placeOf?: PlaceOf },
  ): Uint8Array {
    const [sender, { kids, keys, address }] = [this.member(from), this.member(to)];
    const signer = { kid: sender.kids.signing, key: sender.keys.signing };
    const receiver = { kid: kids.sealing, key: createPublicKey(keys.sealing), member: address };
    return sealItems(name, items, { signer, to: receiver }, placeOf);
  }

  #offer(reference: string): string {
    const [name = "", station = ""] = reference.split("/");
    const member = this.member(name);
    const found = member.stations.find((each) => each.name === station);
    if (found === undefined) throw new Error(`no station ${reference}`);
    const { document } = prepareProcessor(found, this.#options.settings ?? {});
    const id = documentHash([member.address, document]);
    this.ledger.offers.set(id, { member: member.address, document });
    return id;
  }

  #join(name: string, stations: readonly Station[]): void {
    const known = this.#options.identities?.[name];
    const address = known?.address ?? toHex(randomBytes(20));
    const signing = known ? keyOf(known.signing) : generateKeyPairSync("ed25519").privateKey;
    const sealing = known ? keyOf(known.sealing) : generateKeyPairSync("x25519").privateKey;
    const secret = known ? fromBase64url(known.secret) : randomBytes(32);
    const signingKey = raw(signing);
    const sealingKey = raw(sealing);
    this.ledger.profiles.set(address, { url: name, signingKey, sealingKey, active: true });
    this.members.set(name, {
      name,
      address,
      stations,
      store: this.#options.store?.(name) ?? new MemoryStore(),
      keys: { signing, sealing, secret },
      kids: { signing: thumbprint("Ed25519", signingKey), sealing: thumbprint("X25519", sealingKey) },
      signals: createSignals(),
      troubles: [],
      engine: undefined,
      abort: new AbortController(),
      workers: [],
    });
  }

  /** Starts one more worker of a member. */
  async startWorker(name: string, joins: Joining = "candidate"): Promise<SimulatedWorker> {
    const member = this.member(name);
    const abort = new AbortController();
    const { signal } = abort;
    const sleep = new SleepingStore(member.store);
    const store = checkedStore(new FencedStore(sleep, signal));
    let over: string | undefined;
    const workers = await joinWorkers({
      ...{ store, signal, joins, log: silent },
      ...(this.#options.times && { times: this.#options.times }),
      over: (why) => {
        over = why;
      },
    });
    const { engine, signals } = await this.#run(member, {
      store: workers.store,
      share: workers.share,
      abort,
    });
    const url = `http://${workers.id}`;
    const worker: SimulatedWorker = {
      ...{ engine, signals, workers, abort },
      hold: () => sleep.hold(),
      take: createRoute({
        workers,
        own: (kid) => (kid === member.kids.sealing ? member.keys.sealing : undefined),
        holds: (sheet) => engine.holdings?.has(sheet) ?? false,
        accept: engine.accept,
        async passOn(to, tray) {
          const other = member.workers.find(({ workers: { id } }) => `http://${id}` === to.url);
          if (other === undefined) throw new BeltError("PARTNER_UNREACHABLE", "The worker is dead.");
          return other.take(tray, { passedOn: true });
        },
      }),
      get over() {
        return over;
      },
    };
    member.workers.push(worker);
    if (engine.holdings) await workers.serve({ url, api: url }, engine.holdings);
    signal.addEventListener("abort", () => {
      const place = member.workers.indexOf(worker);
      if (place >= 0) member.workers.splice(place, 1);
    });
    return worker;
  }

  async #start(member: SimulatedMember): Promise<void> {
    const count = this.#options.workers?.[member.name];
    if (count !== undefined) {
      for (let started = 0; started < count; started++) await this.startWorker(member.name);
      return;
    }
    member.abort = new AbortController();
    const store = new FencedStore(member.store, member.abort.signal);
    const { engine, signals } = await this.#run(member, { store, abort: member.abort });
    member.engine = engine;
    member.signals = signals;
  }

  async #run(
    member: SimulatedMember,
    {
      store,
      share,
      abort,
    }: { readonly store: Store; readonly share?: Share; readonly abort: AbortController },
  ): Promise<{ readonly engine: Engine; readonly signals: Signals }> {
    const signals = createSignals();
    signals.on("trouble", (trouble) => member.troubles.push(trouble));
    const processors = new Map(
      member.stations.map((station) => {
        const processor = prepareProcessor(station, this.#options.settings ?? {});
        return [processor.document, processor];
      }),
    );
    const engine = await startEngine({
      store,
      share,
      ledger: this.ledger.of(member.address),
      transport: this.#transport(member.name),
      clock: this.#options.clock ?? systemClock,
      random: systemRandom,
      self: {
        member: member.address,
        signer: { kid: member.kids.signing, key: member.keys.signing },
        seals: (kid) => (kid === member.kids.sealing ? member.keys.sealing : undefined),
        secret: member.keys.secret,
      },
      signals,
      traced: this.#options.traced?.(member.name) ?? false,
      processors,
      limits: {
        concurrency: 64,
        backlog: 10_000,
        anchorAfter: 50,
        withdrawAfter: 50,
        ...this.#options.limits,
      },
      signal: abort.signal,
    });
    const stopListening = this.ledger.onChange((news) => engine.ledgerChanged(news));
    abort.signal.addEventListener("abort", stopListening, { once: true });
    return { engine, signals };
  }

  #transport(from: string): Transport {
    const reach = (to: string): Pick<Engine, "accept" | "documents" | "copies" | "manifest"> => {
      const { engine, workers } = this.member(to);
      // Whoever is before them, such as a proxy, knows nothing of their work.
      const worker = workers[Math.floor(Math.random() * workers.length)];
      if (worker !== undefined) {
        const { documents, copies, manifest } = worker.engine;
        return { accept: (tray) => worker.take(tray, { passedOn: false }), documents, copies, manifest };
      }
      if (engine === undefined) throw new BeltError("PARTNER_UNREACHABLE", `The node of ${to} is down.`);
      return engine;
    };
    return {
      deliver: async (to, tray) => {
        await this.#options.network?.({ from, to, tray });
        return reach(to).accept(tray);
      },
      copies: async (to, request) => {
        const answer = await reach(to).copies(Buffer.from(request, "latin1"));
        return this.#options.copies?.({ from, to, request, answer }) ?? answer;
      },
      document: async (to, hash) => found(await reach(to).documents.get(hash)),
      manifest: async (to, root) => found(await reach(to).manifest(root)),
    };
  }
}

const silent = pino({ level: "silent" });

function found(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new BeltError("NOT_FOUND", "It is not here.");
  return bytes;
}

const keyOf = (key: JsonObject): KeyObject => createPrivateKey({ key, format: "jwk" });

/** The public key of a private one, as profiles have it. */
function raw(key: KeyObject): string {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return toHex(fromBase64url(x));
}
