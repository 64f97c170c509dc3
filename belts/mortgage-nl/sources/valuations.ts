import { runSource, SourceProblem } from "../../source.ts";
import { seed } from "./seed.ts";

/** The valuers' register: what homes are worth. `GET /v1/valuations/{object}` answers for one home. */
await runSource({
  name: "valuations",
  seed(database) {
    database.exec(`
      create table valuations (
        object text primary key,
        value_cents integer not null check (value_cents > 0),
        valued_on text not null,
        energy_label text not null,
        under_maintenance integer not null check (under_maintenance in (0, 1))
      ) strict`);
    const insert = database.prepare("insert into valuations values (?, ?, ?, ?, ?)");
    for (const { object, value, valuedOn, energyLabel, underMaintenance } of seed.valuations) {
      insert.run(object, value, valuedOn, energyLabel, Number(underMaintenance));
    }
  },
  routes(router, database) {
    const find = database.prepare(`
      select object, value_cents as value, valued_on as valuedOn, energy_label as energyLabel,
        under_maintenance as underMaintenance
      from valuations where object = ?`);
    router.get("/v1/valuations/:object", (request, response) => {
      const record = find.get(request.params.object);
      if (record === undefined) throw new SourceProblem(404, "The valuers have no valuation of this home.");
      const { underMaintenance, ...valuation } = record;
      if (underMaintenance === 1)
        throw new SourceProblem(503, "The valuation of this home is under maintenance.");
      response.json(valuation);
    });
  },
});
