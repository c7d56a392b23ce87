// What every page needs of JavaScript: menus of the header close, and focus never gets lost after htmx swapped a part.

for (const details of document.querySelectorAll("details.reader")) {
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && details.open) {
      details.open = false;
      details.querySelector("summary").focus();
    }
  });
}

document.addEventListener("click", (event) => {
  for (const details of document.querySelectorAll("details.reader[open]")) {
    if (!details.contains(event.target)) details.open = false;
  }
});

// The id of what had the focus when a swap began: if it is there again, it gets the focus back.
let focused = "";

document.addEventListener("htmx:beforeSwap", () => {
  focused = document.activeElement?.id ?? "";
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (document.activeElement && document.activeElement !== document.body) return;
  const part = event.detail.elt;
  const next =
    part.querySelector?.("[autofocus]") ??
    document.getElementById(focused) ??
    part.querySelector?.("h1, h2, h3") ??
    part;
  if (!next.hasAttribute("tabindex") && !next.matches("a, button, input, select, textarea, summary")) {
    next.setAttribute("tabindex", "-1");
  }
  next.focus({ preventScroll: true });
});
