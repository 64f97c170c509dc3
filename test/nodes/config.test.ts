import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeConfig, loadConfig } from "../../nodes/config.ts";
import { flagOf, settings, variableOf } from "../../nodes/settings.ts";
import { temporaryFolder } from "../support/folder.ts";

const minimal = {
  name: "acme",
  ledger: { url: "http://127.0.0.1:8545", directory: `0x${"Ab".repeat(20)}` },
};

async function folderWith(content: unknown): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, "belt.config.json"),
    typeof content === "string" ? content : JSON.stringify(content),
  );
  return folder;
}

describe("the configuration's sources", () => {
  const file = { ...minimal, api: { port: 1111 } };
  const rows = [
    { given: "nothing", file: minimal, port: 7301, origin: "default", at: "" },
    { given: "the file", file, port: 1111, origin: "file", at: "#/api/port" },
    {
      given: "the environment",
      file: minimal,
      env: "2222",
      port: 2222,
      origin: "environment",
      at: "BELT_API_PORT",
    },
    { given: "a flag", file: minimal, flag: "3333", port: 3333, origin: "flag", at: "--api-port" },
    {
      given: "file and environment",
      file,
      env: "2222",
      port: 2222,
      origin: "environment",
      at: "BELT_API_PORT",
    },
    { given: "file and flag", file, flag: "3333", port: 3333, origin: "flag", at: "--api-port" },
    {
      given: "environment and flag",
      file: minimal,
      env: "2222",
      flag: "3333",
      port: 3333,
      origin: "flag",
      at: "--api-port",
    },
    { given: "all three", file, env: "2222", flag: "3333", port: 3333, origin: "flag", at: "--api-port" },
    { given: "an empty variable", file, env: "", port: 1111, origin: "file", at: "#/api/port" },
  ];
  it.each(rows)("take the port of $given", async ({ file: content, env, flag, port, origin, at }) => {
    const folder = await folderWith(content);
    const loaded = await loadConfig({
      folder,
      env: { BELT_API_PORT: env },
      flags: { "api.port": flag },
    });
    expect(loaded.config.api).toEqual({ host: "127.0.0.1", port });
    const line = describeConfig(loaded).find(({ setting }) => setting === "api.port");
    expect(line).toMatchObject({ value: port, origin });
    expect(line?.at.endsWith(at)).toBe(true);
  });

  it("can do without a file", async () => {
    const folder = await temporaryFolder();
    const { config, file: none } = await loadConfig({
      folder,
      env: { BELT_NAME: "acme", BELT_LEDGER_URL: "http://ledger:8545" },
      flags: { "ledger.directory": minimal.ledger.directory },
    });
    expect(none).toBeUndefined();
    expect(config).toMatchObject({ name: "acme", data: join(folder, "data"), url: "http://127.0.0.1:7300" });
    expect(config.ledger.directory).toBe(minimal.ledger.directory.toLowerCase());
  });

  it("are named for every setting that a variable or a flag gives", async () => {
    const folder = await folderWith(minimal);
    const values: Record<string, string> = {
      name: "other",
      data: "/d",
      store: "postgres://database",
      "ledger.url": "http://other:1",
      "ledger.directory": `0x${"1".repeat(40)}`,
      "ledger.chainId": "31337",
      "listen.host": "::1",
      "listen.port": "1",
      url: "https://other.example",
      workerUrl: "http://worker:1",
      "api.host": "::1",
      "api.port": "2",
      stations: "[]",
      "log.level": "debug",
      "traces.endpoint": "http://collector:4318",
      "limits.concurrency": "4",
      "limits.waitingCases": "5",
      "limits.pendingTransactions": "6",
      "limits.requestBytes": "7000",
    };
    expect(Object.keys(values)).toEqual(settings.map(({ path }) => path));
    const byVariable = await loadConfig({
      folder,
      env: Object.fromEntries(Object.entries(values).map(([path, value]) => [variableOf(path), value])),
    });
    const byFlag = await loadConfig({ folder, env: {}, flags: values });
    expect(byVariable.config).toEqual(byFlag.config);
    expect(byVariable.warnings).toEqual([]);
    for (const line of describeConfig(byFlag)) {
      expect(line).toMatchObject({ origin: "flag", at: flagOf(line.setting) });
      if (line.setting !== "stations") expect(String(line.value)).toBe(values[line.setting]);
    }
  });

  it("take the collector of traces from OpenTelemetry's own variable, unless there is one of this product", async () => {
    const folder = await folderWith(minimal);
    const endpointOf = async (env: Record<string, string>, flags = {}) => {
      const loaded = await loadConfig({ folder, env, flags });
      return [loaded.config.traces.endpoint, loaded.sources.get("traces.endpoint")?.at];
    };
    const standard = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://one:4318" };
    const own = { ...standard, BELT_TRACES_ENDPOINT: "http://two:4318" };
    expect(await endpointOf({})).toEqual([undefined, undefined]);
    expect(await endpointOf(standard)).toEqual(["http://one:4318", "OTEL_EXPORTER_OTLP_ENDPOINT"]);
    expect(await endpointOf(own)).toEqual(["http://two:4318", "BELT_TRACES_ENDPOINT"]);
    expect(await endpointOf(own, { "traces.endpoint": "http://three" })).toEqual([
      ...["http://three", "--traces-endpoint"],
    ]);
    await expect(endpointOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "grpc" })).rejects.toMatchObject({
      ...{ code: "CONFIG_INVALID", at: "OTEL_EXPORTER_OTLP_ENDPOINT" },
    });
  });

  it("warn of a variable that nothing reads", async () => {
    const folder = await folderWith(minimal);
    const { warnings } = await loadConfig({
      folder,
      env: { BELT_LEDGER_ULR: "x", BELT_PASSPHRASE: "y", HOME: "/" },
    });
    expect(warnings).toEqual(["BELT_LEDGER_ULR is set, but nothing reads a variable of that name."]);
  });
});

