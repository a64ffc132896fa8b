#!/usr/bin/env node
// Builds what the pages load: static/js, static/css and static/icons.txt -> static/vendor/.
//
//   node tools/build_assets.mjs [SOURCE_DIRECTORY]      (default: static)
//
// Every output carries a hash of its content in its name, so it may be cached for ever; manifest.json tells
// which name is which. Text and wasm also get .gz and .br siblings, which WhiteNoise serves by itself.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = resolve(process.argv[2] ?? join(root, "static"));
const target = join(source, "vendor");
const modules = join(root, "node_modules");

// Copied as they come, under our own names.
const COPIED = {
  "htmx.js": "htmx.org/dist/htmx.min.js",
  // Not for pages (they use the reader's own letters): the server sets PDF files in it.
  "noto_sans_sc.woff": "@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff",
  "zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
};
const LICENCES = ["htmx.org", "zxing-wasm", "@phosphor-icons/core", "@fontsource/noto-sans-sc"];
const WEIGHTS = ["bold", "fill", "thin", "light", "duotone"];
class BuildError extends Error {}

function hashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  return name.replace(/(\.[a-z]+)$/, `-${hash}$1`);
}

async function textOf(file) {
  return readFile(file, "utf8").catch((problem) => {
    if (problem.code === "ENOENT") return null;
    throw problem;
  });
}

async function filesIn(directory, extension) {
  return (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(extension)).sort().map((name) => join(directory, name));
}

// Every script at the top of js/ is bundled for itself (a page loads one or two, a worker is its own), js/lib is only
// imported. There is one style sheet, app.css, which imports the others.
async function bundles() {
  const entries = [...(await filesIn(join(source, "js"), ".js")), join(source, "css/app.css")];
  const { outputFiles, metafile } = await build({
    entryPoints: entries,
    absWorkingDir: source,
    outdir: target,
    outbase: source,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: ["es2022", "chrome105", "firefox110", "safari16"],
    nodePaths: [modules],
    loader: { ".svg": "file", ".png": "file", ".webp": "file" },
    logLevel: "warning",
  });
  const made = new Map();
  for (const { path, contents } of outputFiles) {
    const file = relative(target, path);
    const { entryPoint, inputs } = metafile.outputs[relative(source, path)];
    const name = (entryPoint ?? Object.keys(inputs)[0]).split("/").pop();
    if (made.has(name)) throw new BuildError(`two sources are called ${name}`);
    made.set(name, { file, content: Buffer.from(contents) });
  }
  return made;
}

async function iconSource(name) {
  const weight = WEIGHTS.find((each) => name.endsWith(`-${each}`)) ?? "regular";
  const svg = /^[a-z0-9-]+$/.test(name) ? await textOf(join(modules, "@phosphor-icons/core/assets", weight, `${name}.svg`)) : null;
  if (svg === null) throw new BuildError(`static/icons.txt: there is no icon called "${name}" in @phosphor-icons/core`);
  return svg;
}

// One <symbol> for each name in icons.txt, shown with <svg><use href="sprite.svg#name"/></svg>.
async function sprite() {
  const list = await textOf(join(source, "icons.txt"));
  if (list === null) throw new BuildError(`${join(source, "icons.txt")} is missing`);
  const names = list.split(/\r?\n/).map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  const symbols = await Promise.all([...new Set(names)].sort().map(async (name) => {
    const [, viewBox, shapes] = (await iconSource(name)).match(/viewBox="([^"]+)"[^>]*>(.*)<\/svg>/s);
    return `<symbol id="${name}" viewBox="${viewBox}" fill="currentColor">${shapes}</symbol>`;
  }));
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function licences() {
  const texts = await Promise.all(LICENCES.map(async (name) => {
    const { version } = JSON.parse(await readFile(join(modules, name, "package.json"), "utf8"));
    return `${name} ${version}\n\n${(await textOf(join(modules, name, "LICENSE"))) ?? "see its package"}`;
  }));
  return Buffer.from(texts.join("\n\n--------\n\n"));
}

// A name holds the hash of the content, so a file that is there need not be made again. Renaming keeps a killed
// build from leaving half a file behind.
async function put(file, make) {
  if (existsSync(join(target, file)) && file !== "manifest.json") return;
  const unfinished = join(target, `${file}.${process.pid}.new`);
  await writeFile(unfinished, make());
  await rename(unfinished, join(target, file));
}

// The build before the last is thrown away, the last one stays: a page opened before an update still finds its parts.
async function write(made) {
  const before = Object.values(JSON.parse((await textOf(join(target, "manifest.json"))) ?? "{}"));
  await mkdir(target, { recursive: true });
  const keep = new Set([...made.values()].map(({ file }) => file).concat(before));
  for (const { file, content } of made.values()) {
    await put(file, () => content);
    if (/\.(png|webp|woff)$/.test(file)) continue;
    await put(`${file}.gz`, () => gzipSync(content, { level: 9 }));
    await put(`${file}.br`, () => brotliCompressSync(content));
  }
  const manifest = Object.fromEntries([...made].map(([name, { file }]) => [name, file]).sort());
  await put("manifest.json", () => JSON.stringify(manifest, null, 2) + "\n");
  const stale = (await readdir(target)).filter((name) => name !== "manifest.json" && !keep.has(name.replace(/\.(gz|br)$/, "")));
  await Promise.all(stale.map((name) => rm(join(target, name), { recursive: true })));
}

async function main() {
  const made = await bundles();
  const copies = await Promise.all(Object.entries(COPIED).map(async ([name, from]) => [name, await readFile(join(modules, from))]));
  for (const [name, content] of [...copies, ["sprite.svg", await sprite()], ["licences.txt", await licences()]]) {
    if (made.has(name)) throw new BuildError(`${name} is made by the build: give your own file another name`);
    made.set(name, { file: hashed(name, content), content });
  }
  await write(made);
  const size = [...made.values()].filter(({ file }) => /\.(js|css)$/.test(file)).reduce((sum, { content }) => sum + gzipSync(content).length, 0);
  console.log(`static/vendor: ${made.size} files; js and css together ${(size / 1024).toFixed(1)} kB gzipped`);
}

main().catch((problem) => {
  // esbuild has already printed its own errors with file and line.
  if (problem instanceof BuildError) console.error(`build_assets: ${problem.message}`);
  else if (!problem.errors) console.error(problem);
  process.exitCode = 1;
});
