export { type Delivery, deliveryOf, type Origin } from "./arrival.ts";
export {
  type Arrival,
  arrive,
  emptyHop,
  type Hop,
  type HopRules,
  type Next,
  next,
} from "./hop.ts";
