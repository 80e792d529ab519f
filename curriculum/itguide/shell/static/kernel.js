// Keeps the page and its kernel together: runs the page when a kernel is there, notices when it is gone,
// brings it back, runs the page again. All in plain sentences; the reader has nothing to decide.

import { currentAnchor, goToAnchor, scrollerOf } from "./bar.js";
import { runAll, whenDrawn } from "./run.js";

const GRACE = 1200; // a blink of the connection is not worth a sentence
const PATIENCE = 90000; // from here on the reader is offered a way out
const NAME = "python3";
const PID = "__import__('os').getpid()";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const within = (promise, ms, what) => Promise.race([promise, sleep(ms).then(() => { throw new Error(`${what}: nothing within ${ms} ms`); })]);

// Whether a kernel connection that is being made gets there within so many ms.
const connects = (kernel, ms) => new Promise((resolve) => {
  const done = (value) => { kernel.connectionStatusChanged.disconnect(look); resolve(value); };
  const look = (_, status) => { if (status !== "connecting") done(status === "connected"); };
  if (kernel.connectionStatus !== "connecting") { resolve(kernel.connectionStatus === "connected"); return; }
  kernel.connectionStatusChanged.connect(look);
  setTimeout(() => done(false), ms);
});

export class Kernel {
  constructor(app, panel, say, bar, cover) {
    Object.assign(this, { app, panel, say, bar, cover, session: panel.sessionContext, ran: null, mending: false });
  }

  get kernel() { return this.session.session?.kernel ?? null; }

