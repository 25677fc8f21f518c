/**
 * Letters that a file's character set lacks, written with letters it has: marks are taken off (Ł → L, ő → o), Greek
 * and Cyrillic are romanised (after ELOT 743 and the passports' ICAO 9303 table, simplified), signs are spelled.
 * What no table knows becomes a question mark, so that the reader sees that something stood there.
 */

// A letter and what stands for it, blank between pairs. Latin letters that Unicode does not decompose, and signs.
const LATIN =
  "ł l Ł L đ d Đ D ð d Ð D þ th Þ TH ø o Ø O æ ae Æ AE œ oe Œ OE ß ss ẞ SS ı i ħ h Ħ H ŧ t Ŧ T ŋ ng Ŋ NG ĸ k " +
  "ſ s ə e Ə E ƒ f ‘ ' ’ ' ‚ ' ‛ ' “ \" ” \" „ \" « \" » \" ‹ ' › ' ′ ' ″ \" ‐ - ‑ - ‒ - – - — - ― - − - … ... • - · . " +
  "€ EUR £ GBP ¥ JPY ¢ c © (c) ® (r) ™ (tm) § par. ° deg × x ÷ / ± +/- ¡ ! ¿ ? ´ ' ¨ \" ¦ | ¬ - ¯ - ¸ , ¶ par. ¤ ? № No ⁄ /";
const GREEK =
  "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o " +
  "Α A Β V Γ G Δ D Ε E Ζ Z Η I Θ TH Ι I Κ K Λ L Μ M Ν N Ξ X Ο O Π P Ρ R Σ S Τ T Υ Y Φ F Χ CH Ψ PS Ω O µ m";
const CYRILLIC =
  "а a б b в v г g д d е e ё e ж zh з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch " +
  "ъ ie ы y э e ю iu я ia є ie і i ї i ґ g ђ d ј j љ lj њ nj ћ c џ dz ѓ g ќ k ѕ dz ў u " +
  "А A Б B В V Г G Д D Е E Ё E Ж ZH З Z И I Й I К K Л L М M Н N О O П P Р R С S Т T У U Ф F Х KH Ц TS Ч CH Ш SH Щ SHCH " +
  "Ъ IE Ы Y Э E Ю IU Я IA Є IE І I Ї I Ґ G Ђ D Ј J Љ LJ Њ NJ Ћ C Џ DZ Ѓ G Ќ K Ѕ DZ Ў U";

function pairs(text: string): [string, string][] {
  const words = text.split(" ");
  return words.flatMap((word, i): [string, string][] => (i % 2 === 0 ? [[word, words[i + 1] ?? ""]] : []));
}

const SPELLED = new Map<string, string>([
  ...pairs(LATIN),
  ...pairs(GREEK),
  ...pairs(CYRILLIC),
  ["ь", ""], // the soft sign, in both cases: a mark on the letter before
  ["Ь", ""],
]);

/** A text in a character set, and whether a letter had to be written with others. */
export interface Fitted {
  text: string;
  changed: boolean;
}

const invisible = /^[\p{M}\p{Cf}]$/u;
const blank = /^[\p{Z}\p{Cc}]$/u;

function spell(letter: string, isIn: (code: number) => boolean): string {
  const known = SPELLED.get(letter);
  if (known !== undefined) return known;
  let out = "";
  for (const part of letter.normalize("NFKD")) {
    if (invisible.test(part)) continue;
    if (isIn(part.codePointAt(0) ?? 0)) out += part;
    else if (part !== letter) out += spell(part, isIn);
  }
  return out === "" && !invisible.test(letter) ? "?" : out;
}

const capital = /^\p{Lu}$/u;
const small = /^\p{Ll}$/u;

function inSet(text: string, isIn: (code: number) => boolean): Fitted {
  const letters = [...text.normalize("NFC")];
  let out = "";
  let changed = false;
  letters.forEach((letter, i) => {
    if (isIn(letter.codePointAt(0) ?? 0)) out += letter;
    else if (blank.test(letter)) out += " ";
    else {
      const spelled = spell(letter, isIn);
      // Жуков is Zhukov, ЖУКОВ is ZHUKOV.
      const inWord = spelled.length > 1 && capital.test(letter) && small.test(letters[i + 1] ?? "");
      out += inWord ? spelled.charAt(0) + spelled.slice(1).toLowerCase() : spelled;
      changed = true;
    }
  });
  return { text: out.trim(), changed };
}

const isAscii = (code: number) => code >= 0x20 && code <= 0x7e;
/** ISO 8859-1 without controls, the non-breaking blank and the soft hyphen. */
const isLatin1 = (code: number) => isAscii(code) || (code > 0xa0 && code <= 0xff && code !== 0xad);

// Nearly every text is in the set already: one pass tells.
const ASCII = /^[\x20-\x7e]*$/u;
const LATIN1 = /^[\x20-\x7e\xa1-\xac\xae-\xff]*$/u;

/** In ISO 8859-1, the set of UNOC. Line ends, tabs and other blanks become one blank each; blanks at the ends go. */
export const toLatin1 = (text: string): Fitted =>
  LATIN1.test(text) ? { text: text.trim(), changed: false } : inSet(text, isLatin1);

/** In printable ASCII, for X12. Blanks as above. */
export const toAscii = (text: string): Fitted =>
  ASCII.test(text) ? { text: text.trim(), changed: false } : inSet(text, isAscii);

/** The bytes of a text whose letters are all in ISO 8859-1 (ASCII is part of it). */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** A text in lines of at most `size` letters, broken at a blank where there is one; at most `most` lines. */
export function lines(text: string, size: number, most: number): { lines: string[]; cut: boolean } {
  const out: string[] = [];
  let rest = text;
  while (rest !== "" && out.length < most) {
    if (rest.length <= size) {
      out.push(rest);
      rest = "";
      break;
    }
    const space = rest.lastIndexOf(" ", size);
    const end = space > 0 ? space : size;
    out.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return { lines: out, cut: rest !== "" };
}
