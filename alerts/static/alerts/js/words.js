// Finding what somebody means by a few words: accents, plurals and typing errors are forgiven. Knows no page.

// Words that say nothing of the problem.
const EMPTY = new Set(
  ("a ai au aux avec c ca ce ces cet cette d dans de des depuis deux devant du elle en est et il ils j je l la le les " +
    "leur ma mes mon n ne nos notre on ou par pas plus pour pres qu que qui s sa se ses son sont sous sur t tout toute " +
    "tres trop un une vers y the of is are in on at my an and").split(" "),
);
// How much a word found there says.
const WEIGHTS = { name: 3.5, keywords: 3, about: 1.5, heading: 1 };
const ENOUGH = 0.5;

export const fold = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase()
    .replaceAll("œ", "oe");

// "Lampadaires éteints" -> ["lampadaire", "eteint"].
export function words(text) {
  const found = fold(text).match(/[a-z0-9]+/g) ?? [];
  const telling = found.filter((word) => !EMPTY.has(word));
  return telling.map((word) => (word.length > 3 ? word.replace(/(?:aux|[sx])$/, (end) => (end === "aux" ? "al" : "")) : word));
}

// Keystrokes between two words (inserted, left out, changed, swapped); more than `most` counts as most + 1.
export function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, position) => position);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + same);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return Math.min(last[other.length], most + 1);
}

// From 0 to 1: how well a typed word names a known one.
function likeness(typed, known) {
  if (typed === known) return 1;
  if (typed.length >= 2 && known.startsWith(typed)) return 0.85;
  if (known.length >= 4 && typed.startsWith(known)) return 0.7;
  const most = typed.length < 4 ? 0 : typed.length < 7 ? 1 : 2;
  const missed = most ? distance(typed, known, most) : 1;
  if (missed <= most) return 0.75 - 0.15 * missed;
  if (most && known.length > typed.length && distance(typed, known.slice(0, typed.length), 1) <= 1) return 0.5;
  return 0;
}

// What is searched in: {name, keywords, about, heading} of each thing, as texts.
export const prepared = (texts) =>
  Object.entries(WEIGHTS).flatMap(([field, weight]) => words(texts[field] ?? "").map((word) => ({ word, weight })));

// How well that thing answers to the typed words; 0 is not at all.
export function score(typed, known) {
  const best = typed.map((one) => Math.max(0, ...known.map(({ word, weight }) => likeness(one, word) * weight)));
  const met = best.filter((points) => points >= ENOUGH).length;
  return met ? best.reduce((sum, points) => sum + points, 0) * (met / typed.length) : 0;
}

// The things that answer to `text`, best first; each is {known: prepared(…), …}.
export function search(text, things) {
  const typed = words(text);
  if (!typed.length) return [];
  const scored = things.map((thing) => ({ thing, points: score(typed, thing.known) }));
  const top = Math.max(0, ...scored.map(({ points }) => points));
  return scored
    .filter(({ points }) => points > 0 && points >= top / 3)
    .sort((one, other) => other.points - one.points)
    .map(({ thing }) => thing);
}
