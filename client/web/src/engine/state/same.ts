// For immutable snapshots: what has not changed stays the same object, so that whoever shows it can tell by identity.

// Whether two plain values (objects, arrays, primitives; no cycles) hold the same.
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const names = Object.keys(a);
  if (Array.isArray(a) !== Array.isArray(b) || names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && same(Reflect.get(a, name), Reflect.get(b, name)));
}

// `value` with these parts, or `value` itself when it has them already.
export function withParts<T extends object>(value: T, parts: Partial<T>): T {
  const names = Object.keys(parts);
  const changed = names.some((name) => !same(Reflect.get(value, name), Reflect.get(parts, name)));
  return changed ? { ...value, ...parts } : value;
}

// `after`, or `before` when both have the very same elements.
export function sameList<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return before.length === after.length && before.every((each, at) => each === after[at]) ? before : after;
}

// The list with `value` in the place `at`.
export function replacedAt<T>(list: readonly T[], at: number, value: T): T[] {
  return list.map((each, index) => (index === at ? value : each));
}
