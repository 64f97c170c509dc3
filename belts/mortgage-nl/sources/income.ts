import { runSource, SourceProblem } from "../../source.ts";
import { personsOf } from "./persons.ts";
import { seed } from "./seed.ts";

/** The income register: what people earn in a year. `POST /v1/incomes/query` answers for one or two persons. */
await runSource({
  name: "incomes",
  seed(database) {
    database.exec(`
      create table incomes (
        person text primary key,
        yearly_cents integer not null check (yearly_cents >= 0),
        other_cents integer not null check (other_cents >= 0)
      ) strict`);
    const insert = database.prepare("insert into incomes values (?, ?, ?)");
    for (const { person, yearly, other } of seed.incomes) insert.run(person, yearly, other);
  },
  routes(router, database) {
    const find = database.prepare(
      "select person, yearly_cents as yearly, other_cents as other from incomes where person = ?",
    );
    router.post("/v1/incomes/query", (request, response) => {
      const incomes = personsOf(request.body).map((person) => {
        const income = find.get(person);
        if (income === undefined)
          throw new SourceProblem(404, "The income register does not know this person.");
        return income;
      });
      response.json({ incomes });
    });
  },
});
