// Runs a page's cells and shows what they display. Our own, not Jupyter's "run all": it moves no selection,
// scrolls nowhere, shows no traceback, and what a cell showed before stays until its new output is there.

// One cell's messages as notebook outputs.
class Collected {
  constructor() { Object.assign(this, { outputs: [], error: null, wait: false }); }

  add(message) {
    const { content } = message;
    const put = (output) => {
      if (this.wait) { this.outputs = []; this.wait = false; }
      this.outputs.push(output);
    };
    switch (message.header.msg_type) {
      case "display_data":
        put({ output_type: "display_data", data: content.data, metadata: content.metadata, transient: content.transient });
        break;
      case "execute_result":
        put({ output_type: "execute_result", data: content.data, metadata: content.metadata, execution_count: null });
        break;
      case "update_display_data":
        for (const output of this.outputs)
          if (output.transient?.display_id && output.transient.display_id === content.transient?.display_id)
            Object.assign(output, { data: content.data, metadata: content.metadata });
        break;
      case "stream":
        if (content.name === "stderr") console.warn("itguide:", content.text);
        else put({ output_type: "stream", name: content.name, text: content.text });
        break;
      case "clear_output":
        if (content.wait) this.wait = true; else this.outputs = [];
        break;
      case "error":
        this.error = content;
        break;
    }
  }

  plain() { return this.outputs.map(({ transient, ...output }) => output); }
}

// Runs all code cells in order; a cell that fails does not stop the others. `shown(cell, failed)` is called
// as each one's output is in the page. Resolves to the number of cells that failed.
export async function runAll(panel, kernel, shown) {
  const cells = panel.content.widgets.filter((cell) => cell.model.type === "code");
  const runs = cells.map((cell) => {
    const code = cell.model.sharedModel.getSource();
    if (!code.trim()) return Promise.resolve(false);
    const collected = new Collected();
    const future = kernel.requestExecute({ code, allow_stdin: false, stop_on_error: false, store_history: false });
    future.onIOPub = (message) => collected.add(message);
    return future.done.then((reply) => {
      const failed = collected.error ?? (reply.content.status === "ok" ? null : reply.content);
      if (failed) console.error("itguide: a cell failed\n", failed.ename, failed.evalue, (failed.traceback ?? []).join("\n"));
      replace(cell, failed ? [] : collected.plain());
      shown(cell, Boolean(failed));
      return Boolean(failed);
    });
  });
  return (await Promise.all(runs)).filter(Boolean).length;
}

// New outputs for old, without the page jumping while the new ones are drawn.
function replace(cell, outputs) {
  const frame = cell.node.querySelector(".jp-Cell-outputWrapper") ?? cell.node;
  const tall = frame.offsetHeight;
  if (tall > 40) {
    frame.style.minHeight = `${tall}px`;
    const release = () => { frame.style.minHeight = ""; };
    whenDrawn(cell, 6000).then(() => requestAnimationFrame(() => setTimeout(release, 250)));
  }
  cell.model.trusted = true;
  cell.model.outputs.fromJSON(outputs);
}

const DRAWN = ".jp-OutputArea-output > .lm-Widget, .jp-OutputArea-output .jupyter-widgets, .jp-OutputArea-output .jp-RenderedHTMLCommon > *";

// Resolves when the first output of a cell has something in it, or after `most` ms.
export function whenDrawn(cell, most) {
  const drawn = () => [...cell.node.querySelectorAll(DRAWN)].some((el) => el.childElementCount > 0 || /^(input|button|select)$/i.test(el.tagName));
  return new Promise((resolve) => {
    if (drawn()) { resolve(true); return; }
    const watch = new MutationObserver(() => { if (drawn()) end(true); });
    const timer = setTimeout(() => end(false), most);
    const end = (value) => { watch.disconnect(); clearTimeout(timer); resolve(value); };
    watch.observe(cell.node, { childList: true, subtree: true });
  });
}
