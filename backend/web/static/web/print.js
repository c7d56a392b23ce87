// Shows the button that prints the page; without JavaScript the browser's own menu does it.
const place = document.getElementById("print");
if (place) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => window.print());
}
