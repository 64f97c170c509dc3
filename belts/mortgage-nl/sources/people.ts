import { runSeed } from "../../source.ts";
import { seed } from "./seed.ts";

/** Makes the identity desk's database, which its station asks by SQL: `node people.ts --database FILE`. */
runSeed((database) => {
  database.exec(
    "create table people (bsn text primary key, name text not null, birth_date text not null) strict",
  );
  const insert = database.prepare("insert into people values (?, ?, ?)");
  for (const { bsn, name, birthDate } of seed.people) insert.run(bsn, name, birthDate);
});