describe("paths", () => {
  it("of a file start in the file's folder, those of flags in the working folder", async () => {
    const folder = await folderWith({
      ...minimal,
      data: "kept",
      stations: [
        {
          module: "./stations/greet.ts",
          settings: { database: "../db.sqlite", list: ["./a"], url: "http://x/./y" },
        },
        { module: "stations/part.js" },
        { module: "file:///srv/other.ts" },
      ],
    });
    await mkdir(join(folder, "work"));
    const given = { file: "../belt.config.json", folder: join(folder, "work"), env: {} };
    const { config } = await loadConfig(given);
    expect(config.data).toBe(join(folder, "kept"));
    expect(config.stations).toEqual([
      {
        module: join(folder, "stations/greet.ts"),
        settings: { database: join(folder, "../db.sqlite"), list: [join(folder, "a")], url: "http://x/./y" },
      },
      { module: join(folder, "stations/part.js"), settings: {} },
      { module: "/srv/other.ts", settings: {} },
    ]);
    const byFlag = await loadConfig({ ...given, flags: { data: "kept" } });
    expect(byFlag.config.data).toBe(join(folder, "work/kept"));
  });
});

describe("a configuration that does not fit", () => {
  const rows = [
    { what: "broken JSON", content: '{\n  "name": }', at: "belt.config.json:2:11" },
    { what: "JSON that ends early", content: '{"name": "acme"', at: "belt.config.json:1:16" },
    { what: "no object", content: "[]", at: "belt.config.json" },
    { what: "a missing name", content: { ledger: minimal.ledger }, at: "belt.config.json#/name" },
    { what: "a name with capitals", content: { ...minimal, name: "Acme" }, at: "belt.config.json#/name" },
    { what: "an unknown setting", content: { ...minimal, lisen: {} }, at: "belt.config.json#/lisen" },
    {
      what: "an unknown inner setting",
      content: { ...minimal, api: { prot: 1 } },
      at: "belt.config.json#/api/prot",
    },
    {
      what: "a port out of range",
      content: { ...minimal, api: { port: 70_000 } },
      at: "belt.config.json#/api/port",
    },
    {
      what: "a ledger without scheme",
      content: { ...minimal, ledger: { ...minimal.ledger, url: "localhost:8545" } },
      at: "belt.config.json#/ledger/url",
    },
    {
      what: "a directory that is none",
      content: { ...minimal, ledger: { ...minimal.ledger, directory: "0x1" } },
      at: "belt.config.json#/ledger/directory",
    },
    {
      what: "a station without module",
      content: { ...minimal, stations: [{}] },
      at: "belt.config.json#/stations/0/module",
    },
    {
      what: "no public URL with port 0",
      content: { ...minimal, listen: { port: 0 } },
      at: "url, BELT_URL or --url",
    },
    {
      what: "no public URL on all interfaces",
      content: { ...minimal, listen: { host: "0.0.0.0" } },
      at: "url, BELT_URL or --url",
    },
    {
      what: "a port that is no number",
      content: minimal,
      env: { BELT_API_PORT: "http" },
      at: "BELT_API_PORT",
    },
    { what: "a port with a sign", content: minimal, flags: { "api.port": "-1" }, at: "--api-port" },
    {
      what: "a variable out of range",
      content: minimal,
      env: { BELT_API_PORT: "99999" },
      at: "BELT_API_PORT",
    },
    { what: "a flag that is no URL", content: minimal, flags: { url: "here" }, at: "--url" },
    {
      what: "a variable that is no JSON",
      content: minimal,
      env: { BELT_STATIONS: "[" },
      at: "BELT_STATIONS:1:2",
    },
    {
      what: "a station in a variable",
      content: minimal,
      env: { BELT_STATIONS: "[{}]" },
      at: "BELT_STATIONS",
    },
  ];
  it.each(rows)("is refused with its place: $what", async ({ content, env = {}, flags = {}, at }) => {
    const folder = await folderWith(content);
    const loading = loadConfig({ folder, env, flags });
    await expect(loading).rejects.toMatchObject({ name: "BeltError", code: "CONFIG_INVALID" });
    await expect(loading).rejects.toSatisfy(
      (error: { at: string }) => error.at.replace(`${folder}/`, "") === at,
    );
  });

  it("does not quote the text that it could not read", async () => {
    const folder = await folderWith('{"name": "acme", "password": hunter2}');
    await expect(loadConfig({ folder, env: {} })).rejects.toSatisfy(
      (error: Error) => !error.message.includes("hunter"),
    );
  });

  it("is missing when nothing gives a needed value", async () => {
    const folder = await temporaryFolder();
    await expect(loadConfig({ folder, env: {} })).rejects.toMatchObject({ code: "CONFIG_MISSING" });
    await expect(loadConfig({ folder, file: "other.json", env: {} })).rejects.toMatchObject({
      code: "CONFIG_MISSING",
      at: join(folder, "other.json"),
    });
    await expect(loadConfig({ folder, file: ".", env: {} })).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
    });
  });
});

it("shows no secret", async () => {
  const folder = await folderWith({
    ...minimal,
    ledger: { ...minimal.ledger, url: "https://user:pass@rpc.example/v3/s3cret?key=s3cret" },
    stations: [{ module: "./a.ts", settings: { headers: { authorization: "s3cret" } } }],
  });
  const lines = describeConfig(await loadConfig({ folder, env: { BELT_PASSPHRASE: "s3cret" } }));
  expect(JSON.stringify(lines)).not.toMatch(/s3cret|pass/);
  expect(lines.find(({ setting }) => setting === "ledger.url")?.value).toBe("https://rpc.example/…");
  expect(lines.find(({ setting }) => setting === "stations")?.value).toEqual([
    { module: join(folder, "a.ts"), settings: { headers: "…" } },
  ]);
});

it("answers any JSON with a configuration or a named error", async () => {
  const folder = await temporaryFolder();
  await fc.assert(
    fc.asyncProperty(fc.json(), async (text) => {
      await writeFile(join(folder, "belt.config.json"), text);
      await expect(loadConfig({ folder, env: {} })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }),
    { numRuns: 50 },
  );
});
