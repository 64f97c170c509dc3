export { chosen } from "./choice.ts";
export { fewestLooks, look, silent, type Watch } from "./watch.ts";
