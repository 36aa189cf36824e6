// @ts-check
// The type check itself is checked: a name that the server does not send must be found.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

const HERE = import.meta.dirname;

test("a property that is in no contract breaks the type check", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "blurkit-page-"));
  context.after(() => rmSync(folder, { recursive: true }));
  cpSync(join(HERE, "../../blurkit/review/static"), join(folder, "static"), { recursive: true });
  const file = join(folder, "static", "photos.js");
  const text = readFileSync(file, "utf8");
  assert.ok(text.includes("photo.status"));
  writeFileSync(file, text.replace("photo.status", "photo.stauts"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const { compilerOptions } = JSON.parse(readFileSync(join(HERE, "tsconfig.json"), "utf8"));
  const options = { ...compilerOptions, types: [] };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, include: ["static/*.js"] }),
  );
  const tsc = join(HERE, "node_modules/typescript/bin/tsc");
  const done = spawnSync(process.execPath, [tsc, "--project", folder], { encoding: "utf8" });
  assert.notEqual(done.status, 0);
  const faults = done.stdout.trim().split("\n");
  assert.deepEqual([faults.length, faults[0].includes("'stauts' does not exist")], [1, true], done.stdout);
});
