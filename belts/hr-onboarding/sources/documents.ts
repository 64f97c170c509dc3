import { runSeed } from "../../source.ts";
import { seed } from "./seed.ts";

/** Makes the document desk's database, which its station asks by SQL: `node documents.ts --database FILE`. */
runSeed((database) => {
  database.exec(`
    create table documents (
      number text primary key,
      type text not null,
      holder text not null,
      birth_date text not null,
      expires_on text not null,
      reported_missing integer not null check (reported_missing in (0, 1)),
      may_work integer not null check (may_work in (0, 1))
    ) strict`);
  const insert = database.prepare("insert into documents values (?, ?, ?, ?, ?, ?, ?)");
  for (const { number, type, holder, birthDate, expiresOn, reportedMissing, mayWork } of seed.documents) {
    insert.run(number, type, holder, birthDate, expiresOn, Number(reportedMissing), Number(mayWork));
  }
});
