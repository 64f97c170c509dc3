import { runSeed } from "../../source.ts";
import { seed } from "./seed.ts";

/** Makes the credit registry's database, which its station asks by SQL: `node credits.ts --database FILE`. */
runSeed((database) => {
  database.exec(`
    create table credits (
      contract text primary key,
      bsn text not null,
      kind text not null,
      limit_cents integer not null check (limit_cents >= 0),
      ended_on text
    ) strict;
    create index credits_of_person on credits (bsn);
    create table codes (
      contract text not null references credits,
      code text not null,
      primary key (contract, code)
    ) strict`);
  const insert = database.prepare("insert into credits values (?, ?, ?, ?, ?)");
  const insertCode = database.prepare("insert into codes values (?, ?)");
  for (const { contract, person, kind, limit, endedOn, codes } of seed.credits) {
    insert.run(contract, person, kind, limit, endedOn);
    for (const code of codes) insertCode.run(contract, code);
  }
});
