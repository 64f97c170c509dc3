import { defineHumanStation, type JsonObject } from "../../../nodes/stations/index.ts";
import { closed, flag, name, recommendation } from "./schemas.ts";

export const referees = {
  type: "array",
  maxItems: 3,
  items: closed({ name, relation: name, contact: name }),
} satisfies JsonObject;

interface Input {
  verified: boolean;
  asked: boolean;
  candidate: string;
  role: string;
  referees: { name: string; relation: string; contact: string }[];
}

/**
 * Somebody of the reference desk calls the referees and answers. What they said in so many words is the remark,
 * which no other station needs: it stays at the desk.
 */
export default defineHumanStation<Input>({
  name: "references",
  version: "1.0.0",
  title: { en: "References", nl: "Referenties" },
  input: closed({ verified: flag, asked: flag, candidate: name, role: name, referees }),
  output: closed(
    {
      recommendation,
      spokenWith: { type: "integer", minimum: 0, maximum: 3 },
      remark: { type: "string", maxLength: 2_000 },
    },
    ["remark"],
  ),
  form: ({ candidate, role, referees }) => ({
    task: `Call the referees of ${candidate}, who applied for the role of ${role}.`,
    questions: [
      "In which role, and until when, did you work together?",
      "What went well, and what did not?",
      "Would you work together again?",
    ],
    referees,
  }),
});
