// The coordinator's desk: keys for who wants them, and news of the worklist. Everything works without this file.
"use strict";

const SWITCH = "desk.keys";
const EVERY = 20000;
const SECOND_KEY = 3000;

const help = document.getElementById("tasten");
const opener = document.querySelector("[data-help]");
const pages = help ? JSON.parse(help.dataset.pages) : {};
let goUntil = 0;

const keysAreOn = () => {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
};

const isTyping = (target) =>
  target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog[open]");

const rows = () => [...document.querySelectorAll("[data-row]")];

const step = (by) => {
  const all = rows();
  if (!all.length) return false;
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
  all[next].querySelector("[data-open]").focus();
  return true;
};

// The button of the row that has the focus, else the one that belongs to the page and to no row.
const press = (key) => {
  const row = document.activeElement.closest("[data-row]");
  const named = [...document.querySelectorAll(`main [data-key="${key}"]`)];
  const found = named.find((button) => row && row.contains(button)) || named.find((button) => !button.closest("[data-row]"));
  if (found) found.click();
  return Boolean(found);
};

const showHelp = () => {
  if (!help || help.open) return false;
  help.showModal();
  return true;
};

const act = (event) => {
  if (performance.now() < goUntil && pages[event.key]) {
    location.assign(pages[event.key]);
    return true;
  }
  goUntil = 0;
  switch (event.key) {
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "ArrowDown":
      return Boolean(document.activeElement.closest("[data-row]")) && step(1);
    case "ArrowUp":
      return Boolean(document.activeElement.closest("[data-row]")) && step(-1);
    case "c":
    case "s":
      return press(event.key);
    case "/": {
      const search = document.querySelector('[data-key="/"]');
      if (search) search.focus();
      return Boolean(search);
    }
    case "g":
      goUntil = performance.now() + SECOND_KEY;
      return true;
    case "?":
      return showHelp();
    default:
      return false;
  }
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat && event.key.length > 1) return;
  if (!keysAreOn() || isTyping(event.target)) return;
  if (act(event)) event.preventDefault();
});

if (help && opener) {
  const box = document.getElementById("tasten-an");
  box.checked = keysAreOn();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(SWITCH, box.checked ? "on" : "off");
    } catch {
      box.checked = true; // where nothing may be kept, the keys stay on
    }
  });
  opener.hidden = false;
  opener.addEventListener("click", showHelp);
}

// --- news of the worklist: numbers change in place, nothing moves the focus or the page

const news = document.querySelector("[data-pulse]");

if (news) {
  const status = document.getElementById("status");
  let etag = "";
  let timer = 0;
  let said = "";

  const put = (html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    for (const part of fresh.content.querySelectorAll("[id]")) {
      const shown = document.getElementById(part.id);
      if (!shown || shown.contains(document.activeElement) || shown.innerHTML.trim() === part.innerHTML.trim()) continue;
      shown.replaceChildren(...part.childNodes);
    }
    const again = news.querySelector("[data-again]");
    if (again) again.href = location.href;
    const words = news.firstChild ? news.firstChild.textContent.trim() : "";
    if (words && words !== said && status) {
      const line = document.createElement("p");
      line.className = "unseen";
      line.textContent = words;
      status.querySelectorAll(".unseen").forEach((old) => old.remove());
      status.append(line);
    }
    said = words;
  };

  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(news.dataset.pulse, { headers: etag ? { "If-None-Match": etag } : {}, redirect: "error" });
      if (answer.status === 304) return;
      if (!answer.ok) return stop();
      etag = answer.headers.get("ETag") || "";
      put(await answer.text());
    } catch {
      // no connection: the next look may find one
    }
  };

  const stop = () => clearInterval(timer);
  const start = () => {
    stop();
    timer = setInterval(look, EVERY);
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return stop();
    look();
    start();
  });
  start();
}
