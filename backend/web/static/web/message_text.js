// Shows the mail while it is being written: after a pause the form is sent to the preview, as its button does.

const form = document.getElementById("text-form");
const button = document.getElementById("preview-button");
let waiting;

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const { scrollX, scrollY } = window;
    form.requestSubmit(button);
    window.scrollTo(scrollX, scrollY);
  }, 700);
});
