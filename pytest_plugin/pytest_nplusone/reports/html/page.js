// What the page does. Everything it shows is in the document already: this finds, sorts, groups, opens and copies.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

// ---- The findings, as the document has them --------------------------------------------------------------------

const findings = $$(".finding").map((element, order) => ({
  element,
  order,
  details: $("details", element),
  summary: $("summary", element),
  kind: element.dataset.kind,
  statuses: element.dataset.status.split(" "),
  label: element.dataset.label,
  count: Number(element.dataset.count),
  wasted: Number(element.dataset.wasted),
  tests: Number(element.dataset.tests),
  endpoints: JSON.parse(element.dataset.endpoints),
  origin: element.dataset.origin,
}));
const fixed = $$("#fixed tbody tr").map((element) => ({ element, kind: element.dataset.kind, statuses: ["fixed"] }));

/** What the search looks at, read once: code, names and places, but no button and no heading. */
function words(one) {
  one.words ??= $$("code, .meta, .where, th, td", one.element)
    .map((part) => part.textContent)
    .join("\n")
    .toLowerCase();
  return one.words;
}

// ---- What is asked for, kept in the address behind the # -----------------------------------------------------

const DEFAULTS = { q: "", status: "", kind: "", sort: "", group: "endpoint" };
const GROUPS = ["endpoint", "origin", "none"];
const controls = $("#controls");
let asked = { ...DEFAULTS };

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const read = {};
  for (const name of Object.keys(DEFAULTS)) {
    const control = controls.elements[name];
    const value = given.get(name) ?? DEFAULTS[name];
    const options = control.options ? [...control.options].map((option) => option.value) : GROUPS;
    read[name] = name === "q" || options.includes(value) ? value : DEFAULTS[name];
  }
  return read;
}

function toAddress() {
  const changed = Object.entries(asked).filter(([name, value]) => value !== DEFAULTS[name]);
  const hash = new URLSearchParams(changed).toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

function ask(changes) {
  asked = { ...asked, ...changes };
  for (const [name, value] of Object.entries(asked)) controls.elements[name].value = value;
  show();
}

// ---- Which are shown, in which order, under which heading ----------------------------------------------------

const ORDERS = {
  wasted: (a, b) => b.wasted - a.wasted,
  count: (a, b) => b.count - a.count,
  tests: (a, b) => b.tests - a.tests,
  label: (a, b) => a.label.localeCompare(b.label, "en"),
};

function matches(one, terms) {
  return (
    (!asked.kind || one.kind === asked.kind) &&
    (!asked.status || one.statuses.includes(asked.status)) &&
    terms.every((term) => words(one).includes(term))
  );
}

/** The groups in the order of their first finding, as the page had them before any script ran (`_by_endpoint`). */
function grouped(shown) {
  const groups = new Map();
  const group = (name) => {
    if (!groups.has(name)) groups.set(name, { own: [], also: [] });
    return groups.get(name);
  };
  for (const one of shown) group(groupOf(one)).own.push(one);
  if (asked.group !== "endpoint") return groups;
  // Where a finding has fewer statements there is a link to it; such groups come last.
  for (const one of shown)
    for (const [name, count] of one.endpoints.slice(1)) group(name).also.push({ one, count });
  return groups;
}

function groupOf(one) {
  if (asked.group === "none") return "";
  return asked.group === "origin" ? one.origin : (one.endpoints[0]?.[0] ?? "");
}

const NAMELESS = { endpoint: "Outside of a request", origin: "Origin not known", none: "All findings" };

function section(name, { own, also }) {
  const made = $("#group").content.firstElementChild.cloneNode(true);
  const heading = name ? document.createElement("code") : document.createElement("span");
  heading.textContent = name || NAMELESS[asked.group];
  $("h3", made).replaceChildren(heading);
  if (name && asked.group === "origin") $(".group-source", made).textContent = own[0].element.dataset.originSource;
  const wasted = own.reduce((sum, one) => sum + one.wasted, 0);
  $(".group-facts", made).textContent = own.length
    ? `${plural(own.length, "finding")}, ${plural(wasted, "statement")} to save`
    : `${plural(also.length, "finding")} listed elsewhere`;
  $(".rows", made).replaceChildren(...own.map((one) => one.element));
  $(".also", made).replaceChildren(
    ...also.map(({ one, count }) => {
      const line = $("#also").content.firstElementChild.cloneNode(true);
      $("a", line).href = `#${one.element.id}`;
      $("code", line).textContent = one.label;
      $("span", line).textContent = `${count} statements here, listed under ${one.endpoints[0][0]}`;
      return line;
    }),
  );
  return made;
}

let inOrder = findings;

function show() {
  const terms = asked.q.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = findings.filter((one) => matches(one, terms));
  if (ORDERS[asked.sort]) shown.sort((a, b) => ORDERS[asked.sort](a, b) || a.order - b.order);
  const groups = grouped(shown);
  $("#groups").replaceChildren(...[...groups].map(([name, group]) => section(name, group)));
  inOrder = [...groups.values()].flatMap((group) => group.own);

  const gone = fixed.filter((one) => {
    one.element.hidden = !matches(one, terms);
    return !one.element.hidden;
  });
  if (fixed.length) $("#fixed").hidden = !gone.length;
  $("#nothing").hidden = shown.length + gone.length > 0 || !findings.length;
  $("#shown-number").textContent = howMany(shown.length, gone.length);
  $("#reset").hidden = !(asked.q || asked.kind || asked.status);
  sayWhatOpenAllDoes();
}

function howMany(shown, gone) {
  const some = asked.q || asked.kind || asked.status;
  if (!some) return plural(findings.length, "finding");
  return `${shown.toLocaleString("en")} of ${plural(findings.length, "finding")}${gone ? `, ${gone} fixed` : ""}`;
}

// ---- One finding: opened by a link, or by a key --------------------------------------------------------------

/** Open the finding of `#finding-…` and go there, through whatever hides it; false if there is none. */
function openLinked() {
  if (!location.hash.startsWith("#finding-")) return false;
  const one = findings.find(({ element }) => `#${element.id}` === location.hash);
  if (!one) return false;
  if (!inOrder.includes(one)) ask({ q: "", status: "", kind: "" });
  one.details.open = true;
  one.element.scrollIntoView({ block: "start" });
  one.summary.focus({ preventScroll: true });
  return true;
}

function current() {
  return inOrder.findIndex((one) => one.element.contains(document.activeElement));
}

function step(by) {
  const at = current();
  const next = at < 0 ? (by > 0 ? 0 : inOrder.length - 1) : Math.min(Math.max(at + by, 0), inOrder.length - 1);
  const one = inOrder[next];
  if (!one) return;
  one.summary.focus({ preventScroll: true });
  one.summary.scrollIntoView({ block: "nearest" });
}

function openAll() {
  const open = !inOrder.every((one) => one.details.open);
  for (const one of inOrder) one.details.open = open;
  sayWhatOpenAllDoes();
}

function sayWhatOpenAllDoes() {
  const all = inOrder.length > 0 && inOrder.every((one) => one.details.open);
  $("#open-all").textContent = all ? "Close all" : "Open all";
  $("#open-all").disabled = !inOrder.length;
}

// ---- Copying ---------------------------------------------------------------------------------------------------

function say(text) {
  $("#said").textContent = "";
  // A screen reader speaks when the text changes, so the same text twice has to go in between.
  setTimeout(() => ($("#said").textContent = text), 50);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedTheOldWay(text);  // pages of a plain http:// server have no clipboard
  }
}

