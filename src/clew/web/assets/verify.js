// Checks the whole record in the reader's own browser. It believes nothing that it is told: every file is fetched, every
// hash computed anew, from the entries up to the signed root. No library; SHA-256 and Ed25519 are the browser's own.
//
// Source: C2SP tlog-tiles, tlog-checkpoint, signed-note (c2sp.org); RFC 6962 section 2.1. The same check in Python, with
// the same words: verify.py, which this page offers too.

const FULL = 256; // hashes in a full tile, entries in a full bundle
const HASH = 32; // bytes
const LISTED = 100; // findings told one by one

class Damaged extends Error {}
class Unable extends Error {}

// ── Bytes and text ──────────────────────────────────────────────────────────────────────────────────────────────────

const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function text(bytes, what) {
  try {
    return strict.decode(bytes);
  } catch {
    throw new Damaged(`${what} is not UTF-8`);
  }
}

function fromBase64(encoded, what) {
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    if (toBase64(bytes) === encoded) return bytes;
  } catch {
    // said below
  }
  throw new Damaged(`${what} is not written in base64 as it must be`);
}

function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

// ── Hashes of the tree ──────────────────────────────────────────────────────────────────────────────────────────────

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

const leafHash = (entry) => sha256(joined([0], entry));
const nodeHash = (left, right) => sha256(joined([1], left, right));

async function treeRoot(hashes) {
  let row = hashes;
  while (row.length > 1) {
    const pairs = [];
    for (let at = 0; at + 1 < row.length; at += 2) pairs.push(nodeHash(row[at], row[at + 1]));
    row = [...(await Promise.all(pairs)), ...(row.length % 2 ? [row.at(-1)] : [])];
  }
  return row.length ? row[0] : sha256(new Uint8Array());
}

async function frontierRoot(rows) {
  let below = [];
  for (const row of rows) below = row.length + below.length ? [await treeRoot([...row, ...below])] : [];
  return below.length ? below[0] : sha256(new Uint8Array());
}

// ── The key and the checkpoint ──────────────────────────────────────────────────────────────────────────────────────

async function readKey(bytes) {
  const line = text(bytes, "vkey");
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)\n$/.exec(line) ?? [];
  if (!name) throw new Damaged("vkey is not of the form NAME+8 hexadecimal digits+base64");
  const typed = fromBase64(encoded, "vkey");
  const computed = (await sha256(joined(utf8.encode(`${name}\n`), typed))).slice(0, 4);
  if (typed[0] !== 1 || typed.length !== 1 + HASH || toHex(computed) !== id) {
    throw new Damaged("vkey does not fit its own identifier");
  }
  return { name, id: computed, public: typed.slice(1) };
}

function readCheckpoint(bytes) {
  const whole = text(bytes, "checkpoint");
  const [, origin, size, root] = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n(?:[^\n]+\n)*\n(?:— [^\n]+\n)+$/.exec(whole) ?? [];
  if (!origin) throw new Damaged("checkpoint is not a signed note with origin, size and root");
  const said = whole.slice(0, whole.lastIndexOf("\n\n") + 1);
  const signatures = whole.slice(said.length + 1, -1).split("\n").map((line) => line.split(" "));
  return { origin, size: Number(size), root: fromBase64(root, "the root in checkpoint"), said, signatures };
}

async function checkSignature(head, key) {
  if (head.origin !== key.name) throw new Damaged(`checkpoint: its origin ${head.origin} is not the name of the key`);
  const mine = head.signatures
    .filter(([, name]) => name === key.name)
    .map(([, , encoded]) => fromBase64(encoded, "the signature in checkpoint"))
    .filter((signed) => same(signed.slice(0, 4), key.id));
  if (!mine.length) throw new Damaged(`checkpoint carries no signature by ${key.name}`);
  const opened = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
  for (const signed of mine) {
    if (!(await crypto.subtle.verify({ name: "Ed25519" }, opened, signed.slice(4), utf8.encode(head.said)))) {
      throw new Damaged(`checkpoint: the signature by ${key.name} does not fit: another key, or the text was changed`);
    }
  }
}

