import { runSeed } from "../../source.ts";
import { seed } from "./seed.ts";

/** Makes the conduct authority's database, which its station asks by SQL: `node objections.ts --database FILE`. */
runSeed((database) => {
  database.exec(`
    create table objections (
      holder text not null,
      birth_date text not null,
      profile text not null,
      until text not null,
      primary key (holder, birth_date, profile, until)
    ) strict, without rowid`);
  const insert = database.prepare("insert into objections values (?, ?, ?, ?)");
  for (const { holder, birthDate, profile, until } of seed.objections) {
    insert.run(holder, birthDate, profile, until);
  }
});
