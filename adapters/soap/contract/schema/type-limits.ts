// How much the types of a contract may come to: a few lines can mean a billion, or a stack that ends.

export const typeLimits = {
  /** Parts of types that are copied in where a group is named, of a whole contract. */
  copies: 100_000,
  /** Types or groups that each stand on the next; one is read inside the other. */
  depth: 100,
} as const;

export const tooDeep = `types derived from each other over ${typeLimits.depth} deep`;
