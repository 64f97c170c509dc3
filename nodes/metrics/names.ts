/** What stands for all names beyond the bound. */
export const otherNames = "other";

/**
 * Lets so many different names pass, and gives the others one in common. Edges and stations are named by whoever
 * publishes a belt, and every name that is a label is a series for good, here and in the operator's Prometheus.
 */
export function boundNames(most: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= most) return otherNames;
    known.add(name);
    return name;
  };
}
