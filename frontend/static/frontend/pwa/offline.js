// On each page: has the site work without a network, and sends what waits on this device.
/* global outbox */
import "../../common/js/proof-work.js";
import "./outbox.js";
import { button, fill, link, notice } from "./notice.js";

const own = document.querySelector("script[data-offline-words]").dataset;
const kept = document.documentElement.dataset.kept; // this page came from the device, not from the server
const RETRY = 60_000;
let told = null;
let timer = null;
let refused = null;

// {words, urls} in the language of the page.
function speech() {
  told ??= fetch(own.offlineWords).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))));
  told.catch(() => (told = null));
  return told;
}

async function install() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(own.worker, { updateViaCache: "none" });
  registration?.waiting?.postMessage("activate");
}

async function send() {
  const { network, next } = await outbox.flush();
  plan(network ? RETRY : next);
}

// Tries again in so many milliseconds; null is not at all.
function plan(wait) {
  clearTimeout(timer);
  if (wait !== null) timer = setTimeout(send, wait);
}

async function tellSent({ id, url }) {
  const draft = await outbox.get(id);
  if (!draft || draft.told || document.visibilityState !== "visible") return;
  const { words, urls } = await speech();
  if (!(await outbox.claimTelling(id))) return;
  const actions = [link(url, words.follow, "button"), link(urls.drafts, words.all)];
  notice({ title: words.sent, text: draft.title, tone: "success", actions });
}

// What the town could not take stands on every page until it is mended, but where its form or its list is.
async function tellRefused(drafts) {
  refused?.remove();
  refused = null;
  if (!drafts.length || document.querySelector("form[data-offline], [data-drafts]")) return;
  const { words, urls } = await speech();
  const [first] = drafts;
  const mend = link(`${first.page}?brouillon=${encodeURIComponent(first.id)}`, words.complete, "button");
  const actions = drafts.length === 1 ? [mend, link(urls.drafts, words.all)] : [link(urls.drafts, words.all, "button")];
  refused?.remove();
  refused = notice({ title: words.refused, text: first.title, tone: "warning", actions });
}

async function tellAll() {
  const owner = await outbox.recall("owner");
  const mine = (await outbox.all()).filter((draft) => draft.owner === owner);
  for (const draft of mine) if (draft.state === "sent") await tellSent(draft);
  await tellRefused(mine.filter(({ state }) => state === "fix"));
}

// A shared phone must not keep one person's drafts for the next.
function guardSignOut(form) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.cleared) return;
    event.preventDefault();
    const leave = () => {
      form.dataset.cleared = "yes";
      form.requestSubmit(event.submitter);
    };
    const erase = async () => {
      await outbox.clear();
      await outbox.remember("owner", "");
      leave();
    };
    const unsent = (await outbox.all()).filter(({ state }) => state !== "sent");
    if (!unsent.length) {
      await erase();
      return;
    }
    const stay = async () => {
      await outbox.clear(({ state }) => state !== "sent");
      await outbox.remember("owner", "");
      leave();
    };
    const { words } = await speech();
    const back = button(words.stay, () => {
      box.remove();
      form.hidden = false;
      form.querySelector("[type=submit]").focus();
    });
    const actions = [button(words.erase, erase, "button button--primary"), button(words.keep, stay), back];
    const text = fill(words.leaving, { count: unsent.length });
    const box = notice({ title: words.leavingTitle, text, tone: "warning", actions, before: form });
    form.hidden = true;
    actions[0].focus();
  });
}

// Whoever sends before the drafts are ready waits for them; where they never are, the form leaves as a plain one.
function hold(form, ready) {
  const wait = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    ready.then(() => form.requestSubmit(event.submitter));
  };
  form.addEventListener("submit", wait);
  ready.then(() => form.removeEventListener("submit", wait));
}

async function keepDrafts(form) {
  const [drafts, said] = await Promise.all([import("./draft-form.js"), speech()]);
  await drafts.start(form, said, { kept: Boolean(kept), plan: (wait) => plan(wait || RETRY) });
}

async function start() {
  install().catch((error) => console.warn(error));
  if (!(await outbox.available())) return;
  if (!kept) await outbox.remember("owner", own.owner);
  for (const form of document.querySelectorAll(`form[action="${own.signOut}"]`)) guardSignOut(form);
  const form = document.querySelector("form[data-offline]");
  const list = document.querySelector("[data-drafts]");
  outbox.listen(() => tellAll().catch((error) => console.warn(error)));
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    tellAll();
    send();
  });
  if (form) await keepDrafts(form);
  else if (kept) notice({ text: (await speech()).words.kept });
  if (list) (await import("./drafts-page.js")).start(list, await speech(), { send });
  // What waits leaves now, and nobody waits for it here.
  tellAll().then(send).catch((error) => console.warn(error));
}

const started = start().catch((error) => console.warn(error));
for (const form of document.querySelectorAll("form[data-offline]")) {
  hold(form, started);
}
