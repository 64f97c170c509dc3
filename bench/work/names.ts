/** Plainly invented people, streets and employers: every bench item is put together from these. */
export const given = ["Anneke", "Bram", "Celine", "Daan", "Eva", "Fatima", "Gijs", "Hanna", "Ivo", "Jasmijn"];
export const family = ["de Proef", "van Testen", "Voorbeeld", "ter Meting", "Steekproef", "van den Toets"];
export const streets = ["Kade", "Molenweg", "Stationsplein", "Lindelaan", "Zonnestraat", "Havenstraat"];
export const towns = [
  "Amersfoort",
  "Breda",
  "Deventer",
  "Gouda",
  "Haarlem",
  "Leeuwarden",
  "Nijmegen",
  "Zwolle",
];
export const employers = ["Stadsarchief", "Bouwbedrijf Fundering", "Ziekenhuis Oost", "Drukkerij De Pers"];
export const purposes = ["purchase", "renovation", "refinancing"];
export const remarks =
  "Applicant sent salary slips and the deed of sale by post; the valuation was ordered from the desk in town and the bank statement of last month is still to come. ";
