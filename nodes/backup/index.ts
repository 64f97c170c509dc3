export { checkBackup, type WrittenBackup, writeBackupFile } from "./file.ts";
export { restoreBackup } from "./restore.ts";
export { backUp } from "./take.ts";
