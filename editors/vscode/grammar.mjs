// Colours lines with the grammar as VS Code does, and compares.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const textmate = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");

const PYTHON = {
  scopeName: "source.python",
  patterns: [
    { name: "comment.line", match: "#.*$" },
    { name: "string.quoted", match: '"[^"]*"' },
  ],
};

// A line, and its words that are coloured, each with the last part but one of its scope.
const LINES = {
  "# pragma data resident(a, b), copyin(c)  # data": "pragma:pragma data:directive resident:clause a:other b:other copyin:clause c:other",
  "for i in x:  # pragma simd simdlen(8) atomic": "pragma:pragma simd:directive simdlen:clause 8:numeric atomic:directive",
  "# pragma parallel for reduction(+: s) if(f(x) > 1) types(x: f64[:, :], n: int)":
    "pragma:pragma parallel:directive for:directive reduction:clause s:other if:clause f:other x:other 1:numeric types:clause x:other f64:type n:other int:type",
  "# pragma parallel for fastmath target(cuda)": "pragma:pragma parallel:directive for:directive fastmath:clause target:clause cuda:constant",
  "#omp parallel for reduction(max:m)": "omp:pragma parallel:directive for:directive reduction:clause max:operator m:other",
  "#pragma :M=>parallel,block(64) :N=>reduce(sum)":
    "pragma:pragma M:other parallel:directive block:directive 64:numeric N:other reduce:directive sum:operator",
  "# pragma: no cover": "",
  "# pragma once": "",
  's = "# pragma parallel for"': "",
};

await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (name) =>
    name === "source.python" ? PYTHON : JSON.parse(readFileSync(new URL("syntaxes/pragma.json", import.meta.url), "utf8")),
  getInjections: (name) => (name === "source.python" ? ["ferrokeet.pragma"] : undefined),
});
const grammar = await registry.loadGrammar("source.python");
let wrong = 0;
for (const [line, expected] of Object.entries(LINES)) {
  const { tokens } = grammar.tokenizeLine(line, textmate.INITIAL);
  const words = tokens.flatMap((token) => {
    const scope = token.scopes.at(-1);
    const text = line.slice(token.startIndex, token.endIndex).trim();
    return scope.endsWith(".ferrokeet") && /^\w+$/.test(text) ? [`${text}:${scope.split(".").at(-2)}`] : [];
  });
  if (words.join(" ") !== expected) {
    wrong += 1;
    console.error(`${line}\n  is coloured ${words.join(" ")}\n  and not     ${expected}`);
  }
}
process.exitCode = wrong ? 1 : 0;
