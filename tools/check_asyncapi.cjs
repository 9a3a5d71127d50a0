// Judges the AsyncAPI document by AsyncAPI's own parser, and its schemas by Ajv in strict mode.
// `make asyncapi` runs it: node tools/check_asyncapi.cjs FILE
"use strict";

const { readFileSync } = require("node:fs");
const Ajv = require("ajv");
const { Parser } = require("@asyncapi/parser");

const NEWER_VERSION = "asyncapi-latest-version"; // 3.0.0 is what most tools read

/** Return what the parser finds wrong, one line a fault. */
async function parserFaults(text) {
  const { diagnostics } = await new Parser().parse(text);
  return diagnostics
    .filter(({ code }) => code !== NEWER_VERSION)
    .map(({ path, message }) => `${path.join("/")}: ${message}`);
}

/** Compile all schemas. Throw an error that names the first fault. */
function compile(text) {
  const definitions = JSON.parse(text.replaceAll("#/components/schemas/", "#/definitions/")).components.schemas;
  const anyOf = Object.keys(definitions).map((name) => ({ $ref: `#/definitions/${name}` }));
  new Ajv({ strict: true }).compile({ definitions, anyOf });
}

async function main(file) {
  const text = readFileSync(file, "utf8");
  const faults = await parserFaults(text);
  try {
    compile(text);
  } catch (error) {
    faults.push(`components/schemas: ${error.message}`);
  }
  faults.forEach((fault) => console.error(fault));
  if (!faults.length) console.log(`${file}: no faults`);
  process.exitCode = faults.length ? 1 : 0;
}

main(process.argv[2]);
