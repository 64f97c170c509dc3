import { readTold } from "../../nodes/engine/index.ts";
import { openAtRest } from "../../nodes/store/index.ts";
import { planBelt } from "../../pipeline/belt/index.ts";
import { fromHex, sameBytes, toHex } from "../../pipeline/bytes.ts";
import { append, emptyFrontier } from "../../pipeline/log/index.ts";
import { Receipt, receiptBytes, receiptHash, type Status } from "../../pipeline/receipt/index.ts";
import { leavesIn } from "../support/receiptAudit.ts";
import type { Disk } from "./disk.ts";
import type { SheetState } from "./ledgerState.ts";
import type { SimulatedNode } from "./node.ts";
import { type Expected, expectedOf } from "./oracle.ts";
import { isForgone } from "./restoring.ts";
import type { Simulation } from "./simulation.ts";
import type { Kind } from "./stations.ts";

/** Everything that is wrong after a run that came to rest; nothing, if all is well. */
export function violationsOf(simulation: Simulation): string[] {
  const violations: string[] = [];
  const wrong = (what: string): void => void violations.push(what);
  violations.push(...simulation.nodes.flatMap((node) => lostTrays(simulation, node)));
  for (const { sheet } of simulation.handedIn) {
    if (!simulation.ledger.state.sheets.has(sheet))
      wrong(`sheet ${sheet} was booked, and is not on the ledger`);
  }
  for (const sheet of simulation.ledger.state.sheets.values()) wholeSheet(simulation, sheet, wrong);
  for (const node of simulation.nodes) log(simulation, node, wrong);
  money(simulation, wrong);
  for (const [key, inputs] of simulation.journal.inputs) {
    if (inputs.size > 1) wrong(`${key} was worked on with different inputs: ${[...inputs].join(" and ")}`);
  }
  return violations;
}

type Wrong = (what: string) => void;

/** The trays that a node acknowledged, of sheets that are open, and that its disk knows nothing of. */
export function lostTrays(
  { acknowledged, ledger }: Simulation,
  { name, disk, lost }: SimulatedNode,
): string[] {
  return acknowledged.flatMap(({ to, sheet, edge, tray, hash }, index) => {
    if (to !== name || ledger.state.sheets.get(sheet)?.expired) return [];
    // What came after the backup went with the machine.
    if (lost !== undefined && index >= lost.acknowledged.from && index < lost.acknowledged.to) return [];
    const place = `${sheet}/${edge}/${ordinal(tray)}`;
    const seen = disk.get(`seen/${place}`);
    if (seen !== undefined && Buffer.from(seen).toString("latin1") !== hash) {
      return [`${name} acknowledged two trays ${tray} of ${edge}`];
    }
    if (seen !== undefined || disk.has(`inbox/${place}`)) return [];
    return [`${name} acknowledged tray ${tray} of ${edge}, and does not know it`];
  });
}

