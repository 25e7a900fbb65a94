// Opens the site without a network and sends what waits. The server writes SHELL before this: what there is to keep.
/* global SHELL, outbox */
importScripts(SHELL.proof, SHELL.outbox);

const FILES = `parvis-files-${SHELL.version}`;
const PAGES = `parvis-pages-${SHELL.version}-${SHELL.language}`;
const SLOW = 3000; // milliseconds after which a kept page is better than a blank one
const STALE = 60 * 60 * 1000;
const MOST = 120; // entries beside what the pages are made of
const LARGEST = 5 * 1024 * 1024; // bytes of one of them
const AWAY = [502, 503, 504];
const OURS = new Set([...SHELL.assets, ...SHELL.data]);
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event, url.pathname));
  else if (url.pathname.startsWith(SHELL.static)) event.respondWith(file(event, HASHED.test(url.pathname)));
  else if (SHELL.data.includes(url.pathname) && !url.search) event.respondWith(file(event, false));
});
self.addEventListener("sync", (event) => {
  if (event.tag === outbox.NAME) event.waitUntil(send());
});
// A new version waits until nobody is filling in a form of the old one.
self.addEventListener("message", (event) => {
  if (event.data === "activate") event.waitUntil(takeOver());
});

async function install() {
  const [files, pages] = await Promise.all([caches.open(FILES), caches.open(PAGES)]);
  await files.addAll(SHELL.assets.map((path) => new Request(path, { cache: "reload" })));
  await Promise.all(SHELL.pages.map((path) => keepPage(pages, path)));
  // A map can do without.
  await Promise.allSettled(SHELL.data.map(async (path) => keep(files, new Request(path), await fetch(path))));
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("parvis-") && ![FILES, PAGES].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function takeOver() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!open.some(({ url }) => SHELL.forms.includes(new URL(url).pathname))) await self.skipWaiting();
}

// The page as a stranger sees it: asked for without cookies, so that nothing personal is kept. It says that it is kept.
async function keepPage(cache, path) {
  const headers = { "Accept-Language": SHELL.language };
  const answer = await fetch(path, { credentials: "omit", cache: "no-store", redirect: "error", headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  const kept = new Headers({ "Content-Type": "text/html; charset=utf-8", "X-Kept": String(Date.now()) });
  const policy = answer.headers.get("Content-Security-Policy");
  if (policy) kept.set("Content-Security-Policy", policy);
  const text = (await answer.text()).replace("<html", `<html data-kept="${new Date().toISOString()}"`);
  await cache.put(path, new Response(text, { headers: kept }));
}

async function page(event, path) {
  const cache = await caches.open(PAGES);
  const kept = await cache.match(path, { ignoreVary: true });
  const network = fetch(event.request);
  if (!kept) return network.catch(async () => (await cache.match(SHELL.offline)) ?? Response.error());
  const fresh = network.then((answer) => (AWAY.includes(answer.status) ? kept : answer));
  const refreshed = network.then(() => Date.now() - kept.headers.get("X-Kept") > STALE && keepPage(cache, path));
  event.waitUntil(refreshed.catch(() => null));
  return Promise.race([fresh, after(SLOW, kept)]).catch(() => kept);
}

async function file(event, forever) {
  const cache = await caches.open(FILES);
  const kept = await cache.match(event.request, { ignoreVary: true });
  if (kept && forever) return kept;
  const network = fetch(event.request);
  event.waitUntil(network.then((answer) => keep(cache, event.request, answer.clone())).catch(() => null));
  if (!kept) return network;
  const fresh = network.then((answer) => (answer.ok || answer.status === 304 ? answer : kept));
  return Promise.race([fresh, after(SLOW, kept)]).catch(() => kept);
}

async function keep(cache, request, answer) {
  if (answer.status !== 200 || /private|no-store/.test(answer.headers.get("Cache-Control") ?? "")) return;
  const body = await answer.blob();
  if (body.size > LARGEST) return;
  await cache.put(request, new Response(body, { headers: { "Content-Type": answer.headers.get("Content-Type") ?? "" } }));
  const others = (await cache.keys()).filter(({ url }) => !OURS.has(new URL(url).pathname));
  await Promise.all(others.slice(0, Math.max(0, others.length - MOST)).map((one) => cache.delete(one)));
}

const after = (time, value) => new Promise((done) => setTimeout(done, time, value));

// The browser calls again later where this fails.
async function send() {
  const { network } = await outbox.flush();
  if (network) throw new Error("no network yet");
}
