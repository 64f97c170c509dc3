import { defineStation } from "../../../nodes/stations/index.ts";
import { objections } from "./identity-document.ts";
import { type Gap, gaps } from "./profile-match.ts";
import {
  closed,
  codes,
  flag,
  type Profile,
  profile,
  type Recommendation,
  recommendation,
} from "./schemas.ts";

export const answers = ["proceed", "person", "stop"] as const;
type Answer = (typeof answers)[number];

/** Why a case does not simply proceed. */
export const reasons = [
  ...objections,
  "certificate-refused",
  "certificate-absent",
  ...gaps.map((gap) => `lacks-${gap}` as const),
  "score-low",
  "references-negative",
  "references-unreached",
  "references-absent",
] as const;
type Reason = (typeof reasons)[number];

/** The least score with which a case proceeds. */
const enough = 70;

/** What a candidate may lack and still proceed, if the score is enough. */
const negotiable: ReadonlySet<Gap> = new Set(["experience", "skills"]);

interface Input {
  verified: boolean;
  objections: (typeof objections)[number][];
  /** Which certificate, and whether references, the vacancy asks for. */
  asked: { profile: Profile; references: boolean };
  score?: number;
  gaps?: Gap[];
  certificate?: { granted: boolean };
  recommendation?: Recommendation;
}

interface Output {
  answer: Answer;
  reasons: Reason[];
}

/**
 * What is next for the candidate: `proceed` when nothing is in the way, `stop` when a document or certificate that
 * the work cannot do without is missing, and in all other cases a person.
 */
export default defineStation<Input, Output>({
  name: "decision",
  version: "2026.1",
  title: { en: "Decision", nl: "Beslissing" },
  input: closed(
    {
      verified: flag,
      objections: codes(objections),
      asked: closed({ profile, references: flag }),
      score: { type: "integer", minimum: 0, maximum: 100 },
      gaps: codes(gaps),
      certificate: closed({ granted: flag }),
      recommendation,
    },
    ["score", "gaps", "certificate", "recommendation"],
  ),
  output: closed({ answer: { type: "string", enum: answers }, reasons: codes(reasons) }),
  process({ verified, objections, asked, score = 0, gaps = [], certificate, recommendation }) {
    if (!verified) return { answer: "stop", reasons: objections };
    if (certificate?.granted === false) return { answer: "stop", reasons: ["certificate-refused"] };
    const doubts = new Set<Reason>();
    if (asked.profile !== "none" && certificate === undefined) doubts.add("certificate-absent");
    for (const gap of gaps) {
      if (!negotiable.has(gap) || score < enough) doubts.add(`lacks-${gap}`);
    }
    if (score < enough) doubts.add("score-low");
    if (recommendation === "no") doubts.add("references-negative");
    if (recommendation === "unreached") doubts.add("references-unreached");
    if (asked.references && recommendation === undefined) doubts.add("references-absent");
    return { answer: doubts.size === 0 ? "proceed" : "person", reasons: [...doubts] };
  },
});