function wholeSheet(simulation: Simulation, booked: SheetState, wrong: Wrong): void {
  const { sheet, consumer, count, expired, reports } = booked;
  const belt = simulation.belts.find(({ hash }) => hash === booked.belt);
  if (belt === undefined) {
    wrong(`sheet ${sheet} is of no belt`);
    return;
  }
  const home = nodeOf(simulation, consumer);
  const plan = planBelt(belt.document);
  const nodeAt = (station: string): SimulatedNode =>
    simulation.node(memberAt(belt.plan.stations[station]?.offer));
  for (const { disk, name } of simulation.nodes) {
    // A consumer whose machine is lost can open no results any more.
    const expected = home.lost === undefined ? undefined : `refused/outbox/${home.member.address}/`;
    const refused = disk
      .keys("refused/")
      .filter((key) => key.includes(sheet) && (expected === undefined || !key.startsWith(expected)));
    if (refused.length > 0) wrong(`${name} keeps what was refused: ${refused[0]}`);
  }
  const values = casesOf(home, sheet);
  if (values.length !== count && home.lost === undefined)
    wrong(`${home.name} has ${values.length} of ${count} cases of ${sheet}`);
  for (const [number, value] of values.entries()) {
    const receiptAt = (name: string): Receipt | undefined =>
      receiptIn(nodeAt(name).disk, sheet, name, number);
    /** Also that which was lost with a machine: others went on from it. */
    const everAt = (name: string): Receipt | undefined => {
      const { lost } = nodeAt(name);
      return receiptAt(name) ?? (lost && receiptIn(lost.disk, sheet, name, number));
    };
    let expected: ReadonlyMap<string, Expected>;
    try {
      expected = expectedOf({
        ...{ sheet, case: number, value, journal: simulation.journal, document: belt.document },
        kindOf: (name) => kindAt(belt.plan.stations[name]?.offer),
        secretOf: (name) => nodeAt(name).member.self.secret,
        receiptOf: everAt,
      });
    } catch (error) {
      wrong(`case ${number} of ${sheet}: ${String(error)}`);
      continue;
    }
    for (const { name, number: station } of plan.stations) {
      const place = `case ${number} at ${name} of ${sheet.slice(0, 8)}`;
      const due = expected.get(name);
      const receipt = receiptAt(name);
      const outcome = outcomeIn(home, sheet, name, number);
      const report = reports.get(station);
      const node = nodeAt(name);
      // Its receipt went with a machine.
      const isLost = receipt === undefined && everAt(name) !== undefined;
      if (report === undefined && !expired) wrong(`${place} has no end on the ledger`);
      if (report !== undefined) {
        const told: Status = report.exceptions.get(number) ?? "done";
        if (told !== due?.status) wrong(`${place} is ${told} on the ledger where it is ${due?.status}`);
        if (receipt === undefined && !isLost) wrong(`${place} is reported without a receipt`);
      }
      if (receipt !== undefined && receipt.status !== due?.status) {
        wrong(`${place} is ${receipt.status} by its receipt where it is ${due?.status}`);
      }
      if (outcome === undefined && !expired && home.lost === undefined && !isLost)
        wrong(`${home.name} knows no outcome of ${place}`);
      if (outcome !== undefined) {
        const left = isLost || (receipt === undefined && isForgone(node, sheet, name, number));
        if (!left && !(receipt && sameBytes(receiptBytes(receipt), outcome.receipt))) {
          wrong(`${place} has two outcomes: its station's and its consumer's`);
        }
        for (const { source, field } of plan.result) {
          if (source !== name || due?.output === undefined) continue;
          const is = field === "/x" ? due.output.x : due.output.y;
          if (outcome.fields[field] !== is)
            wrong(`${place} gave ${field} ${outcome.fields[field]}, not ${is}`);
        }
      }
      const key = `${sheet}/${name}/${number}`;
      if (simulation.journal.rejected.has(key) && receipt?.status !== "failed") {
        wrong(`${place} is ${receipt?.status}, though its operator rejected it`);
      }
      const answer = simulation.journal.completed.get(key);
      if (answer !== undefined && receipt !== undefined && due?.output?.y !== answer) {
        wrong(`${place} has another answer than the one that was acknowledged`);
      }
    }
  }
}

/**
 * The log of a node: each receipt once, and every head that was ever anchored the root of its beginning. What a restored
 * node had back from nobody is known from the machine that was lost alone.
 */
function log({ ledger }: Simulation, { name, disk, member, lost }: SimulatedNode, wrong: Wrong): void {
  const hashes = new Set(
    disk.keys("receipt/").map((key) => toHex(receiptHash(parseReceipt(disk.get(key) ?? new Uint8Array())))),
  );
  const size = Number(Buffer.from(disk.get("log/size") ?? Buffer.from("0")).toString("latin1"));
  const [own, before] = [leavesOf(disk), lost === undefined ? [] : leavesOf(lost.disk)];
  const leaves = Array.from({ length: size }, (_, index) => own[index] ?? before[index]).flatMap(
    (leaf) => leaf ?? [],
  );
  const logged = new Set(leaves.map(toHex));
  const gap = leaves.filter((leaf, index) => own[index] === undefined && !hashes.has(toHex(leaf))).length;
  if (size !== hashes.size + gap || logged.size !== size || ![...hashes].every((hash) => logged.has(hash))) {
    wrong(
      `the log of ${name} has ${size} entries, ${logged.size} different ones, ${gap} lost, for ${hashes.size} receipts`,
    );
  }
  const heads = ledger.state.heads.get(member.address) ?? [];
  let frontier = emptyFrontier;
  for (const head of heads) {
    frontier = append(frontier, leaves.slice(frontier.size, head.size)).frontier;
    if (frontier.size !== head.size || !sameBytes(frontier.root, fromHex(head.root))) {
      wrong(`the log of ${name} is not the one whose head of ${head.size} is anchored`);
    }
  }
  if ((heads.at(-1)?.size ?? 0) !== size) wrong(`${name} anchored ${heads.at(-1)?.size} of ${size} receipts`);
}

