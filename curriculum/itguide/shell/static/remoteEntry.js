// Registers the reading view with JupyterLab or Notebook. Plain JavaScript, no build: shared modules come
// from the scope the host passes to `init`, our own parts are ES modules beside this file.
(() => {
  const NAME = "itguide-shell";
  const here = document.currentScript.src;
  let scope;

  // The host's own copy of a shared module.
  const shared = async (name) => {
    const version = Object.values(scope[name])[0];
    return (await version.get())();
  };

  async function extension() {
    const { openReading, offerReading } = await import(new URL("reading.js", here));
    const [notebook, apputils, coreutils, lumino] = await Promise.all(
      ["@jupyterlab/notebook", "@jupyterlab/apputils", "@jupyterlab/coreutils", "@lumino/widgets"].map(shared));
    const lib = { ...notebook, ...apputils, ...coreutils, Widget: lumino.Widget, here };
    const plugin = {
      id: `${NAME}:plugin`,
      description: "Shows course notebooks as pages to read and decide on.",
      autoStart: true,
      requires: [notebook.INotebookTracker],
      activate(app, tracker) {
        const inNotebook = coreutils.PageConfig.getOption("notebookPage") === "notebooks";
        const opened = inNotebook ? openReading : offerReading;
        tracker.forEach((panel) => opened(app, panel, lib));
        tracker.widgetAdded.connect((_, panel) => opened(app, panel, lib));
      },
    };
    return () => ({ __esModule: true, default: plugin });
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = { init: (given) => { scope = given; }, get: extension };
})();