  async start() {
    this.session.statusChanged.connect((_, status) => {
      if (this.ran && /^(autorestarting|restarting|dead|terminating)$/.test(status)) this.mend("restarting");
    });
    this.session.connectionStatusChanged.connect((_, status) => {
      if (this.ran && status !== "connected") setTimeout(() => this.connected || this.mend("restarting"), GRACE);
    });
    this.session.kernelChanged.connect(() => { if (this.ran && !this.mending) setTimeout(() => this.mend("restarting"), 0); });
    // A computer that slept: sockets may be dead without having said so.
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.ran && !this.connected) this.mend("restarting"); });
    try {
      await within(this.session.ready, 20000, "session");
    } catch (error) { console.warn("itguide:", error); }
    await this.mend("");
  }

  get connected() { return this.kernel?.connectionStatus === "connected" && this.kernel.status !== "dead"; }

  state(name) {
    if (document.body.dataset.itguideKernel === name) return;
    document.body.dataset.itguideKernel = name;
    window.dispatchEvent(new CustomEvent("itguide:kernel", { detail: { state: name } }));
  }

  // One loop for everything that can be wrong: it ends when a kernel answers that has run this page.
  async mend(name) {
    if (this.mending) return;
    this.mending = true;
    const since = Date.now();
    if (name) { this.state(name); this.bar.tell(name); }
    for (let attempt = 0; ; attempt++) {
      try {
        if (await this.reach(attempt) && await this.alive()) break;
      } catch (error) { console.warn("itguide:", error.message ?? error); }
      if (Date.now() - since > PATIENCE && document.body.dataset.itguideKernel !== "lost") this.bar.tell("stuck", { reload: true });
      await sleep(Math.min(400 * (attempt + 1), 2500));
    }
    const told = !this.bar.notice.hidden;
    this.mending = false;
    this.state("ready");
    if (told) this.bar.tell("back", { passing: true });
    // It may have gone again while we were busy.
    if (!this.connected) this.mend("restarting");
  }

  // Whether there is a live connection to a kernel; does what can be done about it.
  async reach(attempt) {
    const kernel = this.kernel;
    const found = await this.ask(kernel);
    if (found === "away") { this.state("lost"); this.bar.tell("server_gone"); return false; }
    if (found === "stranger") { this.state("lost"); this.bar.tell("signed_out"); return false; }
    if (document.body.dataset.itguideKernel === "lost") { this.state("restarting"); this.bar.tell("restarting"); }
    if (found === "gone" || (attempt > 0 && this.session.kernelDisplayStatus === "dead")) { await this.renew(); return false; }
    // A socket that is just being opened is left to it; our own attempt would close it.
    if (!(attempt === 0 && await connects(kernel, 4000)) && !this.connected) await within(kernel.reconnect(), 6000, "reconnect");
    return true;
  }

  // What the server says about a kernel: here, gone, or the server itself: away, or a stranger to us.
  async ask(kernel) {
    const { baseUrl, token } = this.app.serviceManager.serverSettings;
    const path = kernel ? `api/kernels/${encodeURIComponent(kernel.id)}` : "api/status";
    try {
      const headers = token ? { Authorization: `token ${token}` } : {};
      const answer = await within(fetch(`${baseUrl}${path}`, { headers, cache: "no-store" }), 5000, "server");
      if (answer.status === 401 || answer.status === 403) return "stranger";
      if (answer.status === 404 || !kernel) return "gone";
      if (!answer.ok) return "away";
      return (await answer.json()).execution_state === "dead" ? "gone" : "here";
    } catch { return "away"; }
  }

  // A new kernel for this page, where the old one will not come back.
  async renew() {
    try {
      await within(this.session.changeKernel({ name: NAME }), 15000, "new kernel");
    } catch (error) {
      // The session itself is unknown to the server (it was started anew): let the page notice, then once more.
      await within(this.app.serviceManager.sessions.refreshRunning(), 5000, "sessions");
      await within(this.session.changeKernel({ name: NAME }), 15000, "new kernel");
    }
  }

  // Whether the kernel answers; runs the page if it is not the process that ran it last.
  async alive() {
    const kernel = this.kernel;
    // Messages of controls on the main channel, in order: a subshell of a kernel that died would be asked for once more.
    kernel.commsOverSubshells = "disabled";
    const reply = await within(kernel.requestExecute(
      { code: "", silent: true, allow_stdin: false, user_expressions: { pid: PID } }).done, 20000, "kernel");
    const process = `${kernel.id} ${reply.content.user_expressions?.pid?.data?.["text/plain"]}`;
    if (process !== this.ran) {
      await this.run(kernel);
      this.ran = process;
    }
    return true;
  }

  async run(kernel) {
    const scroller = scrollerOf(this.panel);
    const first = !this.cover.lifted;
    const top = scroller.scrollTop;
    const died = new Promise((_, reject) => kernel.statusChanged.connect((_, status) => {
      if (/^(autorestarting|restarting|dead)$/.test(status)) reject(new Error(`kernel ${status} while the page was running`));
    }));
    died.catch(() => undefined);
    const done = runAll(this.panel, kernel, (cell, failed) => {
      if (failed) this.apologise(cell);
      whenDrawn(cell, 4000).then(() => this.show(first));
    });
    await Promise.race([done, died]);
    if (first) this.show(first); else scroller.scrollTop = top;
  }

  // The first control is there: the cover goes, the keyboard scrolls the page, a link to a place is followed.
  show(first) {
    if (!first || this.cover.lifted) return;
    this.cover.lift();
    const scroller = scrollerOf(this.panel);
    scroller.tabIndex = -1;
    scroller.focus({ preventScroll: true });
    const place = location.hash || sessionStorage.getItem(this.placeKey) || "";
    if (place) this.goTo(place);
    else scroller.scrollTop = 0;
    window.addEventListener("pagehide", () => {
      try { sessionStorage.setItem(this.placeKey, currentAnchor(this.panel)); } catch { /* a private window may refuse */ }
    });
  }

  get placeKey() { return `itguide:place:${location.pathname}`; }

  // To a place in the page, and there again whenever what stands above it changes height, until the page has been
  // still for eight seconds or the reader has moved on.
  goTo(place) {
    const still = 8000;
    let end = 0;
    const follow = () => { goToAnchor(this.panel, place); clearTimeout(end); end = setTimeout(stop, still); };
    const seen = new ResizeObserver(follow);
    const stop = () => { seen.disconnect(); clearTimeout(end); };
    for (const type of ["wheel", "touchmove", "pointerdown", "keydown"])
      window.addEventListener(type, stop, { once: true, capture: true, passive: true });
    for (const cell of this.panel.content.widgets) seen.observe(cell.node);
    follow();
  }

  // A plain sentence instead of a traceback.
  apologise(cell) {
    const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const html = `<div class="itguide-failed" role="alert"><p>${escape(this.say("failed"))}</p>`
      + `<p><a href="${escape(location.pathname + location.search)}">${escape(this.say("reload"))}</a></p></div>`;
    cell.model.outputs.fromJSON([{ output_type: "display_data", data: { "text/html": html }, metadata: {} }]);
    document.body.dataset.itguideFailed = "true";
  }
}
