import { describe, expect, it } from "vitest";
import { beltErrors } from "../../pipeline/errors/belt.ts";
import { generalErrors } from "../../pipeline/errors/general.ts";
import { ledgerErrors } from "../../pipeline/errors/ledger.ts";
import { operatorErrors } from "../../pipeline/errors/operator.ts";
import { stationErrors } from "../../pipeline/errors/station.ts";
import { storeErrors } from "../../pipeline/errors/store.ts";
import { trayErrors } from "../../pipeline/errors/tray.ts";
import { BeltError, catalogue } from "../../pipeline/errors.ts";

it("has every code of its parts, and none in two of them", () => {
  const parts = [
    ...[beltErrors, generalErrors, ledgerErrors, operatorErrors],
    ...[stationErrors, storeErrors, trayErrors],
  ];
  const codes = parts.flatMap((part) => Object.keys(part));
  expect(codes.toSorted()).toEqual(Object.keys(catalogue).toSorted());
});

describe.each(Object.entries(catalogue))("%s", (code, { status, remedy }) => {
  it("is a code in capitals, a status of failure, and a sentence that says what to do", () => {
    expect(code).toMatch(/^[A-Z]+(?:_[A-Z]+)+$|^[A-Z]+$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(remedy).toMatch(/^[A-Z`].*[.]$/s);
  });
});

describe("an error", () => {
  it("has what to do from the catalogue, unless it can be said more exactly", () => {
    expect(new BeltError("NOT_FOUND", "It is not here.").remedy).toBe(catalogue.NOT_FOUND.remedy);
    expect(new BeltError("NOT_FOUND", "It is not here.", { remedy: "Look there." }).remedy).toBe(
      "Look there.",
    );
  });

  it("keeps all that it says in the words of another input", () => {
    const error = new BeltError("OVERLOADED", "Busy.", { at: "/a", retryAfter: 3, remedy: "Wait." });
    expect(error.placedAt("--file")).toMatchObject({
      ...{ code: "OVERLOADED", message: "Busy.", at: "--file", retryAfter: 3, remedy: "Wait.", cause: error },
    });
  });
});
