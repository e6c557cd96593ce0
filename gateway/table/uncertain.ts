// Calls of no certain operation, on routes where some operation takes kept answers back: legacy may well read them as that one.
import type { Plan } from './table.ts';

/** `other`, as it goes for calls that may be a write: they take back all that writes of the route do, whole. Null: none does. */
export const uncertainPlan = (operations: ReadonlyMap<string, Plan>, other: Plan): Plan | null => {
  const tags = [...operations.values()].flatMap(({ takesBack }) => takesBack?.tags ?? []);
  if (tags.length === 0) return null;
  const wholes = new Map(tags.map((template) => [template.whole, template]));
  return { ...other, plain: false, takesBack: { meanings: null, tags: [...wholes.values()] } };
};
