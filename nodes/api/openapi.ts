import { z } from "zod";
import { problemType } from "../problem.ts";
import type { AnswerRoute, EventsRoute, Route, WriteRoute } from "./route.ts";
import { routes } from "./routes.ts";
import * as schemas from "./schemas.ts";

type Member = Readonly<Record<string, unknown>>;

/**
 * The description of the operator's API (OpenAPI 3.1), made from the schemas that parse its requests and answers.
 *
 * @param version - the version of the product
 */
export function describeApi(version: string): Member {
  const components = schemaComponents();
  return {
    openapi: "3.1.1",
    info: {
      title: "The operator's API of a node",
      version,
      description:
        "What an operator can ask of a node. A refusal is a problem (RFC 9457) with a stable code, the place and the remedy.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ operator: [] }],
    paths: { ...routePaths(), ...openPaths },
    components: {
      schemas: components,
      securitySchemes: { operator: { type: "http", scheme: "bearer" } },
      responses: {
        Problem: {
          description: "The request was refused.",
          content: { [problemType]: { schema: reference("Problem") } },
        },
      },
    },
  };
}

const named = Object.entries<unknown>(schemas).flatMap(([name, schema]) =>
  schema instanceof z.ZodType ? [[name, schema] as const] : [],
);
const reference = (name: string): Member => ({ $ref: `#/components/schemas/${name}` });

/** The schemas by name. Requests are described as they are sent, before defaults fill them in. */
function schemaComponents(): Member {
  const requests = new Set(
    routes.map(
      ({
        input: {
          shape: { body },
        },
      }) => body,
    ),
  );
  const all = { Json: { description: "Any JSON value." } };
  for (const io of ["input", "output"] as const) {
    const registry = z.registry<{ id: string }>();
    for (const [id, schema] of named) registry.add(schema, { id });
    const made = z.toJSONSchema(registry, { io, uri: (id) => `#/components/schemas/${id}` }).schemas;
    for (const [id, schema] of named) {
      const { $schema: _, $id: __, ...rest } = made[id] ?? {};
      if (requests.has(schema) === (io === "input")) Object.assign(all, { [id]: rest });
    }
  }
  // Any JSON value is described by a schema that names itself, under a name that no reader could follow.
  const text = JSON.stringify(all).replaceAll(
    /"#\/components\/schemas\/__shared#\/\$defs\/\w+"/g,
    '"#/components/schemas/Json"',
  );
  return JSON.parse(text);
}

/** A schema as a reference when it has a name, else in full; unnamed ones hold only arrays of named ones. */
function schemaOf(schema: z.ZodType): Member {
  const [name] = named.find(([, each]) => each === schema) ?? [];
  if (name !== undefined) return reference(name);
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodType) {
    return { type: "array", items: schemaOf(schema.element) };
  }
  if (schema instanceof z.ZodObject) {
    const properties = Object.entries(schema.shape).flatMap(([key, each]) =>
      each instanceof z.ZodType ? [[key, schemaOf(each)] as const] : [],
    );
    return {
      type: "object",
      properties: Object.fromEntries(properties),
      required: Object.keys(schema.shape),
    };
  }
  const { $schema: _, ...plain } = z.toJSONSchema(schema, { io: "input" });
  return plain;
}

function routePaths(): Member {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const { method, name, summary, input } = route;
    const { body } = input.shape;
    paths[route.path] = {
      ...paths[route.path],
      [method]: {
        operationId: name,
        summary,
        parameters: [
          ...parameters(route, "params"),
          ...parameters(route, "query"),
          ...parameters(route, "headers"),
        ],
        ...(body instanceof z.ZodType
          ? { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body) } } } }
          : {}),
        responses: {
          ...responsesOf(route),
          default: { $ref: "#/components/responses/Problem" },
        },
      },
    };
  }
  return paths;
}

const placesOfParameters = { params: "path", query: "query", headers: "header" } as const;

function parameters({ input }: Route, part: keyof typeof placesOfParameters): Member[] {
  const schema = input.shape[part];
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([name, each]) =>
    each instanceof z.ZodType
      ? [
          {
            name,
            in: placesOfParameters[part],
            required: part === "params",
            schema: schemaOf(each),
          },
        ]
      : [],
  );
}

function responsesOf(route: Route): Member {
  if (route.kind === "write") return writingOf(route);
  if (route.kind === "bytes") return { 200: { description: "The bytes.", content: bytes } };
  return route.kind === "answer" ? answerOf(route) : eventsOf(route);
}

function answerOf({ status, answer }: AnswerRoute): Member {
  if (answer === undefined) return { [status]: { description: "It is done." } };
  return {
    [status]: { description: "The answer.", content: { "application/json": { schema: schemaOf(answer) } } },
  };
}

function eventsOf({ event, end }: EventsRoute): Member {
  return {
    200: {
      description: `Server-sent events: \`case\` with a ${nameOf(event)}, at last one \`end\` with a ${nameOf(end)}, or \`problem\` with a Problem.`,
      content: stream,
    },
  };
}

const bytes: Member = { "application/octet-stream": { schema: { type: "string", format: "binary" } } };
const stream: Member = { "text/event-stream": { schema: { type: "string" } } };

/** A writing's answer, what a dry run answers, and the stream for who accepts it. */
function writingOf({ status, answer }: WriteRoute): Member {
  const dry = reference("DryRun");
  const told = `With Accept: text/event-stream, server-sent events: \`transaction\` with a Transaction whenever one gets on, at last one \`end\` with a ${nameOf(answer)}, or \`problem\` with a Problem.`;
  const content = (schema: Member): Member => ({ "application/json": { schema }, ...stream });
  if (status === 200) {
    const description = `The answer; with dryRun=true what it would take. ${told}`;
    return { 200: { description, content: content({ oneOf: [schemaOf(answer), dry] }) } };
  }
  return {
    200: { description: `With dryRun=true, what it would take. ${told}`, content: content(dry) },
    [status]: { description: "The answer.", ...json(schemaOf(answer)) },
  };
}

const nameOf = (schema: z.ZodType): string => named.find(([, each]) => each === schema)?.[0] ?? "value";

const json = (schema: Member): Member => ({ content: { "application/json": { schema } } });

/** What is served besides the routes. */
const openPaths: Member = {
  "/livez": {
    get: {
      operationId: "live",
      summary: "Whether the process answers at all.",
      security: [],
      responses: { 200: { description: "It does.", ...json({ type: "object" }) } },
    },
  },
  "/readyz": {
    get: {
      operationId: "ready",
      summary: "Whether the node can work at the moment, and why not.",
      security: [],
      responses: {
        200: { description: "It can.", ...json(reference("Readiness")) },
        503: { description: "It cannot.", ...json(reference("Readiness")) },
      },
    },
  },
  "/metrics": {
    get: {
      operationId: "metrics",
      summary: "Metrics in the text format of Prometheus.",
      responses: {
        200: { description: "The metrics.", content: { "text/plain": { schema: { type: "string" } } } },
        default: { $ref: "#/components/responses/Problem" },
      },
    },
  },
  "/openapi.json": {
    get: {
      operationId: "describe",
      summary: "This description.",
      security: [],
      responses: { 200: { description: "The description.", ...json({ type: "object" }) } },
    },
  },
};
