// The one quiet bar: home, module, where in the case, minutes, what is saved, languages; and one line under
// it when there is something to say about the connection.

const h = (tag, attrs = {}, ...inside) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attrs)) if (value !== undefined) node.setAttribute(key, value);
  node.append(...inside);
  return node;
};

const HEIGHT = 58; // of the bar, as in shell.css

// Names of languages in themselves, as the home page has them.
const AUTONYMS = { en: "English", es: "Español", fr: "Français", pt: "Português", ar: "العربية", qps: "[Þšéûðô]" };

export function homeUrl(PageConfig, lang) {
  const home = PageConfig.getOption("itguideHome") || `${PageConfig.getBaseUrl()}itguide/`;
  return `${home}?lang=${encodeURIComponent(lang)}`;
}

export class Bar {
  constructor(say, told, home, panel, { Widget }) {
    Object.assign(this, { say, told, panel, cases: new Map() });
    this.step = h("span", { class: "itguide-bar-step" });
    this.saved = h("span", { class: "itguide-bar-saved", "data-state": "idle" }, say("idle"));
    this.notice = h("div", { class: "itguide-notice", role: "status", hidden: "" });
    const languages = told.languages ?? [];
    const node = h("nav", { class: "itguide-bar", "aria-label": say("bar") },
      h("a", { class: "itguide-bar-home", href: home }, h("span", { "aria-hidden": "true" }, "←"), ` ${say("home")}`),
      h("span", { class: "itguide-bar-title" }, told.title),
      this.step,
      h("span", { class: "itguide-bar-minutes" }, say("minutes", { minutes: told.minutes })),
      this.saved,
      languages.length > 1 ? h("span", { class: "itguide-bar-languages" }, ...languages.map((code) => this.language(code))) : "");
    this.widget = new Widget({ node: h("div", { class: "itguide-top" }, node, this.notice) });
    this.widget.id = "itguide-bar";
    panel.contentHeader.addWidget(this.widget);
    window.addEventListener("itguide:status", (event) => this.status(event.detail));
    let waiting = false;
    window.addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; this.place(); });
    }, { capture: true, passive: true });
  }

  // A link to the same module in another language, to the same place in it.
  language(code) {
    const same = code === this.told.lang;
    const href = `${this.told.module}.${code}.ipynb`;
    const link = h("a", { href, lang: code, hreflang: code, "aria-current": same ? "true" : undefined }, AUTONYMS[code] ?? code);
    const aim = () => { const anchor = currentAnchor(this.panel); link.href = anchor ? `${href}#${anchor}` : href; };
    for (const type of ["pointerdown", "focus", "mouseenter"]) link.addEventListener(type, aim);
    return link;
  }

  status(detail) {
    if (!detail) return;
    this.cases.set(detail.case, detail);
    const all = [...this.cases.values()];
    // One answer that is not safe outweighs any that are.
    const worst = all.find((d) => d.state === "lost") ?? all.find((d) => d.state === "saving") ?? detail;
    const last = all.filter((d) => d.state === "saved").pop();
    const shown = worst.state === "idle" && last ? last : worst;
    const words = { lost: this.say("not_saved"), saving: this.say("saving"), idle: this.say("idle") };
    this.saved.textContent = words[shown.state] ?? shown.saved ?? "";
    this.saved.dataset.state = shown.state;
    this.place();
  }

  // Says which case the reader is at, the one under the middle of the window, and how far it is answered.
  place() {
    const middle = window.innerHeight / 2;
    const at = [...this.cases.values()].find((d) => {
      const box = document.querySelector(`article[aria-labelledby="ig-${CSS.escape(d.case)}"]`)?.getBoundingClientRect();
      return box && box.top <= middle && box.bottom >= middle;
    });
    const words = !at ? "" : at.title ? `${at.title}: ${at.step ?? ""}` : at.step ?? "";
    if (this.step.textContent === words) return;
    this.step.textContent = words;
    this.step.title = words;
  }

  // One plain sentence under the bar, with a way out where there is one.
  tell(name, { reload = false, passing = false } = {}) {
    clearTimeout(this.timer);
    const words = h("span", {}, this.say(name));
    const inside = [words];
    if (reload) {
      const link = h("a", { href: location.href }, this.say("reload"));
      link.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
      inside.push(" ", link);
    }
    this.notice.dataset.name = name;
    this.notice.replaceChildren(...inside);
    this.notice.hidden = false;
    this.fit();
    if (passing) this.timer = setTimeout(() => this.hush(), 4000);
  }

  hush() {
    clearTimeout(this.timer);
    this.notice.hidden = true;
    this.notice.replaceChildren();
    delete this.notice.dataset.name;
    this.fit();
  }

  // Makes room for the line, and scrolls by as much, so that nothing the reader looks at moves.
  fit() {
    const scroller = scrollerOf(this.panel);
    const before = scroller.getBoundingClientRect().top;
    this.widget.node.style.minHeight = this.notice.hidden ? "" : `${HEIGHT + this.notice.offsetHeight}px`;
    this.widget.parent?.fit();
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const moved = scroller.getBoundingClientRect().top - before;
      if (scroller.scrollTop > 0) scroller.scrollTop += moved;
    }));
  }
}

// ---- places in the page that have the same name in every language

const marked = (panel) => [
  ...panel.content.widgets.map((cell) => [`cell-${cell.model.id}`, cell.node]),
  ...[...panel.content.node.querySelectorAll(".jp-OutputArea-output [id^='ig-']:is(section, h2, h3)")].map((el) => [el.id, el]),
];

// The last marked place above the middle of the window; nothing while the reader is still at the top.
export function currentAnchor(panel) {
  const scroller = scrollerOf(panel);
  if (scroller.scrollTop < 80) return "";
  const passed = marked(panel).map(([id, el]) => [id, el.getBoundingClientRect().top])
    .filter(([, top]) => top < window.innerHeight / 2).sort((a, b) => a[1] - b[1]);
  return passed.length ? passed[passed.length - 1][0] : "";
}

export function goToAnchor(panel, hash) {
  const wanted = decodeURIComponent(hash.replace(/^#/, ""));
  const found = wanted && marked(panel).find(([id]) => id === wanted);
  if (found) found[1].scrollIntoView({ block: "start" });
}

export const scrollerOf = (panel) => panel.content.node.querySelector(".jp-WindowedPanel-outer") ?? panel.content.node;
