// Checks our .tlog-proof files with @sigstore/verify, the code that npm uses for provenance attestations.
//
// Reads one JSON request a line: {vkey, proof, entry}, bytes as base64. Answers {ok, why} a line.
// All that is decided here is how the file is cut into lines; signature and inclusion are theirs.
'use strict';

const { createHash, createPublicKey } = require('node:crypto');
const { createInterface } = require('node:readline');
const { verifyTLogInclusion } = require('@sigstore/verify/dist/tlog');

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

function authority(vkey) {
  const [name, , ...rest] = vkey.split('+');
  const typed = Buffer.from(rest.join('+'), 'base64');
  return {
    baseURL: name,
    logID: createHash('sha256').update(`${name}\n`).update(typed).digest(),
    publicKey: createPublicKey({ key: Buffer.concat([ED25519_SPKI, typed.subarray(1)]), format: 'der', type: 'spki' }),
  };
}

function check({ vkey, proof, entry }) {
  const text = Buffer.from(proof, 'base64').toString('utf8');
  const cut = text.indexOf('\n\n');
  const [version, index, ...hashes] = text.slice(0, cut).split('\n');
  if (version !== 'c2sp.org/tlog-proof@v1' || !/^index \d+$/.test(index)) throw new Error('this is not a proof file');
  const log = authority(vkey);
  verifyTLogInclusion(
    {
      logId: { keyId: log.logID },
      canonicalizedBody: Buffer.from(entry, 'base64'),
      inclusionProof: {
        logIndex: index.slice('index '.length),
        hashes: hashes.map((hash) => Buffer.from(hash, 'base64')),
        checkpoint: { envelope: text.slice(cut + 2) },
      },
    },
    [log],
  );
}

createInterface({ input: process.stdin }).on('line', (line) => {
  let answer = { ok: true, why: '' };
  try {
    check(JSON.parse(line));
  } catch (error) {
    answer = { ok: false, why: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
