/** Why an answer is not a plain yes: what each reason leads to, and its sentence for the applicant. */
export const reasons = {
  INCOME_TOO_LOW: {
    leadsTo: "no",
    en: "The loan is above what the income allows.",
    nl: "De lening is hoger dan op grond van het inkomen mag.",
  },
  LOAN_ABOVE_VALUE: {
    leadsTo: "no",
    en: "The loan is above what the value of the home allows.",
    nl: "De lening is hoger dan op grond van de waarde van de woning mag.",
  },
  ARREARS_OPEN: {
    leadsTo: "no",
    en: "The credit registry shows arrears that were not made up.",
    nl: "Bij de kredietregistratie staat een achterstand die niet is ingelopen.",
  },
  NHG_LIMIT: {
    leadsTo: "no",
    en: "The loan is above the limit of the guarantee (NHG) that was asked for.",
    nl: "De lening is hoger dan de grens van de gevraagde garantie (NHG).",
  },
  NHG_CREDIT_CODE: {
    leadsTo: "no",
    en: "The guarantee (NHG) that was asked for is refused because of a credit registration.",
    nl: "De gevraagde garantie (NHG) wordt geweigerd vanwege een kredietregistratie.",
  },
  NEAR_LIMIT: {
    leadsTo: "person",
    en: "The loan is just above what the income allows: a person looks whether an exception can be justified.",
    nl: "De lening is net hoger dan op grond van het inkomen mag: een medewerker beziet of een uitzondering te verantwoorden is.",
  },
  CREDIT_CODE: {
    leadsTo: "person",
    en: "The credit registry shows a registration that a person must look at.",
    nl: "Bij de kredietregistratie staat een codering die een medewerker moet beoordelen.",
  },
  VALUATION_OLD: {
    leadsTo: "person",
    en: "The valuation of the home is too old.",
    nl: "De taxatie van de woning is te oud.",
  },
  STUDENT_DEBT_UNKNOWN: {
    leadsTo: "person",
    en: "A student debt was declared that the student loan register does not have.",
    nl: "Er is een studieschuld opgegeven die niet bekend is bij de verstrekker van studieleningen.",
  },
  CONSENT_MISSING: {
    leadsTo: "person",
    en: "The income could not be tested, because consent for a source is missing.",
    nl: "Het inkomen kon niet worden getoetst, omdat toestemming voor een bron ontbreekt.",
  },
} as const satisfies Record<string, { leadsTo: "no" | "person"; en: string; nl: string }>;

export type ReasonCode = keyof typeof reasons;
export const reasonCodes = Object.keys(reasons).filter((code): code is ReasonCode =>
  Object.hasOwn(reasons, code),
);
