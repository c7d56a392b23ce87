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

document.addEventListener("htmx:beforeSwap", (event) => {
  focused = document.activeElement?.id ?? "";
  // That somebody is signed out is said once, and no longer once it is mended.
  const signedOut = document.getElementById("signed-out");
  if (signedOut && event.detail.xhr.status === 401) event.detail.shouldSwap = false;
  else signedOut?.remove();
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

// Signing in again in another window draws a new token: a form that stood open meanwhile takes it over.
const renewTokens = () => {
  const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
  if (!token) return;
  for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = token;
};

window.addEventListener("focus", renewTokens);
document.addEventListener("visibilitychange", renewTokens);
