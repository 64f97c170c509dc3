import { type Address, owedTo } from "../../pipeline/index/index.ts";
import { calls } from "./calls.ts";
import { type Credit, type CreditParts, readCredit, readWindow, requireCredit } from "./credit.ts";
import type { SubmitOptions } from "./submit.ts";
import type { Write, Written } from "./write.ts";

/** How a member pays, is paid, and sees what it has. */
export interface Payments {
  /** Withdraws what is owed to the account; undefined when that is nothing. */
  withdraw(options?: SubmitOptions): Promise<Written | undefined>;
  /** The account's credit now. */
  credit(signal?: AbortSignal): Promise<Credit>;
  /**
   * Tells before a booking whether the account can pay it.
   *
   * @throws {BeltError} `CREDIT_SHORT`
   */
  requireCredit(cost: bigint, signal?: AbortSignal): Promise<void>;
  /** The seconds after a report in which only the consumer can settle it. */
  acceptanceWindow(): Promise<number>;
}

export interface PaymentParts extends CreditParts {
  readonly account: Address;
  readonly write: Write;
}

/** `provide` makes sure, before a booking, that the bookings contract can take what it costs. */
export function createPayments(
  parts: PaymentParts,
): Payments & { provide(cost: bigint, options: SubmitOptions): Promise<void> } {
  const { view, account, addressOf, write } = parts;
  const credit = (signal?: AbortSignal) => readCredit(parts, account, signal);
  let window: Promise<number> | undefined;

  let approving: Promise<unknown> | undefined;
  /** Makes sure that the bookings contract can take what a booking costs. */
  const provide = async (cost: bigint, submitOptions: SubmitOptions) => {
    await approving?.catch(() => undefined);
    const state = await credit(submitOptions.signal);
    requireCredit(state, cost);
    if (state.allowance >= cost) return;
    const bookings = await addressOf("Bookings", submitOptions.signal);
    // An approval can be used up or taken back, so its name is of this moment; twice is no harm.
    const id = `approve/${state.currency}/${bookings}/${view.head?.number ?? 0}`;
    approving = write(id, calls.approve(bookings), () => undefined, submitOptions);
    await approving;
  };

  return {
    provide,

    async withdraw(submitOptions = {}) {
      const bookings = await addressOf("Bookings", submitOptions.signal);
      if (owedTo(view, account) === 0n) return undefined;
      // The nth withdrawal, whatever it is of: what is owed meanwhile comes with it.
      const id = `withdraw/${bookings}/${view.balances.get(account)?.withdrawals ?? 0}`;
      return write(id, calls.withdraw(), () => undefined, submitOptions);
    },

    credit,
    requireCredit: async (cost, signal) => requireCredit(await credit(signal), cost),
    acceptanceWindow() {
      window ??= readWindow(parts);
      window.catch(() => {
        window = undefined;
      });
      return window;
    },
  };
}
