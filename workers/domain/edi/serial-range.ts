/** GIN ranges: `from:to` names every number between the two, both included. */

/** More numbers than this are no range but two numbers in one composite. */
const MAX_RANGE = 500;

/** GS1 check digit of the digits before it. */
function checkDigit(body: string): number {
  let sum = 0;
  for (let i = 0; i < body.length; i++)
    sum += (body.charCodeAt(body.length - 1 - i) - 48) * (i % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10;
}

/** True for 18 digits with a right check digit, or 20 with the application identifier 00 before them (GS1 General Specifications, 7.9). */
export function isSscc(text: string): boolean {
  const bare = text.length === 20 && text.startsWith("00") ? text.slice(2) : text;
  return /^\d{18}$/.test(bare) && checkDigit(bare.slice(0, 17)) === bare.charCodeAt(17) - 48;
}

/** The SSCCs from one to the other. Where that cannot be counted (another kind of number, backwards, too many): the two that are told. */
export function expandRange(from: string, to: string): string[] {
  if (from === to) return [from];
  if (from.length !== to.length || !isSscc(from) || !isSscc(to)) return [from, to];
  const first = BigInt(from.slice(0, -1));
  const count = BigInt(to.slice(0, -1)) - first;
  if (count < 0n || count >= BigInt(MAX_RANGE)) return [from, to];
  const numbers: string[] = [];
  for (let i = 0n; i <= count; i++) {
    const body = (first + i).toString().padStart(from.length - 1, "0");
    numbers.push(`${body}${checkDigit(body.slice(-17))}`);
  }
  return numbers;
}
