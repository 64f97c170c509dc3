import express, { type ErrorRequestHandler, type Express } from "express";
import { BeltError } from "../../pipeline/errors.ts";
import { joseType, mostRequestBytes, mostTrayBytes, trayType } from "../../pipeline/tray/index.ts";
import { problemAnswer, problemType } from "../problem.ts";
import { withinRoom } from "./room.ts";

/** What partners may ask of a node. */
export interface PartnerFace {
  /**
   * Takes a tray and gives the signed acknowledgement.
   *
   * @param passedOn - by another worker of the member
   */
  accept(tray: Uint8Array, how: { readonly passedOn: boolean }): Promise<string>;
  document(hash: string): Promise<Uint8Array | undefined>;
  manifest(root: string): Promise<Uint8Array | undefined>;
  /** Gives a member copies of its own receipts, on a signed request. */
  copies(request: Uint8Array): Promise<string>;
  /** Who this node says it is; the ledger decides whether that is so. */
  readonly about: {
    readonly member: string;
    readonly version: string;
    /** The versions of trays that it takes. */
    readonly trays: readonly number[];
  };
}

/** Says that a worker passes a tray on to another one of its member. */
export const passedOnHeader = "belt-passed-on";

/** Bytes of trays that a node has in hand at one time, unless it is told otherwise. */
const mostInHand = 64 * 1024 * 1024;

/**
 * The routes that partners use. A tray proves who sent it by itself, so there is no token here.
 *
 * @param most bytes of trays in hand at one time, beyond which it asks to come back in a moment
 */
export function partnerRoutes(face: PartnerFace, { most = mostInHand } = {}): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");

  // Trays of version 1 are compact JWEs, and come as such.
  const body = express.raw({ type: [trayType, joseType], limit: mostTrayBytes });
  app.post("/v1/trays", withinRoom(most), body, async (request, response) => {
    if (!Buffer.isBuffer(request.body)) {
      throw new BeltError("TRAY_INVALID", `A tray has the media type ${trayType}.`, { at: "content-type" });
    }
    const passedOn = request.headers[passedOnHeader] !== undefined;
    response.type(joseType).send(await face.accept(request.body, { passedOn }));
  });
  const asking = express.raw({ type: joseType, limit: mostRequestBytes });
  app.post("/v1/copies", withinRoom(most), asking, async (request, response) => {
    if (!Buffer.isBuffer(request.body)) {
      throw new BeltError("COPIES_REFUSED", `A request has the media type ${joseType}.`, {
        at: "content-type",
      });
    }
    response.type(joseType).send(await face.copies(request.body));
  });
  app.get("/v1/documents/:hash", async (request, response) => {
    const bytes = await face.document(request.params.hash);
    if (bytes === undefined) throw new BeltError("NOT_FOUND", "This node does not have that document.");
    response.type("application/json").send(Buffer.from(bytes));
  });
  app.get("/v1/manifests/:root", async (request, response) => {
    const bytes = await face.manifest(request.params.root);
    if (bytes === undefined) throw new BeltError("NOT_FOUND", "This node does not have that manifest.");
    response.type("application/octet-stream").send(Buffer.from(bytes));
  });
  app.get("/v1/about", (_request, response) => {
    response.json(face.about);
  });
  app.use(() => {
    throw new BeltError("NOT_FOUND", "There is no such route on the partners' side of a node.");
  });
  app.use(problems);
  return app;
}

// Express knows an error handler by its four parameters.
const problems: ErrorRequestHandler = (error, _request, response, _next) => {
  const { problem, headers } = problemAnswer(fromBodyParser(error));
  response.status(problem.status).set(headers).type(problemType).send(JSON.stringify(problem));
};

function fromBodyParser(error: unknown): unknown {
  if (error instanceof BeltError || !(error instanceof Error) || !("type" in error)) return error;
  if (error.type === "entity.too.large") {
    return new BeltError("TRAY_TOO_LARGE", `A tray has at most ${mostTrayBytes} bytes.`);
  }
  return new BeltError("TRAY_INVALID", "The tray did not arrive whole.", { cause: error });
}
