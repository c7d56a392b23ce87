// A button beside an address copies it; without JavaScript there is no button.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!navigator.clipboard || !source) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
    const said = document.createElement("p");
    said.className = "note note-good";
    said.textContent = button.dataset.done;
    document.getElementById("status").replaceChildren(said);
  });
}
