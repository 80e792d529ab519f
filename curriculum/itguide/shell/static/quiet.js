// What keeps Jupyter silent on a course page: no dialog, no saving, no panels.

// A dialog asked for by any part of Jupyter is answered "no" before it is shown.
export function noDialogs(Dialog) {
  if (Dialog.prototype.itguide) return;
  Dialog.prototype.itguide = true;
  Dialog.prototype.launch = function () {
    const text = this.node?.textContent?.slice(0, 200);
    console.info("itguide: a Jupyter dialog was not shown:", text);
    // Left undisposed: callers such as a progress dialog dispose of it themselves.
    const button = Dialog.cancelButton();
    return Promise.resolve({ button, isChecked: null, value: null });
  };
}

// The notebook is a view: what is decided lives in the answer sheet, so the file is never written, and
// nothing is ever "unsaved".
export function neverSave(context) {
  const nothing = () => Promise.resolve();
  Object.assign(context, { save: nothing, saveAs: nothing, createCheckpoint: nothing, rename: nothing });
  const clean = (target) => Object.defineProperty(target, "dirty",
    { configurable: true, get: () => false, set: () => undefined });
  context.model.dirty = false;
  clean(context.model);
  if (context.model.sharedModel) clean(context.model.sharedModel);
}

// Lumino owns the geometry: hidden by CSS alone, panels would leave gaps.
export function hideChrome(app, panel) {
  const ids = new Set(["top-panel-wrapper", "menu-panel-wrapper", "jp-top-panel", "jp-menu-panel", "jp-bottom-panel",
    "jp-left-stack", "jp-right-stack", "down-panel"]);
  const walk = (widget) => {
    if (ids.has(widget.id) || widget.hasClass?.("jp-SideBar")) widget.hide();
    const inside = typeof widget.children === "function" ? widget.children() : widget.layout ?? [];
    for (const child of inside) if (child !== panel) walk(child);
  };
  walk(app.shell);
  app.shell.collapseLeft?.();
  app.shell.collapseRight?.();
  panel.toolbar.hide();
  // The panel may be drawn again by a setting that arrives late.
  requestAnimationFrame(() => { panel.toolbar.hide(); window.dispatchEvent(new Event("resize")); });
}

// Our style sheet, where the server did not already put it into the page.
export function keepSheet(lib) {
  const add = (id, href) => {
    if (document.getElementById(id)) return;
    document.head.append(Object.assign(document.createElement("link"), { id, rel: "stylesheet", href }));
  };
  add("itguide-sheet", new URL("shell.css", lib.here).href);
}
