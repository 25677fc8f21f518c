/** Check digits of tracking numbers, as their standards describe them. All take digits only and answer false for anything else. */

const digitsOf = (text: string): number[] | null => (/^\d+$/u.test(text) ? [...text].map(Number) : null);

/** ISO/IEC 7812 annex B (Luhn): from the right every second digit doubled, the sum a multiple of ten. */
export function luhn(number: string): boolean {
  const digits = digitsOf(number);
  if (digits === null) return false;
  const sum = digits.toReversed().reduce((total, digit, index) => {
    const weighed = index % 2 === 1 ? digit * 2 : digit;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}

/** GS1 General Specifications 7.9.1 (SSCC, GSIN, GTIN): from the right weights 1, 3, 1, 3 …, the sum a multiple of ten. */
export function gs1(number: string): boolean {
  const digits = digitsOf(number);
  if (digits === null) return false;
  const sum = digits
    .toReversed()
    .reduce((total, digit, index) => total + digit * (index % 2 === 1 ? 3 : 1), 0);
  return sum % 10 === 0;
}

/** UPU S10-12, 5.2: eight digits weighed 8 6 4 2 3 5 9 7, the rest to 11 (10 → 0, 11 → 5) is the ninth. */
export function s10(number: string): boolean {
  const match = /^[A-Z]{2}(\d{8})(\d)[A-Z]{2}$/u.exec(number);
  if (match === null) return false;
  const weights = [8, 6, 4, 2, 3, 5, 9, 7];
  const sum = [...(match[1] ?? "")].reduce(
    (total, digit, index) => total + Number(digit) * (weights[index] ?? 0),
    0,
  );
  const rest = 11 - (sum % 11);
  return (rest === 10 ? 0 : rest === 11 ? 5 : rest) === Number(match[2]);
}

/** UPS 1Z: letters count as (position in the alphabet + 1) mod 10, every second of the fifteen characters twice, the sum's complement to ten. */
export function ups1z(number: string): boolean {
  const match = /^1Z([A-Z0-9]{15})(\d)$/u.exec(number);
  if (match === null) return false;
  const sum = [...(match[1] ?? "")].reduce((total, character, index) => {
    const value = /\d/u.test(character) ? Number(character) : (character.charCodeAt(0) - 63) % 10;
    return total + (index % 2 === 1 ? value * 2 : value);
  }, 0);
  return (10 - (sum % 10)) % 10 === Number(match[2]);
}

/** UPS waybill: a letter of the service and ten digits; of the first nine every second twice, the sum's complement to ten. */
export function upsWaybill(number: string): boolean {
  const match = /^[A-Z](\d{9})(\d)$/u.exec(number);
  if (match === null) return false;
  const sum = [...(match[1] ?? "")].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 1 ? 2 : 1),
    0,
  );
  return (10 - (sum % 10)) % 10 === Number(match[2]);
}

/**
 * FedEx Express: from the right, after the last digit, weights 1, 3, 7 in turn; the sum mod 11 mod 10 is that last one.
 * Twelve digits alone, or fourteen with two leading zeros at the end of a barcode.
 */
export function fedexExpress(number: string): boolean {
  const digits = digitsOf(number);
  if (digits === null || digits.length < 12) return false;
  const [check, ...serial] = digits.toReversed();
  const weights = [1, 3, 7];
  const sum = serial.reduce((total, digit, index) => total + digit * (weights[index % 3] ?? 0), 0);
  return (sum % 11) % 10 === check;
}

/** DHL Express: the digits before the last, taken as one number, modulo seven are the last. */
export function mod7(number: string): boolean {
  if (!/^\d{2,16}$/u.test(number)) return false;
  return Number(number.slice(0, -1)) % 7 === Number(number.at(-1));
}

/** Deutsche Post's Identcode and Leitcode: the digits before the last weighed 4, 9 from the left, the sum's complement to ten. */
export function identcode(number: string): boolean {
  const digits = digitsOf(number);
  if (digits === null) return false;
  const sum = digits
    .slice(0, -1)
    .reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 4 : 9), 0);
  return (10 - (sum % 10)) % 10 === digits.at(-1);
}

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** ISO/IEC 7064 MOD 37,36 (the hybrid system of DPD's labels): digits and letters, the last one checks. */
export function mod37_36(number: string): boolean {
  if (!/^[0-9A-Z]{2,60}$/u.test(number)) return false;
  const body = [...number.slice(0, -1)];
  const product = body.reduce((before, character) => {
    const sum = (before + ALPHANUMERIC.indexOf(character)) % 36;
    return ((sum === 0 ? 36 : sum) * 2) % 37;
  }, 36);
  return (product + ALPHANUMERIC.indexOf(number.at(-1) ?? "")) % 36 === 1;
}
