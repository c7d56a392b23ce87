// cut-font.mjs FONT OUT RANGE: the font with the letters of a CSS unicode-range alone. Called by bin/build-assets.
import { readFile, writeFile } from "node:fs/promises";
import subsetFont from "subset-font";

const [font, out, range] = process.argv.slice(2);
let letters = "";
for (const part of range.split(",")) {
  const [first, last = first] = part.replace("U+", "").split("-").map((code) => parseInt(code, 16));
  for (let code = first; code <= last; code += 1) letters += String.fromCodePoint(code);
}
await writeFile(out, await subsetFont(await readFile(font), letters, { targetFormat: "woff2" }));
