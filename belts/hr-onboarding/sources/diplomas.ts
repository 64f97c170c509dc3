import { z } from "zod";
import { runSource, SourceProblem } from "../../source.ts";
import { seed } from "./seed.ts";

const Query = z.strictObject({ number: z.string().max(32), birthDate: z.iso.date() });

/** The diploma register: `POST /v1/diplomas/query` answers who knows the number and the holder's birth date. */
await runSource({
  name: "diplomas",
  seed(database) {
    database.exec(`
      create table diplomas (
        number text primary key,
        birth_date text not null,
        field text not null,
        level integer not null check (level between 1 and 8),
        awarded_on text not null,
        under_maintenance integer not null check (under_maintenance in (0, 1))
      ) strict`);
    const insert = database.prepare("insert into diplomas values (?, ?, ?, ?, ?, ?)");
    for (const { number, birthDate, field, level, awardedOn, underMaintenance } of seed.diplomas) {
      insert.run(number, birthDate, field, level, awardedOn, Number(underMaintenance));
    }
  },
  routes(router, database) {
    const find = database.prepare(`
      select field, level, awarded_on as awardedOn, under_maintenance
      from diplomas where number = ? and birth_date = ?`);
    router.post("/v1/diplomas/query", (request, response) => {
      const query = Query.safeParse(request.body);
      if (!query.success) throw new SourceProblem(400, 'Send {"number": "…", "birthDate": "YYYY-MM-DD"}.');
      const found = find.get(query.data.number, query.data.birthDate);
      if (found === undefined)
        throw new SourceProblem(404, "The diploma register does not know this diploma.");
      const { under_maintenance: closed, ...diploma } = found;
      if (closed === 1) throw new SourceProblem(503, "This record is under maintenance.");
      response.json(diploma);
    });
  },
});