function copiedTheOldWay(text) {
  const area = document.createElement("textarea");
  const focused = document.activeElement;
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

async function copyFrom(button) {
  const done = await copied($("code", button.closest(".copyable")).textContent);
  const word = button.firstChild;
  word.textContent = done ? "Copied" : "Failed";
  say(done ? "Copied" : "The browser did not allow copying");
  setTimeout(() => (word.textContent = "Copy"), 1600);
}

// ---- Theme and keys, both remembered ------------------------------------------------------------------------

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Without storage it holds until the page is closed.
  }
}

const THEMES = ["system", "light", "dark"];
const root = document.documentElement;

function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(root.dataset.theme ?? "system") + 1) % THEMES.length];
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  remember("nplusone-theme", theme);
  $("#theme-name").textContent = theme;
  say(`Theme: ${theme}`);
}

function help() {
  $("#help").showModal();
  $("#help-close").focus();
}

const KEYS = {
  "/": () => $("#q")?.focus(),
  j: () => step(1),
  k: () => step(-1),
  c: () => {
    const one = inOrder[current()];
    if (one) copyFrom($(".fix .copy", one.element));
  },
  e: openAll,
  g: () => ask({ group: GROUPS[(GROUPS.indexOf(asked.group) + 1) % GROUPS.length] }),
  "?": help,
  Escape: () => controls && ask({ q: "", status: "", kind: "" }),
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $("#help").open) return;
  if (event.target.closest("input, select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    if (event.target.type !== "radio") return;
  }
  const act = KEYS[event.key];
  if (!act || !$("#keys").checked) return;
  if (!controls && event.key !== "?") return;
  event.preventDefault();
  act();
  if (event.key === "g" || event.key === "Escape") toAddress();
}

// ---- Everything is put in place ---------------------------------------------------------------------------------

function start() {
  $("#theme-name").textContent = root.dataset.theme ?? "system";
  $("#theme").addEventListener("click", nextTheme);
  $("#keys").checked = remembered("nplusone-keys") !== "off";
  $("#keys").addEventListener("change", () => remember("nplusone-keys", $("#keys").checked ? "on" : "off"));
  $("#help-button").addEventListener("click", help);
  $("#help-close").addEventListener("click", () => $("#help").close());
  document.addEventListener("keydown", pressed);
  if (controls) startControls();
}

function startControls() {
  let typing = 0;
  const changed = () => {
    ask(Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, controls.elements[name].value])));
    toAddress();
  };
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("change", (event) => {
    // A search field says so when it is left, which is when something else is clicked: that must not move away.
    if (event.target.id !== "q") changed();
  });
  $("#q").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(changed, 120);
  });
  $("#reset").addEventListener("click", () => {
    ask({ q: "", status: "", kind: "" });
    toAddress();
    $("#q").focus();
  });
  $("#open-all").addEventListener("click", openAll);
  $("#groups").addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (button) copyFrom(button);
  });
  // Toggling does not bubble.
  $("#groups").addEventListener("toggle", sayWhatOpenAllDoes, { capture: true });

  const follow = () => openLinked() || (location.hash.includes("=") && ask(fromAddress()));
  window.addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    // The same link a second time changes no address.
    const link = event.target.closest("a[href^='#finding-']");
    if (link && link.hash === location.hash) openLinked();
  });
  printOpened();
  if (findings.length <= 3) for (const one of findings) one.details.open = true;
  // The browser goes to the fragment by itself when the page is loaded, and takes the focus along.
  if (follow()) window.addEventListener("load", () => setTimeout(openLinked));
}

function printOpened() {
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = inOrder.filter((one) => !one.details.open);
    for (const one of closed) one.details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of closed) one.details.open = false;
  });
}

start();
