/** The value, where a test relies on there being one: a test without it ends here, saying so. */
export function present<Value>(value: Value): NonNullable<Value> {
  if (value === undefined || value === null)
    throw new Error("The test expects a value here, and there is none.");
  return value;
}
