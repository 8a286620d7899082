// node audit.mjs URL — the server audits of graphql-http; exit 0 only if every one of them passes.
import { serverAudits } from 'graphql-http';

// Counted, so that another version of graphql-http cannot quietly ask less of us.
const EXPECTED = 61;

const url = process.argv[2];
if (!url) {
  console.error('usage: node audit.mjs URL');
  process.exit(2);
}

let passed = 0;
let failed = 0;
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  let result;
  try {
    result = await audit.fn();
  } catch (error) {
    // Thrown when there was no answer to judge at all.
    result = { ...audit, status: 'error', reason: error.cause?.message ?? error.message };
  }
  if (result.status === 'ok') {
    passed += 1;
  } else {
    failed += 1;
    console.log(`${result.id} ${result.name}: ${result.reason}`);
  }
}

if (passed + failed !== EXPECTED) {
  console.log(`${EXPECTED} audits expected, ${passed + failed} run`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed === EXPECTED && failed === 0 ? 0 : 1;
