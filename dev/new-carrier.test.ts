import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { faultOfName, newCarrier, withCarrier } from "./new-carrier.ts";

const registry = readFileSync(new URL("../workers/carriers/registry.ts", import.meta.url), "utf8");

describe("a carrier's name", () => {
  it.each(["acme", "dhl_freight", "gls2", "a", "gel_express_24"])("%s is one", (id) => {
    expect(faultOfName(id)).toBeNull();
  });
  it.each([
    ...[
      "",
      "Acme",
      "acme-parcel",
      "acme parcel",
      "2go",
      "_acme",
      "acme_",
      "a__b",
      "../acme",
      "acme/ups",
      "ácme",
    ],
    ...["acme\n", "class", "import", "carriers", "x".repeat(41)],
  ])("%j is none, and the sentence says why", (id) => {
    expect(faultOfName(id)).toMatch(/^"[\s\S]*" (can't be|is a word)[\s\S]*\.$/u);
  });
});

describe("the registry", () => {
  it.each(["aaa", "dhl_middle", "zzz"])(
    "gets the import and the line of %s, and is otherwise as it was",
    (id) => {
      const name = id.replace("dhl_middle", "dhlMiddle");
      const after = withCarrier(registry, id);
      const added = after.split("\n").filter((line) => line.includes(name));
      expect(added).toEqual([`import { ${name} } from "./${id}/index.ts";`, `  ${name},`]);
      expect(
        after
          .split("\n")
          .filter((line) => !added.includes(line))
          .join("\n"),
      ).toBe(registry);
      const listed = [...after.matchAll(/^ {2}(\w+),$/gmu)].map(([, one]) => one);
      expect(listed.indexOf(name)).toBe(listed.toSorted().indexOf(name));
    },
  );
});

describe("a new carrier", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "new-carrier-"));
    mkdirSync(join(root, "workers/carriers/ups"), { recursive: true });
    writeFileSync(join(root, "workers/carriers/registry.ts"), registry);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("is a folder and a line", () => {
    expect(newCarrier(root, "acme_parcel")).toEqual({
      wrote: [
        ...["index.ts", "schema.ts", "statuses.ts", "harmonize.ts", "harmonize.test.ts"].map(
          (file) => `workers/carriers/acme_parcel/${file}`,
        ),
        "workers/carriers/registry.ts",
      ],
    });
    expect(readFileSync(join(root, "workers/carriers/acme_parcel/index.ts"), "utf8")).toContain(
      'export const acmeParcel: Carrier = {\n  id: "acme_parcel",\n  name: "Acme Parcel",',
    );
  });

  it.each(["ups", "Acme"])("%s is refused and writes nothing", (id) => {
    expect(newCarrier(root, id)).toMatchObject({ fault: expect.stringMatching(/\.$/u) });
    expect(readFileSync(join(root, "workers/carriers/registry.ts"), "utf8")).toBe(registry);
    expect(existsSync(join(root, `workers/carriers/${id}/index.ts`))).toBe(false);
  });
});