/** The leaves of a log that a disk has, by their positions. */
function leavesOf(disk: Disk): (Uint8Array | undefined)[] {
  const leaves: (Uint8Array | undefined)[] = [];
  for (const key of disk.keys("log/leaf/")) {
    const [tile = 0, place = 0] = key.split("/").slice(2).map(Number);
    for (const [index, leaf] of leavesIn(disk.get(key) ?? new Uint8Array()).entries()) {
      leaves[64 * tile + place + index] = leaf;
    }
  }
  return leaves;
}

/** Money in is money out: what was booked was paid or refunded, and withdrawn. */
function money({ ledger }: Simulation, wrong: Wrong): void {
  const { state, market } = ledger;
  if (state.escrow !== 0n) wrong(`${state.escrow} remain in escrow`);
  const due = new Map<string, bigint>();
  const add = (member: string, amount: bigint): void =>
    void due.set(member, (due.get(member) ?? 0n) + amount);
  for (const { offers, consumer, count, reports } of state.sheets.values()) {
    for (const [station, offer] of offers.entries()) {
      const { price = 0n, member = "" } = market.offers.get(offer) ?? {};
      const report = reports.get(station);
      const done = report === undefined ? 0 : count - report.exceptions.size;
      add(member, price * BigInt(done));
      add(consumer, price * BigInt(count - done));
    }
  }
  for (const [member, amount] of due) {
    const withdrawn = state.withdrawn.get(member) ?? 0n;
    if (withdrawn !== amount) wrong(`${member} withdrew ${withdrawn} of ${amount}`);
  }
}

function nodeOf({ nodes }: Simulation, address: string): SimulatedNode {
  const node = nodes.find(({ member }) => member.address === address);
  if (node === undefined) throw new Error(`no node of ${address}`);
  return node;
}

const memberAt = (offer = ""): string => offer.slice(0, offer.indexOf("/"));
const kindAt = (offer = ""): Kind => offer.slice(offer.indexOf("/") + 1) as Kind;
const ordinal = (number: number): string => String(number).padStart(16, "0");
const parse = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString("utf8"));
const parseReceipt = (bytes: Uint8Array): Receipt => Receipt.parse(parse(bytes));

function casesOf({ disk }: SimulatedNode, sheet: string): Readonly<Record<string, number>>[] {
  return disk.keys(`case/${sheet}/`).map((key) => {
    const secret = disk.get(key.replace("case/", "casekey/")) ?? new Uint8Array();
    return parse(openAtRest(secret, disk.get(key) ?? new Uint8Array(), key)) as Record<string, number>;
  });
}

function receiptIn(disk: Disk, sheet: string, station: string, number: number): Receipt | undefined {
  const bytes = disk.get(`receipt/${sheet}/${station}/${ordinal(number)}`);
  return bytes && parseReceipt(bytes);
}

/** What the consumer keeps of a case and station: the receipt's bytes, and the fields that the result takes. */
function outcomeIn({ disk }: SimulatedNode, sheet: string, station: string, number: number) {
  const told = disk
    .keys(`told/${sheet}/${station}/`)
    .flatMap((key) => [...readTold(disk.get(key) ?? new Uint8Array())])
    .find(({ receipt }) => parseReceipt(receipt).case === number);
  if (told === undefined) return undefined;
  const { receipt, secrets: sealed } = told;
  if (sealed.length === 0) return { receipt, fields: {} };
  const secret = disk.get(`casekey/${sheet}/${ordinal(number)}`) ?? new Uint8Array();
  const { fields } = parse(openAtRest(secret, sealed, station)) as { fields: Record<string, number> };
  return { receipt, fields };
}
