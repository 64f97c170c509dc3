import { HDNodeWallet } from "ethers";

/** The local chain answers on this machine only. */
export const chainHost = "127.0.0.1";

/** The phrase that every Hardhat chain knows. Its keys are public: they are worth nothing elsewhere. */
export const chainMnemonic = "test test test test test test test test test test test junk";

/** How many accounts of the phrase have a balance. */
export const chainAccounts = 64;

/**
 * An account of the local chain, without a provider.
 *
 * @param index - 0 to {@link chainAccounts} - 1
 */
export function chainAccount(index: number): HDNodeWallet {
  return HDNodeWallet.fromPhrase(chainMnemonic, undefined, `m/44'/60'/0'/0/${index}`);
}
