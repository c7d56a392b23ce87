// Shows the mail while it is being written: after a pause the form is sent to the preview, as its button does.
// Each time into a new frame: what a frame shows first makes no step that "back" would walk through.

const form = document.getElementById("text-form");
const button = document.getElementById("preview-button");
let waiting;

const freshFrame = () => {
  const shown = document.querySelector("iframe[name=mail]");
  const fresh = shown.cloneNode();
  fresh.removeAttribute("src");
  shown.replaceWith(fresh);
};

form?.addEventListener("submit", (event) => {
  if (event.submitter === button) freshFrame();
});

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const { scrollX, scrollY } = window;
    form.requestSubmit(button);
    window.scrollTo(scrollX, scrollY);
  }, 700);
});
