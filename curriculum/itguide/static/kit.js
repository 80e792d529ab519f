// The kit: what every control and the page itself are built from.

const kinds = {};

// A DOM element: h("label", {class: "x", for: id, onclick: fn, html: trusted}, child, "text", ...)
function h(tag, attrs, ...children) {
  const svg = ["svg", "path", "line", "rect", "circle", "g", "text", "marker", "defs", "polyline"].includes(tag);
  const el = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attrs || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "html") el.innerHTML = value;
    else if (key === "value") el.value = value;
    else if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else el.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat(3)) {
    if (child === undefined || child === null || child === false) continue;
    el.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return el;
}

// Templates as in Python: {name}, {name:0}, {name:pct}; numbers as the language writes them.
function fill(template, values, lang) {
  const locale = lang === "qps" ? "en" : lang;
  return template.replace(/\{(\w+)(?::(\w+))?\}/g, (whole, name, spec) => {
    const value = (values || {})[name];
    if (value === undefined) return whole;
    if (typeof value !== "number") return String(value);
    if (spec === "pct" || spec === "pct1")
      return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: spec === "pct1" ? 1 : 0 }).format(value);
    const digits = spec === undefined ? 1 : Number(spec);
    return new Intl.NumberFormat(locale, { maximumFractionDigits: digits, minimumFractionDigits: spec === undefined ? 0 : digits }).format(value);
  });
}

// A quantity with its unit; a unit like "US$ {n} m" says where the number goes.
function amount(n, unit, lang) {
  return fill(unit && unit.includes("{n}") ? unit : `{n} ${unit || ""}`, { n }, lang).trim();
}

// Looks a template up in the tables the document brought; plural forms by `count`.
function speaker(words, lang) {
  return (path, values) => {
    const dot = path.indexOf(".");
    const table = words[path.slice(0, dot)] || {};
    const name = path.slice(dot + 1);
    const form = (values || {}).count === 1 ? "one" : "other";
    const template = table[name] ?? table[`${name}.${form}`] ?? table[`${name}.other`] ?? path;
    return fill(template, values, lang);
  };
}

function sameValue(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => sameValue(a[k], b[k]));
}

// What was typed and is not yet confirmed: outlives the widget (the page re-runs after a kernel restart)
// and, in sessionStorage, a reload.
const unconfirmed = (() => {
  const memory = (window.__itguideUnconfirmed = window.__itguideUnconfirmed || {});
  const key = (scope) => `itguide:${location.pathname}:${scope}`;
  return {
    all(scope) {
      if (!memory[scope]) {
        try { memory[scope] = JSON.parse(sessionStorage.getItem(key(scope)) || "{}"); } catch { memory[scope] = {}; }
      }
      return memory[scope];
    },
    keep(scope, question, entry) {
      this.all(scope)[question] = entry;
      this.write(scope);
    },
    drop(scope, question) {
      delete this.all(scope)[question];
      this.write(scope);
    },
    write(scope) {
      try { sessionStorage.setItem(key(scope), JSON.stringify(memory[scope])); } catch { /* memory still has it */ }
    },
  };
})();

// Sends answers one revision at a time per question and knows which are confirmed.
class Outbox {
  constructor(scope, send, changed) {
    Object.assign(this, { scope, send, changed, seq: 0, flying: {}, timers: {}, revs: {}, stopped: false });
    this.held = new Set(); // questions in conflict: nothing goes out until the reader has chosen
    this.quiet = false; // true while the connection is known to be gone
  }

  edit(question, value, typing) {
    const kept = unconfirmed.all(this.scope)[question];
    unconfirmed.keep(this.scope, question, { value, rev: kept ? kept.rev : this.revs[question] || 0 });
    clearTimeout(this.timers[question]);
    if (typing) this.timers[question] = setTimeout(() => this.post(question), 400);
    else this.post(question);
    this.changed();
  }

  flush() {
    for (const question of Object.keys(unconfirmed.all(this.scope))) if (!this.flying[question]) this.post(question);
  }

  post(question) {
    clearTimeout(this.timers[question]);
    const entry = unconfirmed.all(this.scope)[question];
    if (!entry || this.flying[question] || this.held.has(question) || this.stopped) return;
    const seq = ++this.seq;
    this.flying[question] = { seq, value: entry.value, since: Date.now() };
    try {
      this.send({ type: "set", q: question, value: entry.value, rev: entry.rev, seq });
    } catch { /* no kernel to send to: it stays unconfirmed and goes out again after the restart */ }
    setTimeout(() => { if (this.flying[question]?.seq === seq) this.changed(); }, 2050);
  }

  // A reply to one of our messages; true if it belongs to us and is the newest word on its question.
  settled(reply) {
    const flight = this.flying[reply.q];
    if (!flight || flight.seq !== reply.seq) return false;
    delete this.flying[reply.q];
    const entry = unconfirmed.all(this.scope)[reply.q];
    if (reply.type === "saved") {
      this.revs[reply.q] = reply.rev;
      if (entry && sameValue(entry.value, flight.value)) unconfirmed.drop(this.scope, reply.q);
      else if (entry) { unconfirmed.keep(this.scope, reply.q, { ...entry, rev: reply.rev }); this.post(reply.q); }
    } else if (reply.type === "refused") {
      if (entry && sameValue(entry.value, flight.value)) unconfirmed.drop(this.scope, reply.q);
      else this.post(reply.q);
    }
    this.changed();
    return true;
  }

  get late() {
    return this.quiet || Object.values(this.flying).some((f) => Date.now() - f.since > 2000);
  }

  get busy() {
    return Object.keys(unconfirmed.all(this.scope)).length > 0;
  }

  // After a restart nothing in flight will be answered: everything unconfirmed goes out again.
  again() {
    this.flying = {};
    this.flush();
  }
}