async function refuseUnlessAble() {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) {
    throw new Unable("This page was not fetched over https, so the browser does not lend its cryptography to it.");
  }
  try {
    const point = Uint8Array.from([0x58, ...new Array(31).fill(0x66)]); // any valid key: the base point of the curve
    await crypto.subtle.importKey("raw", point, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    throw new Unable("This browser does not know Ed25519 signatures yet.");
  }
}

// ── Files of the log ────────────────────────────────────────────────────────────────────────────────────────────────

function tilePath(level, number, width = FULL) {
  const groups = number.toLocaleString("en-US").split(",").map((group) => group.padStart(3, "0"));
  const folders = groups.slice(0, -1).map((group) => `x${group}/`).join("");
  return `tile/${level}/${folders}${groups.at(-1)}${width < FULL ? `.p/${width}` : ""}`;
}

async function fetchFile(base, name) {
  const answer = await fetch(base + name, { cache: "no-store" });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Damaged(`${name} cannot be read: the server answers ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

// A partial tile gives way to its full one while the record grows: then the beginning of the full one is what we need.
async function fetchTile(base, level, number, width) {
  for (const stored of width < FULL ? [width, FULL] : [FULL]) {
    const content = await fetchFile(base, tilePath(level, number, stored));
    if (content !== null) return { name: tilePath(level, number, stored), content, whole: stored === width };
  }
  throw new Damaged(`${tilePath(level, number, width)} is missing`);
}

function unpack(content, name) {
  const entries = [];
  let at = 0;
  while (at < content.length) {
    const end = at + 2 + ((content[at] << 8) | (content[at + 1] ?? 0));
    if (at + 2 > content.length || end > content.length) throw new Damaged(`${name}: an entry runs past the end at byte ${at}`);
    entries.push(content.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

// ── The check ───────────────────────────────────────────────────────────────────────────────────────────────────────

class Check {
  constructor(base, progress) {
    this.base = base;
    this.progress = progress;
    this.rows = [[]]; // by level: the hashes of the tile that is being filled
    this.count = 0;
    this.cases = new Map(); // case → [its next number, index of its last event]
    this.found = [];
    this.untold = 0;
  }

  fail(what, index = null, inCase = "") {
    if (this.found.length < LISTED) this.found.push({ index, case: inCase, what });
    else this.untold += 1;
  }

  async attempt(step) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      this.fail(error.message);
      return null;
    }
  }

  async run() {
    const key = await this.attempt(async () => readKey(await this.needed("vkey")));
    const head = await this.attempt(async () => readCheckpoint(await this.needed("checkpoint")));
    if (head) {
      if (key) await this.attempt(() => checkSignature(head, key));
      await this.attempt(() => this.entries(head.size));
      if (this.count === head.size && !same(await frontierRoot(this.rows), head.root)) {
        this.fail("the root computed from the entries is not the signed one: an entry was changed, added or removed");
      }
    }
    return { head, found: this.found, untold: this.untold, cases: this.cases.size };
  }

  async needed(name) {
    const content = await fetchFile(this.base, name);
    if (content === null) throw new Damaged(`${name} is missing`);
    return content;
  }

  async entries(size) {
    for (let start = 0; start < size; start += FULL) {
      const width = Math.min(FULL, size - start);
      const { name, content, whole } = await fetchTile(this.base, "entries", start / FULL, width);
      const all = unpack(content, name);
      if (whole ? all.length !== width : all.length < width) {
        throw new Damaged(`${name} holds ${all.length} entries, not ${width}: no entry from ${start} on was checked`);
      }
      await this.take(all.slice(0, width), size);
      this.progress(this.count, size);
    }
    for (let level = 0; level < this.rows.length; level += 1) {
      await this.compare(level, Math.floor(this.count / FULL ** (level + 1)), this.rows[level], size);
    }
  }

  async take(entries, size) {
    const hashes = await Promise.all(entries.map(leafHash));
    for (const [at, entry] of entries.entries()) this.follow(this.count + at, entry);
    this.rows[0].push(...hashes);
    this.count += entries.length;
    for (let level = 0; this.rows[level].length === FULL; level += 1) {
      const row = this.rows[level];
      this.rows[level] = [];
      await this.compare(level, Math.floor(this.count / FULL ** (level + 1)) - 1, row, size);
      if (level + 1 === this.rows.length) this.rows.push([]);
      this.rows[level + 1].push(await treeRoot(row));
    }
  }

  follow(index, entry) {
    let event = {};
    try {
      event = JSON.parse(strict.decode(entry)) ?? {};
    } catch {
      // said below
    }
    const whole = typeof event.case === "string" && Number.isInteger(event.seq) && (event.prev === null || Number.isInteger(event.prev));
    if (!whole) return this.fail("this entry is not an event with case, seq and prev", index);
    const [due, last] = this.cases.get(event.case) ?? [0, null];
    if (event.seq !== due || event.prev !== last) {
      const after = (before) => (before === null ? "at the beginning" : `after entry ${before}`);
      this.fail(`number ${event.seq} ${after(event.prev)} stands where number ${due} ${after(last)} is due`, index, event.case);
    }
    this.cases.set(event.case, [event.seq + 1, index]);
    return undefined;
  }

  async compare(level, number, row, size) {
    const width = Math.min(FULL, Math.floor(size / FULL ** level) - number * FULL);
    if (width <= 0) return;
    await this.attempt(async () => {
      const { name, content, whole } = await fetchTile(this.base, level, number, width);
      const computed = joined(...row.slice(0, width));
      const stored = whole ? content : content.subarray(0, computed.length);
      if (same(stored, computed)) return;
      let at = 0;
      while (at < width && same(stored.subarray(at * HASH, (at + 1) * HASH), row[at])) at += 1;
      this.fail(`${name} is not what the entries give`, level === 0 && at < width ? number * FULL + at : null);
    });
  }
}

export async function check(base, progress = () => {}) {
  await refuseUnlessAble();
  return new Check(base, progress).run();
}

// ── On the page ─────────────────────────────────────────────────────────────────────────────────────────────────────

function sentence(result) {
  const size = result.head?.size ?? 0;
  if (result.found.length) return `Something does not hold. Do not rely on this record. ${size} entries are under the checkpoint.`;
  if (size === 0) return "The record is empty, and its signature holds.";
  return size === 1 ? "The one entry holds." : `Every one of ${size} entries holds.`;
}

function paragraph(words, kind) {
  const said = document.createElement("p");
  said.className = `clew-said clew-said--${kind}`;
  said.textContent = words;
  return said;
}

function listed(result) {
  const list = document.createElement("ul");
  list.className = "govuk-list govuk-list--bullet clew-found";
  const more = result.untold ? [{ index: null, case: "", what: `and ${result.untold} more` }] : [];
  for (const one of [...result.found, ...more]) {
    const item = document.createElement("li");
    const where = one.index === null ? "" : `Entry ${one.index}${one.case ? `, case ${one.case}` : ""}: `;
    item.textContent = where + one.what;
    list.append(item);
  }
  return list;
}

async function checkHere({ base, button, bar, said, found }) {
  button.disabled = true;
  found.replaceChildren();
  said.replaceChildren(paragraph("Checking …", "busy"));
  bar.hidden = false;
  try {
    const result = await check(base, (done, all) => {
      bar.max = all;
      bar.value = done;
    });
    said.replaceChildren(paragraph(sentence(result), result.found.length ? "bad" : "good"));
    if (result.found.length) found.replaceChildren(listed(result));
  } catch (error) {
    const why = error instanceof Unable ? error.message : "The record could not be fetched.";
    said.replaceChildren(paragraph(`${why} Nothing was checked. Use one of the two ways below.`, "bad"));
  }
  bar.hidden = true;
  button.disabled = false;
}

const place = globalThis.document?.getElementById("check-here");
if (place) {
  const [button, bar, said, found] = ["start", "progress", "said", "found"].map((id) => document.getElementById(`check-${id}`));
  const base = new URL(place.dataset.record, location.href).href;
  button.hidden = false;
  button.addEventListener("click", () => checkHere({ base, button, bar, said, found }));
}
