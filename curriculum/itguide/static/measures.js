// The page of measures: search as one types, filters, addresses, keys. The texts stand in the page; without this file it is read from top to bottom.

(() => {
  const words = JSON.parse(document.body.dataset.words);
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = $(".sift");
  const fields = { q: $("#q"), force: $("#force"), ict: $("#ict"), article: $("#article") };
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const entries = all(".measure").map((el) => ({
    el, no: el.dataset.no, article: el.dataset.no.split(".")[0], force: el.dataset.force, ict: el.dataset.ict, text: plain(el.dataset.search),
    parts: all(".parts li", el).map((li) => ({ no: plain($(".no", li).textContent), text: plain(li.textContent) })), details: $(".parts", el),
  }));
  const lang = document.documentElement.lang;
  const figure = new Intl.NumberFormat(lang === "qps" ? "en" : lang);

  // "10.4" means that number and what is below it, not every text with a 10 and a 4 in it.
  const number = (term) => /^\d{1,2}(\.\d{1,2}){0,2}(\(\w+\))?\.?$/.test(term);
  const under = (no, term) => no === term || no.startsWith(`${term}.`) || no.startsWith(`${term}(`);
  const terms = (text) => plain(text).split(/[\s,;]+/).filter((term) => term && !/^art(icle|iculo|\.)?$/.test(term)).map((term) => (number(term) ? term.replace(/\.$/, "") : term));

  function fits(entry, wanted) {
    return wanted.every((term) => number(term)
      ? under(entry.no, term) || entry.parts.some((part) => under(part.no, term))
      : entry.text.includes(term));
  }

  function sift({ address = true } = {}) {
    const wanted = terms(fields.q.value);
    let n = 0;
    for (const entry of entries) {
      const shown = fits(entry, wanted) && ["force", "ict", "article"].every((name) => !fields[name].value || entry[name] === fields[name].value);
      entry.el.hidden = !shown;
      n += shown;
      // What was found in a paragraph is shown; what the search opened, an empty search closes.
      const within = wanted.length > 0 && shown && entry.parts.some((part) => wanted.every((term) => (number(term) ? part.no === term && term !== entry.no : part.text.includes(term))));
      if (within && !entry.details.open) { entry.details.open = true; entry.opened = true; }
      else if (!within && entry.opened) { entry.details.open = false; entry.opened = false; }
    }
    for (const chapter of all(".chapter")) chapter.hidden = all(".measure", chapter).every((el) => el.hidden);
    const set = Object.values(fields).some((field) => field.value.trim());
    for (const name of ["force", "ict", "article"]) fields[name].classList.toggle("set", Boolean(fields[name].value));
    $(".nothing").hidden = n > 0;
    $("button[type=reset]").hidden = !set;
    const said = (n === 1 ? words["found.one"] : words["found.other"]).replace("{n}", figure.format(n)).replace("{of}", figure.format(entries.length));
    $("#found").textContent = said;
    mark(wanted.filter((term) => !number(term) && term.length > 1));
    if (address) keep();
  }

  // Marks what was found without touching the text, where the browser can.
  function mark(wanted) {
    if (!window.Highlight || !CSS.highlights) return;
    CSS.highlights.delete("found");
    if (!wanted.length) return;
    const ranges = [];
    for (const { el } of entries) {
      if (el.hidden) continue;
      const walk = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const text = node.data.toLowerCase();
        for (const term of wanted)
          for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + term.length);
            ranges.push(range);
          }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  // Search and filters are part of the address, so that they can be kept as a bookmark.
  function keep() {
    const query = new URLSearchParams(location.search);
    for (const [name, field] of Object.entries(fields)) {
      if (field.value.trim()) query.set(name, field.value.trim());
      else query.delete(name);
    }
    const text = query.toString();
    history.replaceState(null, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
  }

  function goTo(hash) {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return;
    const measure = target.closest(".measure");
    if (measure?.hidden || target.closest("[hidden]")) clear();
    const details = target.closest("details");
    if (details) details.open = true;
    target.scrollIntoView({ block: "start" });
    if (measure) $("h3 a", measure).focus({ preventScroll: true });
  }

  function clear() {
    for (const field of Object.values(fields)) field.value = "";
    sift();
  }

  // ---- keys: / to search, arrows through what was found, Escape back

  function step(by) {
    const titles = entries.filter(({ el }) => !el.hidden).map(({ el }) => $("h3 a", el));
    const now = titles.findIndex((title) => title.closest(".measure").contains(document.activeElement));
    const next = titles[now + by];
    if (next) { next.focus({ preventScroll: true }); next.closest(".measure").scrollIntoView({ block: "start" }); }
    else if (by < 0) fields.q.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target.closest("input, select, textarea");
    if (event.key === "/" && !inField) { event.preventDefault(); fields.q.focus(); fields.q.select(); }
    else if (event.key === "Escape") {
      event.preventDefault();
      if (event.target === fields.q) clear();
      fields.q.focus();
    } else if (event.key === "ArrowDown" && (event.target === fields.q || event.target.matches("h3 a"))) { event.preventDefault(); step(1); }
    else if (event.key === "ArrowUp" && event.target.matches("h3 a")) { event.preventDefault(); step(-1); }
  });

  for (const field of Object.values(fields)) field.addEventListener("input", () => sift());
  form.addEventListener("submit", (event) => { event.preventDefault(); step(1); });
  form.addEventListener("reset", (event) => { event.preventDefault(); clear(); fields.q.focus(); });
  window.addEventListener("hashchange", () => goTo(location.hash));
  const folded = [];
  window.addEventListener("beforeprint", () => { for (const d of all("details:not([open])")) { d.open = true; folded.push(d); } });
  window.addEventListener("afterprint", () => { for (const d of folded.splice(0)) d.open = false; });

  const query = new URLSearchParams(location.search);
  for (const [name, field] of Object.entries(fields)) field.value = query.get(name) || "";
  for (const name of ["force", "ict", "article"]) if (fields[name].selectedIndex < 0) fields[name].value = "";
  form.hidden = false;
  sift({ address: false });
  // After the browser's own jump, which would take the focus away again.
  if (location.hash) window.addEventListener("load", () => setTimeout(() => goTo(location.hash)));
})();
