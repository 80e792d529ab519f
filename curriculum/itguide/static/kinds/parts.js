// What the controls share: the frame, undo, numbers as the reader writes them, details and notes, groups.

const parts = {
  // The frame of a control. A fieldset, because `disabled` on it reaches every native control inside at once.
  // It is no group of its own for assistive technology: the question around it already is one.
  frame(kind, ctx, ...children) {
    const el = ctx.h("fieldset", { class: `ig-kind ig-kind-${kind}`, role: "none", "data-lm-suppress-shortcuts": "true" }, ...children);
    el.addEventListener("keydown", (event) => {
      // The host page has shortcuts on plain keys; none of them may fire while a control is used.
      if (event.key !== "Tab" && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
    });
    return el;
  },

  // Switches a control off and on; what had the focus, and the caret in it, comes back with it.
  enable(frame, on) {
    if (frame.disabled === !on) return;
    if (!on) {
      const at = frame.contains(document.activeElement) ? document.activeElement : null;
      frame.igFocus = at && { at, from: at.selectionStart, to: at.selectionEnd };
    }
    frame.disabled = !on;
    frame.classList.toggle("ig-off", !on);
    const was = on && frame.igFocus;
    if (was && (document.activeElement === document.body || document.activeElement === null)) {
      was.at.focus({ preventScroll: true });
      if (typeof was.from === "number" && was.at.setSelectionRange) was.at.setSelectionRange(was.from, was.to);
    }
    if (on) frame.igFocus = null;
  },

  // Undo and clear. `restore(value)` shows a value and reports it; `push(before)` is called ahead of each change.
  history(ctx, blank, restore, words = "kind.reset") {
    const steps = [];
    const now = { value: blank };
    const undo = ctx.h("button", { type: "button", class: "ig-undo", onclick: () => go(steps.pop()) }, ctx.t("kind.undo"));
    const reset = ctx.h("button", { type: "button", class: "ig-reset", onclick: clear }, ctx.t(words));
    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    function show(value) {
      now.value = value;
      // aria-disabled, not disabled: a button that vanishes under the finger would take the focus with it.
      undo.setAttribute("aria-disabled", String(!steps.length));
      reset.setAttribute("aria-disabled", String(same(value, blank)));
    }
    function go(value) {
      if (value !== undefined) restore(value);
    }
    function push(before) {
      if (!same(before, steps.at(-1))) steps.push(before);
      if (steps.length > 60) steps.shift();
    }
    function clear() {
      if (same(now.value, blank)) return;
      push(now.value);
      go(blank);
    }
    show(blank);
    return { undo, reset, push, show };
  },

  // Numbers as the reader's language writes them, and read as people type them: 12.5 and 12,5, with or without
  // separators of thousands. `read` gives NaN for what is no number.
  figures(lang) {
    const locale = !lang || lang === "qps" ? "en" : lang;
    const between = new Intl.NumberFormat(locale).formatToParts(12345.6).find((p) => p.type === "group")?.value ?? ",";
    const grouped = new RegExp(`^-?\\d{1,3}(\\${between.trim() || ","}\\d{3})+(?=$|[.,])`);
    return {
      write: (value, decimals) => new Intl.NumberFormat(locale, decimals === undefined ? { maximumFractionDigits: 6 }
        : { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value),
      read(text) {
        let plain = text.replace(/[\s\u00a0\u202f'’]/g, "").replace("−", "-");
        if (grouped.test(plain)) plain = plain.replaceAll(between, "");
        return /^-?(\d+([.,]\d*)?|[.,]\d+)$/.test(plain) ? Number(plain.replace(",", ".")) : NaN;
      },
    };
  },

  // A unit on its own: of the pattern "US$ {n} m" what stands around the figure.
  unit(pattern) {
    return (pattern || "").replace("{n}", "").replace(/\s+/g, " ").trim();
  },

  // What categories or periods mean, where that is said.
  meanings(named, ctx) {
    const told = (named || []).filter((n) => n.detail);
    return told.length ? [ctx.h("dl", { class: "ig-key" }, told.map((n) => ctx.h("div", {}, ctx.h("dt", {}, n.label), ctx.h("dd", {}, n.detail))))] : [];
  },

  // An item's detail, and after the first round what others met: trusted HTML from the page's own Markdown.
  extra(option, ctx, id) {
    const out = [];
    if (option.detail) out.push(ctx.h("div", { class: "ig-detail", id, html: option.detail }));
    if (option.note) {
      out.push(ctx.h("div", { class: "ig-note" }, ctx.h("strong", {}, ctx.t("kind.note")), ctx.h("div", { html: option.note })));
    }
    return out;
  },

  // The options in their groups, in the order of the groups; one nameless group when there are none.
  grouped(q) {
    const sets = (q.groups || []).map((group) => ({ group, options: q.options.filter((o) => o.group === group.id) }));
    const rest = q.options.filter((o) => !(q.groups || []).some((g) => g.id === o.group));
    if (rest.length) sets.push({ group: null, options: rest });
    return sets.filter((set) => set.options.length);
  },

  heading(group, ctx) {
    return group ? [ctx.h("h4", { class: "ig-group" }, group.label)] : [];
  },

  // A sentence about an item; the same element is emptied when all is well.
  mark(node, sentence) {
    node.textContent = sentence || "";
    node.hidden = !sentence;
  },

  // Shows for 300 ms that something changed.
  flash(node) {
    node.classList.remove("ig-changed");
    void node.offsetWidth;
    node.classList.add("ig-changed");
  },
};
