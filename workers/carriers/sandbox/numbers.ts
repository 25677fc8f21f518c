import { luhn } from "../check-digits.ts";

/** The sandbox's numbers: `SBX`, twelve digits, a check digit (Luhn). */
export const SANDBOX_NUMBER = /^SBX\d{13}$/u;

/** Whether the check digit of a sandbox number is right. */
export function isSandboxNumber(number: string): boolean {
  return SANDBOX_NUMBER.test(number) && luhn(number.slice(3));
}

/** The sandbox number of a running count from 0 to 999,999,999,999. */
export function sandboxNumber(count: number): string {
  if (!Number.isInteger(count) || count < 0 || count > 999_999_999_999) {
    throw new Error(`A sandbox number has twelve digits; ${count} does not fit.`);
  }
  const body = String(count).padStart(12, "0");
  for (let digit = 0; digit < 10; digit++) {
    if (luhn(`${body}${digit}`)) return `SBX${body}${digit}`;
  }
  throw new Error(`No check digit fits ${body}.`);
}
