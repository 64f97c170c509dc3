import { defineStation } from "../../../nodes/stations/index.ts";
import { closed, codes, type Field, field, flag, hours, level, months, skills } from "./schemas.ts";

/** What the candidate may lack of what the vacancy requires. */
export const gaps = ["diploma", "diploma-field", "diploma-level", "experience", "hours", "skills"] as const;
export type Gap = (typeof gaps)[number];

/** Of 100 points, those for skills; the rest is for experience. */
const skillPoints = 60;

interface Input {
  verified: boolean;
  candidate: { skills: string[]; experienceMonths: number; hours: number };
  diploma?: { field: Field; level: number };
  vacancy: { field: Field; level: number; skills: string[]; experienceMonths: number; hours: number };
}

interface Output {
  score: number;
  gaps: Gap[];
}

/**
 * How well do candidate and vacancy fit? The score is 60 points for the part of the required skills that the
 * candidate has, and 40 for the part of the required experience, each rounded down. It is worked out without a
 * name, an age or a birthplace: none of these comes here.
 */
export default defineStation<Input, Output>({
  name: "profile-match",
  version: "2026.1",
  title: { en: "Match of profile and vacancy", nl: "Profiel tegenover vacature" },
  input: closed(
    {
      verified: flag,
      candidate: closed({ skills, experienceMonths: months, hours }),
      diploma: closed({ field, level }),
      vacancy: closed({ field, level, skills, experienceMonths: months, hours }),
    },
    ["diploma"],
  ),
  output: closed({ score: { type: "integer", minimum: 0, maximum: 100 }, gaps: codes(gaps) }),
  process({ candidate, diploma, vacancy }) {
    const have = vacancy.skills.filter((skill) => candidate.skills.includes(skill)).length;
    const served = Math.min(candidate.experienceMonths, vacancy.experienceMonths);
    const asksDiploma = vacancy.level > 0;
    const lacks: Record<Gap, boolean> = {
      diploma: asksDiploma && diploma === undefined,
      "diploma-field": asksDiploma && diploma !== undefined && diploma.field !== vacancy.field,
      "diploma-level": asksDiploma && diploma !== undefined && diploma.level < vacancy.level,
      experience: served < vacancy.experienceMonths,
      hours: candidate.hours < vacancy.hours,
      skills: have < vacancy.skills.length,
    };
    return {
      score:
        share(have, vacancy.skills.length, skillPoints) +
        share(served, vacancy.experienceMonths, 100 - skillPoints),
      gaps: gaps.filter((gap) => lacks[gap]),
    };
  },
});

/** The points for a part of a whole, rounded down; all of them where nothing is required. */
function share(part: number, whole: number, points: number): number {
  return whole === 0 ? points : Math.floor((part * points) / whole);
}
