// The page of one case: draws the document, carries edits to the kernel, shows what comes back.

const ORDER = ["brief", "predict", "declare", "decide", "consequence", "justify", "notes", "own", "check"];

function clock(iso, lang) {
  if (!iso) return "";
  return new Date(iso).toLocaleTimeString(lang === "qps" ? "en" : lang, { hour: "2-digit", minute: "2-digit", hour12: false });
}

// Where this server's pages begin, under whatever address this page has.
function serverBase() {
  const at = location.pathname.search(/\/(notebooks|lab|doc)\//);
  return at < 0 ? "/" : location.pathname.slice(0, at + 1);
}

// An author's text; [words](itguide:measures) leads to a page of the course, beside the case.
function prose(html) {
  const el = h("div", { class: "ig-prose", html });
  for (const a of el.querySelectorAll('a[href^="itguide:"]')) {
    a.href = `${serverBase()}itguide/${a.getAttribute("href").slice("itguide:".length)}`;
    a.target = "_blank";
    a.rel = "noopener";
  }
  return el;
}

class CasePage {
  constructor(model, el) {
    Object.assign(this, { model, el, doc: model.get("doc"), state: model.get("state"), controls: {}, savedAt: "", note: "" });
    this.t = speaker(this.doc.words, this.doc.lang);
    this.scope = this.doc.case;
    this.outbox = new Outbox(this.scope, (message) => model.send(message), () => this.status());
    this.outbox.revs = { ...this.state.revs };
    this.savedAt = this.state.saved_at;
    this.live = h("div", { class: "ig-sr", "aria-live": "polite", role: "status" });
    this.listeners = new AbortController();
    const on = (target, type, fn) => target.addEventListener(type, fn, { signal: this.listeners.signal });
    on(window, "pagehide", () => this.outbox.flush());
    on(document, "visibilitychange", () => document.hidden && this.outbox.flush());
    on(window, "itguide:kernel", (event) => this.kernel(event.detail.state));
    this.receive = (message) => this.reply(message);
    model.on("msg:custom", this.receive);
    this.draw();
    this.restore();
    if (this.doc.commit) setTimeout(() => this.outbox.stopped || this.say({ type: "warm", seq: -1 }), 1500);
  }

  // Work that can wait until the reader comes near.
  whenSeen(el, work) {
    this.seen?.disconnect();
    this.seen = new IntersectionObserver((entries) => {
      if (!entries.some((e) => e.isIntersecting)) return;
      this.seen.disconnect();
      work();
    }, { rootMargin: "800px" });
    this.seen.observe(el);
  }

  say(message) {
    try { this.model.send(message); } catch { /* no kernel: the page will run again */ }
  }

  // ---- drawing

  draw() {
    const { doc, t } = this;
    this.steps = {};
    const head = h("header", { class: "ig-case-head" },
      h("p", { class: "ig-kicker" }, doc.kicker, " · ", t("page.minutes", { n: doc.minutes, count: doc.minutes })),
      h("h2", { id: `ig-${doc.case}` }, doc.title));
    this.banner = h("div", { class: "ig-banner", role: "alert", hidden: true });
    this.root = h("article", { class: "ig-case", lang: doc.lang, "aria-labelledby": `ig-${doc.case}` }, head, this.banner, this.live);
    for (const name of ORDER) {
      const step = this.step(name);
      if (step) { this.steps[name] = step; }
    }
    const decision = h("div", { class: `ig-decide ${this.wide() ? "ig-wide" : ""}` }, this.steps.decide, this.steps.consequence);
    for (const name of ORDER) {
      if (name === "decide") { if (this.steps.decide) this.root.append(decision); continue; }
      if (name === "consequence" && this.steps.decide) continue;
      if (this.steps[name]) this.root.append(this.steps[name]);
    }
    this.el.replaceChildren(this.root);
    this.showState();
  }

  wide() {
    const decisions = this.doc.questions.filter((q) => q.phase === "decide");
    return decisions.length > 2 || decisions.some((q) => ["schedule", "classify", "link", "inject", "place", "lanes"].includes(q.kind));
  }

  step(name) {
    const { doc, t } = this;
    const questions = doc.questions.filter((q) => q.phase === name);
    const section = (...inside) => h("section", { class: `ig-step ig-step-${name}`, "aria-labelledby": `ig-${doc.case}-${name} ig-${doc.case}`, "data-step": name },
      h("h3", { id: `ig-${doc.case}-${name}` }, t(`step.${name === "predict" && !doc.commit ? "begin" : name}`)), inside);
    if (name === "brief")
      return doc.brief ? section(prose(doc.brief), this.sources(doc.sources)) : null;
    if (name === "consequence") {
      if (!doc.commit) return null;
      this.consequence = h("div", { class: "ig-consequence", tabindex: "-1" });
      return section(this.consequence);
    }
    if (name === "notes") {
      this.notes = h("div", {});
      return section(this.notes);
    }
    if (!questions.length) return null;
    let hour; // of the inject before: each decision is asked at an hour
    const inside = questions.map((q) => {
      const timed = { ...q, since: hour };
      if (q.kind === "inject") hour = q.hour;
      return this.question(timed);
    });
    if (name === "own") inside.unshift(h("p", { class: "ig-private-note" }, t("page.private")));
    if (name === "decide") inside.push(this.commitRow());
    const made = section(inside);
    if (name === "own") {
      made.classList.add("ig-private");
      made.append(this.picture = h("div", { class: "ig-own-picture", hidden: true }));
    }
    return made;
  }

  sources(list) {
    return list ? h("details", { class: "ig-sources" }, h("summary", {}, this.t("page.references")), h("div", { html: list })) : null;
  }

  question(q) {
    const uid = `ig-${this.doc.case}-${q.id}`;
    const grouped = q.kind !== "text" && q.kind !== "number";
    const box = h("div", { class: `ig-question ig-kind-${q.kind}`, "data-q": q.id, role: grouped ? "group" : undefined,
      "aria-labelledby": grouped ? `${uid}--prompt` : undefined },
      q.kind !== "inject" && q.since !== undefined ? h("p", { class: "ig-hour" }, this.t("kind.inject_hour", { hour: q.since })) : null,
      h("p", { class: "ig-prompt", id: `${uid}--prompt` }, grouped ? h("span", { html: q.prompt }) : h("label", { for: `${uid}-field`, html: q.prompt })),
      q.help ? h("div", { class: "ig-help", id: `${uid}--help`, html: q.help }) : null);
    if (q.criteria.length)
      box.append(h("p", { class: "ig-criteria" }, this.t("page.criteria"), ": ", q.criteria.join(" · ")));
    const slot = h("div", { class: "ig-control" });
    const problems = h("ul", { class: "ig-problems", id: `${uid}--problems`, "aria-live": "polite" });
    const after = h("div", { class: "ig-after" });
    box.append(slot, problems, after);
    this.controls[q.id] = { q, box, slot, problems, after, uid };
    this.makeControl(this.controls[q.id], this.state.values[q.id]);
    return box;
  }

  makeControl(c, value) {
    const notes = (this.state.option_notes || {})[c.q.id] || {};
    const q = { ...c.q, options: c.q.options.map((o) => ({ ...o, note: notes[o.id] })) };
    c.noted = Object.keys(notes).length > 0;
    c.control = kinds[q.kind](q, {
      t: this.t, uid: c.uid, value, h, lang: this.doc.lang,
      labelledby: `${c.uid}--prompt`, describedby: `${c.uid}--problems`,
      announce: (text) => { this.live.textContent = text; },
      change: (now, { typing = false } = {}) => {
        if (q.kind === "inject") { this.readOn(q.id, now); return; }
        c.value = now;
        this.outbox.edit(q.id, now, typing);
      },
    });
    c.value = value;
    c.slot.replaceChildren(c.control.el);
    if (q.kind === "text" || q.kind === "number")
      c.slot.addEventListener("focusout", () => this.outbox.flush());
  }

  commitRow() {
    this.commitButton = h("button", { type: "button", class: "ig-commit", onclick: () => this.commit() }, this.doc.commit);
    this.commitSays = h("div", { class: "ig-commit-says", "aria-live": "polite" });
    this.standing = h("p", { class: "ig-standing", role: "status", hidden: true });
    return h("div", { class: "ig-commit-row", hidden: this.state.sealed }, this.commitButton, this.standing, this.commitSays);
  }

  // Reading on closes what came before: first everything typed is saved, then the message is opened.
  readOn(id, value) {
    this.reading = { id, value };
    this.outbox.flush();
    this.tryReadOn();
  }

  tryReadOn() {
    if (!this.reading || this.outbox.busy) return;
    const { id, value } = this.reading;
    this.reading = undefined;
    this.outbox.edit(id, value, false);
  }

  // What an inject brought: the page anew, with the reader at the message.
  arrive(message) {
    Object.assign(this, { doc: message.doc, state: message.state, controls: {}, shownRound: undefined, notesShown: undefined });
    this.outbox.revs = { ...message.state.revs };
    this.draw();
    this.restore();
    const { box, control } = this.controls[message.q];
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    box.classList.add("ig-arrived");
    box.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    control.focus();
  }

  // ---- state

  showState() {
    const s = this.state;
    for (const [id, c] of Object.entries(this.controls)) {
      const hasNotes = Object.keys((s.option_notes || {})[id] || {}).length > 0;
      if (hasNotes && !c.noted) this.makeControl(c, c.value);
      this.showLive(id, s.live[id]);
    }
    for (const name of ["justify", "notes", "own", "check"])
      if (this.steps[name]) this.steps[name].hidden = !s.revealed || (name === "notes" && !s.notes);
    if (this.notes && s.notes && this.notesShown !== s.notes) {
      this.notesShown = s.notes;
      this.notes.replaceChildren(prose(s.notes), this.sources(s.sources) || "");
    }
    if (this.commitButton) this.commitButton.textContent = s.rounds.length ? this.doc.again : this.doc.commit;
    if (this.consequence) {
      this.steps.consequence.hidden = Boolean(s.sealed);
      this.showConsequence();
    }
    this.showPicture(s.picture);
    this.enable();
    this.status();
  }

  showLive(id, live) {
    const c = this.controls[id];
    if (!c || !live) return;
    c.control.live?.(live);
    c.problems.replaceChildren(...live.problems.map((p) => h("li", {}, p)));
    c.box.classList.toggle("ig-has-problems", live.problems.length > 0);
    c.after.replaceChildren();
    if (live.check)
      c.after.append(h("div", { class: `ig-check ${live.check.right ? "ig-right" : "ig-wrong"}` },
        h("div", { html: this.t(live.check.right ? "page.right" : "page.wrong", { explain: "" }) }), prose(live.check.html)));
    if ((this.state.locked || []).includes(id)) c.after.append(h("p", { class: "ig-locked" },
      (this.state.passed || {})[id] === undefined ? this.t("page.locked") : this.t("kind.inject_passed", { hour: this.state.passed[id] })));
  }

  enable() {
    const open = !this.outbox.late && !this.state.read_only;
    for (const [id, c] of Object.entries(this.controls)) c.control.enable(open && !(this.state.locked || []).includes(id));
    if (this.commitButton) this.commitButton.disabled = !open || this.committing || this.state.rounds_left === 0;
    this.wasOpen = open;
  }

  status() {
    const late = this.outbox.late;
    const state = late ? "lost" : this.outbox.busy ? "saving" : this.savedAt ? "saved" : "idle";
    const text = this.t(`save.${state}`, { time: clock(this.savedAt, this.doc.lang) });
    // In the reading view the bar says that the course is out of reach; once is enough.
    const shellSaysIt = ["lost", "restarting"].includes(document.body.dataset.itguideKernel);
    const says = [this.state.aside, this.state.read_only && this.t("page.read_only"), late && !shellSaysIt && this.t("save.lost")].filter(Boolean);
    const words = says.join(" ");
    if (this.banner.dataset.says !== words) {
      this.banner.dataset.says = words;
      this.banner.hidden = !words;
      this.banner.replaceChildren(...says.map((s) => h("p", {}, s)));
      this.banner.classList.toggle("ig-lost", late);
    }
    if (late === this.wasOpen) this.enable();
    this.root.dataset.saved = state;
    if (this.standing) {
      const changed = this.state.standing === "changed";
      this.standing.hidden = !changed;
      this.standing.textContent = changed ? this.t("page.changed", { n: this.state.rounds.length, commit: this.doc.again }) : "";
    }
    const [n, of] = this.state.progress;
    window.dispatchEvent(new CustomEvent("itguide:status",
      { detail: { case: this.doc.case, title: this.doc.title, step: this.t("page.answered", { n, of }), saved: late ? this.t("save.lost") : text, state } }));
  }

  // ---- consequence

  showConsequence() {
    const told = this.state.consequence;
    if (!told && this.state.rounds.length) {
      this.consequence.replaceChildren(h("p", { class: "ig-wait" }, this.t("page.telling")));
      this.whenSeen(this.consequence, () => this.say({ type: "told", seq: -1 }));
      return;
    }
    if (!told) {
      this.consequence.replaceChildren(h("p", { class: "ig-empty" }, this.t("page.before_round")));
      return;
    }
    if (this.shownRound === told.n) return;
    this.shownRound = told.n;
    const parts = [
      h("p", { class: "ig-round-number" }, this.t("page.round", { n: told.n })),
      h("p", { class: "ig-headline" }, told.headline),
      told.lines.map((line) => h("p", { class: "ig-line" }, line)),
      told.figures.map((figure) => this.figure(figure)),
    ];
    if (told.has_why) {
      this.why = h("div", { class: "ig-why", "aria-live": "polite" }, h("h4", {}, this.t("step.why")), h("p", { class: "ig-wait" }, this.t("page.why_wait")));
      parts.push(this.why);
      this.say({ type: "why", seq: -1 });
    }
    if (told.cost.length) parts.push(h("div", { class: "ig-cost" }, h("h4", {}, this.t("page.cost")), h("ul", {}, told.cost.map((c) => h("li", {}, c)))));
    const expected = told.expected.filter((e) => e.value !== undefined && e.value !== null);
    if (expected.length)
      parts.push(h("div", { class: "ig-expected" }, h("h4", {}, this.t("page.predicted")),
        expected.map((e) => h("div", { class: "ig-guess" }, h("p", { html: e.prompt }), h("dl", {},
          h("div", {}, h("dt", {}, this.t("page.guess")), h("dd", {}, this.shown(e.q, e.value))),
          e.came === null ? null : h("div", {}, h("dt", {}, this.t("page.came")), h("dd", {}, this.shown(e.q, e.came))))))));
    if (this.state.rounds.length > 1)
      parts.push(h("details", { class: "ig-rounds" }, h("summary", {}, this.t("page.history")),
        h("ol", {}, this.state.rounds.map((r) => h("li", {}, r.headline || clock(r.at, this.doc.lang))))));
    this.consequence.replaceChildren(...parts.flat());
  }

  shown(id, value) {
    const q = this.controls[id]?.q;
    const label = (v) => q?.options.find((o) => o.id === v)?.label ?? String(v);
    if (typeof value === "number") return amount(value, q?.unit, this.doc.lang);
    return Array.isArray(value) ? value.map(label).join(", ") : label(value);
  }

  figure(f) {
    const drawing = h("div", { class: "ig-drawing", html: f.svg });
    const svg = drawing.querySelector("svg");
    if (svg) { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", f.alt); svg.removeAttribute("aria-labelledby"); }
    const table = f.rows.length
      ? h("details", { class: "ig-table" }, h("summary", {}, this.t("page.figures_table")),
          h("table", {}, h("thead", {}, h("tr", {}, f.columns.map((c) => (c ? h("th", { scope: "col" }, c) : h("td", {}))))),
            h("tbody", {}, f.rows.map((row) => h("tr", {}, row.map((cell, n) => (n ? h("td", {}, cell) : h("th", { scope: "row" }, cell))))))))
      : null;
    return h("figure", { class: "ig-figure" }, h("figcaption", {}, f.title), drawing,
      f.source ? h("p", { class: "ig-source" }, f.source) : null, table);
  }

  // What the private answers show; nobody else sees it, and it is kept nowhere.
  showPicture(told) {
    if (!this.picture) return;
    this.picture.hidden = !told;
    if (!told) return;
    const open = this.picture.querySelector("details")?.open;
    this.picture.replaceChildren(h("p", { class: "ig-headline" }, told.headline), ...told.figures.map((f) => this.figure(f)),
      ...(told.lines.length ? [h("ul", {}, told.lines.map((line) => h("li", {}, line)))] : []));
    const table = this.picture.querySelector("details");
    if (table && open) table.open = true;
  }

  showWhy(causes) {
    if (!this.why) return;
    this.why.replaceChildren(h("h4", {}, this.t("step.why")), causes.length ? h("p", { class: "ig-hint" }, this.t("page.why_bars")) : "",
      h("ul", {}, causes.map((c) => h("li", { class: c.share < 0 ? "ig-down" : "ig-up" },
        h("span", { class: "ig-cause" }, c.label), " ", h("span", { class: "ig-effect" }, c.effect),
        h("span", { class: "ig-bar", style: `--share:${Math.min(1, Math.abs(c.share))}`, "aria-hidden": "true" })))));
  }

  commit() {
    this.outbox.flush();
    this.committing = true;
    this.commitPending = true;
    this.commitSays.replaceChildren();
    this.tryCommit();
  }

  tryCommit() {
    // A round commits what is saved: wait until everything typed is.
    if (!this.commitPending || this.outbox.busy) return;
    this.commitPending = false;
    this.say({ type: "commit", revs: this.outbox.revs, seq: ++this.outbox.seq });
  }

  // ---- what the kernel says

  reply(message) {
    const c = this.controls[message.q];
    if (message.type === "saved" && this.outbox.settled(message)) {
      this.savedAt = message.at;
      this.state.progress = message.progress;
      this.state.standing = message.standing;
      if (message.picture !== undefined) this.showPicture(message.picture);
      this.state.live[message.q] = message.live;
      if (!unconfirmed.all(this.scope)[message.q]) {
        c.value = message.value;
        this.showLive(message.q, message.live);
      }
      this.status();
      this.tryCommit();
      this.tryReadOn();
    } else if (message.type === "conflict") {
      if (this.outbox.settled(message)) this.conflict(c, message);
    } else if (message.type === "refused") {
      this.outbox.settled(message);
      this.committing = this.commitPending = false;
      this.reading = undefined;
      (c ? c.problems : this.commitSays).replaceChildren(h(c ? "li" : "p", {}, message.says));
      this.enable();
    } else if (message.type === "incomplete") {
      this.committing = false;
      this.commitSays.replaceChildren(h("ul", {}, message.problems.map((p) => h("li", {}, this.problemLink(p)))));
      this.enable();
      this.commitSays.querySelector("button")?.focus();
    } else if (message.type === "committed") {
      this.committing = false;
      this.state = message.state;
      this.outbox.revs = { ...message.state.revs };
      this.commitSays.replaceChildren();
      this.showState();
      this.consequence.classList.add("ig-changed");
      setTimeout(() => this.consequence.classList.remove("ig-changed"), 1200);
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.steps.consequence.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
      this.consequence.focus({ preventScroll: true });
      this.live.textContent = this.state.consequence.headline;
    } else if (message.type === "moved") {
      this.committing = false;
      for (const { q, theirs, rev } of message.changes) {
        const moved = this.controls[q];
        if (sameValue(moved.value, theirs)) { this.outbox.revs[q] = rev; continue; }
        unconfirmed.keep(this.scope, q, { value: moved.value ?? null, rev });
        this.conflict(moved, { q, theirs, rev });
      }
      const open = this.el.querySelector(".ig-conflict");
      if (open) open.scrollIntoView({ block: "center" });
      else this.commit();
      this.enable();
    } else if (message.type === "revealed") {
      this.arrive(message);
    } else if (message.type === "told") {
      this.state.consequence = message.told;
      this.showConsequence();
    } else if (message.type === "why") this.showWhy(message.causes);
  }

  problemLink(p) {
    if (!p.q) return p.says;
    return h("button", { type: "button", class: "ig-link", onclick: () => {
      this.controls[p.q].box.scrollIntoView({ block: "center" });
      this.controls[p.q].control.focus();
    } }, p.says);
  }

  conflict(c, message) {
    this.outbox.held.add(message.q);
    const mine = unconfirmed.all(this.scope)[message.q]?.value;
    const close = () => { c.after.replaceChildren(); this.outbox.held.delete(message.q); };
    const side = (title, value, label, fn) => h("div", {}, h("h4", {}, title), h("p", {}, this.summary(message.q, value)),
      h("button", { type: "button", onclick: () => { close(); fn(); this.tryCommit(); this.tryReadOn(); } }, label));
    this.outbox.revs[message.q] = message.rev;
    c.after.replaceChildren(h("div", { class: "ig-conflict", role: "alert" }, h("p", {}, this.t("save.conflict")),
      side(this.t("save.conflict_mine"), mine, this.t("save.keep_mine"), () => {
        const latest = unconfirmed.all(this.scope)[message.q]?.value ?? mine; // typing may have gone on
        unconfirmed.drop(this.scope, message.q);
        this.outbox.edit(message.q, latest, false);
      }),
      side(this.t("save.conflict_theirs"), message.theirs, this.t("save.keep_theirs"), () => {
        unconfirmed.drop(this.scope, message.q);
        c.value = message.theirs;
        c.control.set(message.theirs);
        this.status();
      })));
  }

  summary(id, value) {
    const q = this.controls[id].q;
    const name = (v) => q.options.find((o) => o.id === v)?.label ?? v;
    if (value === null || value === undefined) return "—";
    if (Array.isArray(value)) return value.map((v) => (Array.isArray(v) ? v.map(name).join(" → ") : name(v))).join(", ");
    if (typeof value === "object") {
      const of = (v) => q.categories.find((x) => x.id === v)?.label ?? q.periods[v - 1]?.label ?? v;
      return Object.entries(value).map(([k, v]) => `${name(k)}: ${q.kind === "allocate" ? v : of(v)}`).join(", ");
    }
    return this.shown(id, value);
  }

  // ---- the connection

  kernel(state) {
    this.outbox.quiet = state !== "ready";
    this.status();
  }

  restore() {
    for (const [id, entry] of Object.entries(unconfirmed.all(this.scope))) {
      const c = this.controls[id];
      if (!c) { unconfirmed.drop(this.scope, id); continue; }
      c.value = entry.value;
      c.control.set(entry.value);
    }
    this.outbox.again();
    const focus = window.__itguideFocus;
    if (focus && focus.case === this.scope && this.controls[focus.q]) {
      const c = this.controls[focus.q];
      c.control.focus();
      const field = c.slot.querySelector("textarea, input");
      if (field && focus.at !== undefined && field.setSelectionRange && field.type !== "range" && field.type !== "radio" && field.type !== "checkbox")
        try { field.setSelectionRange(focus.at, focus.at); } catch { /* a number field has no caret to place */ }
    }
    window.__itguideFocus = undefined;
    this.root.addEventListener("focusin", (event) => {
      const box = event.target.closest("[data-q]");
      if (box) window.__itguideFocusNow = { case: this.scope, q: box.dataset.q, field: event.target };
    });
  }

  // The widget goes away (the page re-runs): remember where the reader was.
  leave() {
    for (const c of Object.values(this.controls)) clearTimeout(this.outbox.timers[c.q.id]);
    const now = window.__itguideFocusNow;
    if (now && now.case === this.scope && this.root.contains(now.field) && (document.activeElement === now.field || !this.root.isConnected)) {
      let at;
      try { at = now.field.selectionStart ?? undefined; } catch { at = undefined; }
      window.__itguideFocus = { case: now.case, q: now.q, at };
    }
    this.seen?.disconnect();
    this.listeners.abort();
    this.outbox.stopped = true;
    this.model.off("msg:custom", this.receive);
  }
}

class HandInPage {
  constructor(model, el) {
    Object.assign(this, { model, el, doc: model.get("doc"), state: model.get("state") });
    this.t = speaker(this.doc.words, this.doc.lang);
    this.receive = (message) => {
      this.waiting = false;
      if (message.state) this.state = message.state;
      this.says = message.says;
      this.draw();
      if (message.type === "handed") this.el.querySelector(".ig-receipt")?.focus();
    };
    model.on("msg:custom", this.receive);
    this.refresh = () => model.send({ type: "look", seq: 0 });
    window.addEventListener("itguide:status", this.refreshSoon = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.refresh, 900);
    });
    this.draw();
  }

  draw() {
    const { t, state } = this;
    const rows = state.cases.map((c) => h("tr", {}, h("th", { scope: "row" }, c.title), h("td", {}, t("page.answered", { n: c.n, of: c.of }),
      c.standing === "decided" ? null : h("p", { class: "ig-standing" }, t(`handin.standing_${c.standing}`))),
      h("td", { "aria-hidden": "true" }, h("span", { class: "ig-progress", style: `--share:${c.of ? c.n / c.of : 1}` }))));
    const receipt = state.receipt
      ? h("div", { class: "ig-receipt", tabindex: "-1", role: "status" },
          h("p", {}, t("handin.done", { time: clock(state.receipt.at, this.doc.lang) })),
          h("p", { class: "ig-receipt-code" }, state.receipt.code),
          h("p", {}, t("handin.file", { file: state.receipt.file, folder: state.receipt.path.split("/")[0] })),
          h("p", {}, h("a", { class: "ig-download", href: this.fileUrl(state.receipt.path), download: state.receipt.file }, t("handin.download"))),
          state.receipt.changed ? h("p", {}, t("handin.changed")) : null)
      : null;
    this.el.replaceChildren(h("article", { class: "ig-case ig-handin", lang: this.doc.lang },
      h("section", { class: "ig-step ig-step-handin", "aria-labelledby": "ig-handin" },
        h("h2", { id: "ig-handin" }, t("step.handin")),
        h("p", {}, t("handin.what")),
        h("table", { class: "ig-cases" }, h("tbody", {}, rows)),
        h("div", { class: "ig-commit-row" },
          h("button", { type: "button", class: "ig-commit", disabled: this.waiting || state.read_only, onclick: () => {
            this.waiting = true;
            this.draw();
            this.model.send({ type: "handin", seq: 1 });
          } }, this.waiting ? t("handin.working") : t(state.receipt ? "handin.again" : "handin.button"))),
        this.says ? h("p", { class: "ig-problems", role: "alert" }, this.says) : null,
        receipt)));
  }

  fileUrl(path) {
    return `${serverBase()}files/${path.split("/").map(encodeURIComponent).join("/")}?download=1`;
  }

  leave() {
    clearTimeout(this.timer);
    window.removeEventListener("itguide:status", this.refreshSoon);
    this.model.off("msg:custom", this.receive);
  }
}

export default {
  render({ model, el }) {
    const doc = model.get("doc");
    if (doc.type === "notice") {
      const t = speaker(doc.words, doc.lang);
      el.replaceChildren(h("article", { class: "ig-case ig-notice", lang: doc.lang, role: "alert" }, h("h2", {}, t("page.case_failed")), h("p", {}, doc.says)));
      return undefined;
    }
    const page = doc.type === "handin" ? new HandInPage(model, el) : new CasePage(model, el);
    return () => page.leave();
  },
};
