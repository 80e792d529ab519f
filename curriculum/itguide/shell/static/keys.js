// Keys and gestures on a course page reach the controls and the browser, never Jupyter.

const CONTROL = "input, textarea, select, button, a[href], summary, [contenteditable=true], [role=button], [role=slider]";

export function guardKeys(node) {
  const onPage = (event) => event.target instanceof Element && (node.contains(event.target) || event.target === document.body);

  window.addEventListener("keydown", (event) => {
    if (!onPage(event)) return;
    const output = event.target.closest(".jp-OutputArea-output");
    if (output) {
      // Jupyter's shortcuts listen on the document: this mark, and a stop on the way up, keep arrow keys
      // and Enter with the select, the radio button or the range they were meant for.
      event.target.setAttribute("data-lm-suppress-shortcuts", "true");
      stopAbove(output.closest(".jp-Cell-outputWrapper") ?? output);
    } else if (!event.target.closest(CONTROL)) {
      // One Enter after a click on a heading would show raw Markdown; letters are commands. The browser's
      // own meaning of the key (scroll, find, print) is left alone.
      event.stopImmediatePropagation();
    }
  }, true);

  for (const type of ["dblclick", "contextmenu"])
    window.addEventListener(type, (event) => { if (onPage(event)) event.stopImmediatePropagation(); }, true);

  // A file dropped beside a field would replace the page.
  for (const type of ["dragover", "drop"])
    window.addEventListener(type, (event) => {
      if (event.dataTransfer?.types?.includes("Files")) event.preventDefault();
    }, true);
}

function stopAbove(wrapper) {
  if (wrapper.dataset.itguideKeys) return;
  wrapper.dataset.itguideKeys = "kept";
  wrapper.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const type of ["keydown", "dblclick"]) wrapper.addEventListener(type, (event) => event.stopPropagation());
}
