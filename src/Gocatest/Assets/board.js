// The page works without this. With it, notes arrive by themselves, a change of release shows without a reload,
// and the picture of the last two minutes is drawn.

const everyMs = 2000;
const barCount = 60;
const fullBarMs = 200;
const longestVersion = 20;
const shownOfLongVersion = 12;

const find = (selector, within = document) => within.querySelector(selector);
const board = find("[data-board]");
const list = find("[data-notes]");
const field = (name) => find(`[data-field="${name}"]`);

let version = board.dataset.version;
let since = new Date(find("time", field("since")).dateTime);

// Times

const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function ago(date) {
  const seconds = Math.min(0, (date - Date.now()) / 1000);
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (-seconds >= length) return relative.format(Math.ceil(seconds / length), unit);
  }
  return relative.format(0, "second");
}

function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
}

function showTimes() {
  for (const time of list.querySelectorAll("time")) {
    const date = new Date(time.dateTime);
    time.textContent = ago(date);
    time.title = absolute.format(date);
  }
  field("uptime").textContent = duration(Date.now() - since);
}

// The release

function showFlaps(text) {
  const shown = text.length <= longestVersion ? text : `${text.slice(0, shownOfLongVersion)}…`;
  const size = shown.length <= 8 ? "large" : shown.length <= 13 ? "medium" : "small";
  const row = find(".flap-row", board);
  row.className = `flap-row flaps-${size}`;
  row.replaceChildren(...[...shown].map((character, at) => {
    const flap = document.createElement("span");
    flap.className = "flap flap-turn";
    flap.style.setProperty("--at", at);
    flap.textContent = character;
    return flap;
  }));
}

function showSince(date) {
  since = date;
  const time = find("time", field("since"));
  time.dateTime = date.toISOString();
  time.textContent = clock.format(date);
  time.title = absolute.format(date);
}

/** Returns whether another release answered than before. */
function showRelease(release) {
  field("host").textContent = release.host;
  field("container").textContent = release.container;
  showSince(new Date(release.since));
  if (release.database) showDatabase(release.database);
  document.title = `${release.version} on ${release.host} · Gocatest`;
  if (release.version === version) return false;

  const words = `Changed while you watched: ${version} gave way to ${release.version}`;
  version = release.version;
  board.dataset.version = version;
  board.className = `board tone-${release.tone}`;
  field("version").textContent = version;
  showFlaps(version);
  const change = find("[data-change]");
  change.className = "change change-changed";
  change.textContent = words;
  return true;
}

const databaseWords = { up: "stores the notes", starting: "is being reached", away: "is away, tried again" };

function showDatabase(state) {
  find("[data-route]").dataset.database = state;
  find("[data-database-words]").textContent = databaseWords[state];
  if (state === "up") find("[data-notes-away]")?.remove();
}

// The picture of the last two minutes

const bars = find("[data-pulse-bars]");
let last = { tone: null, version: null };

function startPulse() {
  bars.append(...Array.from({ length: barCount }, () => {
    const bar = document.createElement("i");
    bar.className = "bar bar-none";
    return bar;
  }));
  find("[data-pulse]").hidden = false;
}

function addBar(release, ms) {
  const bar = document.createElement("i");
  if (release) {
    const first = last.version !== null && last.version !== release.version;
    bar.className = `bar tone-${release.tone}${first ? " bar-first" : ""}`;
    bar.style.setProperty("--tall", `${Math.min(100, 14 + (86 * ms) / fullBarMs)}%`);
    bar.title = `${release.version} on ${release.host}, ${Math.round(ms)} ms`;
    last = release;
  } else {
    bar.className = "bar bar-failed";
  }
  bars.firstElementChild.remove();
  bars.append(bar);
  const failed = bars.querySelectorAll(".bar-failed").length;
  const answered = bars.querySelectorAll("[title]").length;
  const latest = release ? `${Math.round(ms)} ms` : "no answer";
  find("[data-pulse-words]").textContent = `${answered} answered, ${failed} failed, latest: ${latest}`;
}

async function ask() {
  const begun = performance.now();
  try {
    const response = await fetch("/release", { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const release = await response.json();
    addBar(release, performance.now() - begun);
    // A stream of the release before would hold it up: it is asked to let go by our leaving.
    if (showRelease(release)) listen();
  } catch {
    addBar(null, 0);
  }
}

async function askForever() {
  for (;;) {
    if (!document.hidden) await ask();
    await new Promise((done) => setTimeout(done, everyMs));
  }
}

// Notes

function newestId() {
  return Math.max(0, ...[...list.children].map((note) => Number(note.dataset.id)));
}

function addNote(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const note = template.content.firstElementChild;
  if (document.getElementById(note.id)) return;
  const older = [...list.children].find((other) => Number(other.dataset.id) < Number(note.dataset.id));
  note.classList.add("note-new");
  list.insertBefore(note, older ?? null);
  find("[data-empty]").textContent = "";
  find("[data-announce]").textContent = `New note from ${find(".note-author", note).textContent}`;
  showTimes();
}

// The live stream

let stream;
let retry;

function showLive(on) {
  const live = find("[data-live]");
  live.hidden = false;
  live.classList.toggle("live-on", on);
  live.textContent = on ? "Live" : "Reconnecting";
}

function listen() {
  clearTimeout(retry);
  stream?.close();
  const source = new EventSource(`/live?after=${newestId()}`);
  stream = source;
  const again = (ms) => {
    if (stream !== source) return;
    source.close();
    clearTimeout(retry);
    // Spread out, so that many open pages do not come back in one moment.
    retry = setTimeout(listen, ms * (0.5 + Math.random()));
  };
  source.addEventListener("open", () => showLive(true));
  source.addEventListener("release", (e) => showRelease(JSON.parse(e.data)));
  source.addEventListener("note", (e) => addNote(e.data));
  source.addEventListener("database", (e) => showDatabase(JSON.parse(e.data).database));
  source.addEventListener("bye", () => again(100));
  // A browser gives up for good on an answer such as 502; we do not.
  source.addEventListener("error", () => {
    showLive(false);
    again(1000);
  });
}

// The form

function showProblem(problem) {
  for (const place of document.querySelectorAll("[data-problem]")) {
    const name = place.dataset.problem;
    const errors = problem?.errors?.[name] ?? [];
    const general = name === "" && problem && !problem.errors;
    place.textContent = general ? `${problem.title} ${problem.detail ?? ""}`.trim() : errors.join(" ");
    if (errors.length > 0) document.getElementById(name).setAttribute("aria-invalid", "true");
    else if (name) document.getElementById(name).removeAttribute("aria-invalid");
  }
  find('[aria-invalid="true"]')?.focus();
}

async function leave(form) {
  const response = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
  });
  const answer = await response.json();
  if (!response.ok) return showProblem(answer);
  showProblem(null);
  addNote(answer.html);
  form.elements.text.value = "";
}

find("[data-form]").addEventListener("submit", async (e) => {
  e.preventDefault();
  const form = e.currentTarget;
  const button = find("button", form);
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await leave(form);
  } catch {
    showProblem({ title: "The note did not get through.", detail: "It is still here: try again." });
  } finally {
    button.removeAttribute("aria-busy");
  }
});

addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (e) => e.persisted && listen());

showSince(since);
showTimes();
setInterval(showTimes, 1000);
startPulse();
askForever();
listen();
