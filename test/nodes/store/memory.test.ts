import { MemoryStore } from "../../../nodes/store/index.ts";
import { storeCompliance } from "../../support/storeCompliance.ts";

storeCompliance("MemoryStore", async () => ({ store: new MemoryStore() }));
