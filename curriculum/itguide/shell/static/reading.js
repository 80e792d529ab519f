// Turns one notebook panel of Notebook 7 into a page: nothing to run, nothing to save, nothing to click first.

import { Bar, homeUrl } from "./bar.js";
import { Cover } from "./cover.js";
import { guardKeys } from "./keys.js";
import { Kernel } from "./kernel.js";
import { hideChrome, keepSheet, neverSave, noDialogs } from "./quiet.js";

// The words in the notebook's metadata with their places filled; the key itself where one is missing.
function speaker(words = {}) {
  return (name, values = {}) => (words[name] ?? name).replace(/\{(\w+)(?::\w+)?\}/g, (whole, key) => values[key] ?? whole);
}

export async function openReading(app, panel, lib) {
  if (document.body.dataset.itguide) { early(panel, lib); }
  await panel.context.ready;
  const told = panel.context.model.getMetadata("itguide");
  if (!told || !told.module) { leave(); return; }
  early(panel, lib);
  neverSave(panel.context);

  const say = speaker(told.words);
  document.documentElement.lang = told.lang;
  document.title = told.title;
  // Jupyter sets the title from the file's name now and then.
  new MutationObserver(() => { if (document.title !== told.title) document.title = told.title; })
    .observe(document.head, { childList: true, subtree: true, characterData: true });

  const home = homeUrl(lib.PageConfig, told.lang);
  const cover = new Cover(say, told, home);
  for (const cell of panel.context.model.cells) {
    cell.setMetadata("editable", false);
    cell.setMetadata("deletable", false);
  }
  const bar = new Bar(say, told, home, panel, lib);
  hideChrome(app, panel);
  guardKeys(panel.node);
  asDocument(panel);
  new Kernel(app, panel, say, bar, cover).start();
}

// What must be in force before the notebook is drawn.
function early(panel, lib) {
  if (panel.itguideEarly) return;
  panel.itguideEarly = true;
  document.body.dataset.itguide = document.body.dataset.itguide || "preparing";
  keepSheet(lib);
  noDialogs(lib.Dialog);
  // Cells outside the window would be taken out of the page: no searching, no printing, no lasting controls.
  panel.content.notebookConfig = { ...panel.content.notebookConfig, windowingMode: "none", scrollPastEnd: false };
}

// To a screen reader: a text in the page's main part, not a feed of cells.
function asDocument(panel) {
  const body = panel.content.node.querySelector(".jp-WindowedPanel-viewport");
  for (const name of ["role", "aria-label"]) body?.removeAttribute(name);
  for (const cell of panel.content.widgets)
    for (const node of [cell.node, ...cell.node.querySelectorAll("[aria-label]:not(:is(input, button, select, textarea, a))")])
      if (!node.closest(".jp-OutputArea-output, .jp-MarkdownOutput")) node.removeAttribute("aria-label");
}

// An ordinary notebook that happens to bear a view's name: Jupyter as it is.
function leave() {
  delete document.body.dataset.itguide;
  document.getElementById("itguide-cover")?.remove();
}

// In JupyterLab a course notebook stays a notebook; a button opens its page.
export async function offerReading(app, panel, lib) {
  await panel.context.ready;
  const told = panel.context.model.getMetadata("itguide");
  if (!told || !told.module) return;
  const label = speaker(told.words)("reading_view");
  const path = panel.context.path.split("/").map(encodeURIComponent).join("/");
  const onClick = () => window.open(`${lib.PageConfig.getBaseUrl()}notebooks/${path}`, "_blank", "noopener");
  panel.toolbar.insertItem(10, "itguide-reading-view", new lib.ToolbarButton({ label, tooltip: label, onClick }));
}
