import { runSource } from "../../source.ts";
import { personsOf } from "./persons.ts";
import { seed } from "./seed.ts";

/**
 * The student loan register: what people pay back each month. `POST /v1/student-loans/query` answers for one or two
 * persons; somebody without a loan is left out of the answer.
 */
await runSource({
  name: "student-loans",
  seed(database) {
    database.exec(`
      create table loans (
        person text primary key,
        monthly_cents integer not null check (monthly_cents >= 0)
      ) strict`);
    const insert = database.prepare("insert into loans values (?, ?)");
    for (const { person, monthly } of seed.studentLoans) insert.run(person, monthly);
  },
  routes(router, database) {
    const find = database.prepare("select person, monthly_cents as monthly from loans where person = ?");
    router.post("/v1/student-loans/query", (request, response) => {
      const found = personsOf(request.body).map((person) => find.get(person));
      response.json({ loans: found.filter((loan) => loan !== undefined) });
    });
  },
});
