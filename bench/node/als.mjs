// The operations of the Go benchmarks with JavaScript's AsyncLocalStorage, for
// node and bun. Prints one line of JSON: {"runtime", "rows": [{name, ns: [...]}]},
// nanoseconds per operation for each round.
//
//	node als.mjs [rounds] [milliseconds per round] [operation]
//
// An operation is slower after others in the same process, so the Go program starts
// a process for each.
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";

const rounds = Number(process.argv[2] ?? 21);
const slice = Number(process.argv[3] ?? 10);
const only = process.argv[4];
const user = { name: "alice" };
const storage = new AsyncLocalStorage();
const second = new AsyncLocalStorage();
const both = [storage, second]; // read in turn: the compiler moves a read of one out of the loop
let sink = 0;

function nothing() {}

function read(n) {
  let hits = 0;
  for (let i = 0; i < n; i++) if (both[i & 1].getStore() === user) hits++;
  sink += hits;
}

function enter(n) {
  for (let i = 0; i < n; i++) both[i & 1].run(user, nothing);
}

function bound(n) {
  const f = storage.run(user, () => AsyncResource.bind(nothing));
  for (let i = 0; i < n; i++) f();
}

function snapshot(n) {
  for (let i = 0; i < n; i++) if (AsyncLocalStorage.snapshot() !== undefined) sink++;
}

function among(count, f) {
  return count === 0 ? f() : new AsyncLocalStorage().run(count, () => among(count - 1, f));
}

function below(depth, f) {
  return depth === 0 ? f() : storage.run(user, () => below(depth - 1, f));
}

async function spawn(n) {
  for (let i = 0; i < n; i++) await nothing();
}

const inside = (f) => storage.run(user, () => second.run(user, f));
const operations = [
  ["js/read", read, inside],
  ["js/read,none", read, (f) => f()],
  ["js/variables=10", read, (f) => inside(() => among(9, f))],
  ["js/variables=100", read, (f) => inside(() => among(99, f))],
  ["js/nesting=100", read, (f) => below(100, f)],
  ["js/enter", enter, inside],
  ["js/snapshot", snapshot, inside],
  ["js/bound", bound, (f) => f()],
  ["js/await", spawn, inside],
];

async function time(loop, n) {
  const start = process.hrtime.bigint();
  await loop(n);
  return Number(process.hrtime.bigint() - start);
}

const rows = [];
for (const [name, loop, around] of operations) {
  if (only !== undefined && only !== name) continue;
  const ns = [];
  await around(async () => {
    let n = 64;
    while ((await time(loop, n)) < slice * 1e6) n *= 2;
    for (let i = 0; i < rounds; i++) ns.push((await time(loop, n)) / n);
  });
  rows.push({ name, ns });
}
const runtime = process.versions.bun ? `bun ${process.versions.bun}` : `node ${process.versions.node}`;
console.log(JSON.stringify({ runtime, rows }));
