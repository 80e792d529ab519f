// Items put into categories: one row an item, one button a category; counts above, which filter too.

kinds.classify = (q, ctx) => {
  const OPEN = "?"; // what is not placed yet; no category can have this name
  const { h, t, uid } = ctx;
  const figures = parts.figures(ctx.lang);
  const rows = new Map();
  const filters = new Map();
  // Long or many labels stand in a list to choose from; a row of buttons would be a wall.
  const letters = q.categories.reduce((n, c) => n + c.label.length + 4, 0);
  const asList = q.categories.length > 4 ? letters > 64 : letters > 110;
  const category = Object.fromEntries(q.categories.map((c) => [c.id, c]));
  let value = {};
  let filter = "";
  const empty = h("p", { class: "ig-hint", hidden: true }, t("kind.filter_empty"));
  const past = parts.history(ctx, {}, (before) => { show(before); ctx.change({ ...value }); });

  function place(id, to) {
    past.push({ ...value });
    const next = { ...value };
    if (to) next[id] = to;
    else delete next[id];
    paint(next);
    ctx.announce(to ? t("kind.placed", { label: rows.get(id).label, category: category[to].label }) : t("kind.not_placed"));
    ctx.change({ ...value });
  }

  function buttons(option, id) {
    const radios = {};
    const cells = q.categories.map((c) => {
      const input = h("input", { type: "radio", name: id, id: `${id}-${c.id}`, onchange: () => place(option.id, c.id) });
      radios[c.id] = input;
      return h("label", { class: "ig-segment", for: `${id}-${c.id}` }, input, h("span", {}, c.label));
    });
    const el = h("div", { class: "ig-segments", role: "radiogroup", "aria-labelledby": `${id}-label`, "aria-describedby": `${id}-mark` }, ...cells);
    return { el, show: (to) => { for (const c of q.categories) radios[c.id].checked = c.id === to; }, first: radios[q.categories[0].id] };
  }

  function choices(option, id) {
    const el = h("select", { class: "ig-field ig-select", id: `${id}-select`, "aria-labelledby": `${id}-label`, "aria-describedby": `${id}-mark`, onchange: () => place(option.id, el.value) },
      h("option", { value: "" }, t("kind.not_placed")), ...q.categories.map((c) => h("option", { value: c.id }, c.label)));
    return { el, show: (to) => { el.value = to || ""; }, first: el };
  }

  function row(option) {
    const id = `${uid}-${option.id}`;
    const control = asList ? choices(option, id) : buttons(option, id);
    const mark = h("p", { class: "ig-problem", id: `${id}-mark`, hidden: true });
    const back = h("button", {
      type: "button", class: "ig-quiet ig-back", "aria-label": t("kind.put_back_label", { label: option.label }), onclick: () => { place(option.id, ""); control.first.focus(); },
    }, "×");
    const el = h("div", { class: "ig-sort-row" },
      h("div", { class: "ig-sort-name" }, h(asList ? "label" : "span", { class: "ig-label", id: `${id}-label`, for: asList ? `${id}-select` : null }, option.label), ...parts.extra(option, ctx, `${id}-detail`)),
      h("div", { class: "ig-sort-control" }, control.el, ...(asList ? [] : [back])), mark);
    rows.set(option.id, { el, control, back, mark, label: option.label });
    return el;
  }

  function chip(id, label) {
    const count = h("span", { class: "ig-chip-count" });
    const el = h("button", { type: "button", class: "ig-chip", "aria-pressed": "false", onclick: () => sift(filter === id ? "" : id) }, h("span", {}, label), count);
    filters.set(id, { el, count });
    return el;
  }

  // A row stays where it is while one works on it, even when it no longer fits the filter.
  function sift(id) {
    filter = id;
    for (const [option, { el }] of rows) el.hidden = filter !== "" && (value[option] || OPEN) !== filter;
    for (const set of sets) set.el.hidden = set.ids.every((option) => rows.get(option).el.hidden);
    for (const [name, { el }] of filters) el.setAttribute("aria-pressed", String(name === filter));
    empty.hidden = sets.some((set) => !set.el.hidden);
  }

  function paint(next) {
    value = next;
    past.show({ ...value });
    const counts = {};
    for (const [id, { el, control, back }] of rows) {
      const to = value[id] || "";
      counts[to || OPEN] = (counts[to || OPEN] || 0) + 1;
      control.show(to);
      back.style.visibility = to ? "visible" : "hidden";
      el.classList.toggle("ig-placed", Boolean(to));
    }
    filters.get("").count.textContent = figures.write(rows.size);
    filters.get(OPEN).count.textContent = figures.write(counts[OPEN] || 0);
    for (const c of q.categories) {
      const n = counts[c.id] || 0;
      const over = c.most !== null && c.most !== undefined && n > c.most;
      const under = c.least !== null && c.least !== undefined && n < c.least;
      const { el, count } = filters.get(c.id);
      const exact = c.most !== null && c.most !== undefined && c.most === c.least;
      count.textContent = over ? `${figures.write(n)} · ${t("kind.count_over", { over: n - c.most })}`
        : under && !exact ? t("kind.count_least", { n, least: c.least })
        : c.most !== null && c.most !== undefined ? t("kind.count_most", { n, most: c.most }) : figures.write(n);
      el.classList.toggle("ig-over", over);
    }
  }

  function show(next) {
    if (next && JSON.stringify(next) === JSON.stringify(value)) return;
    paint({ ...next });
  }

  // Few lines and no limit to keep to: nothing to count, nothing to sift.
  const few = q.options.length < 8 && q.categories.every((c) => (c.most ?? null) === null && (c.least ?? null) === null);
  const chips = h("div", { class: "ig-chips", role: "group", "aria-label": t("kind.filter") },
    chip("", t("kind.filter_all")), chip(OPEN, t("kind.not_placed")), ...q.categories.map((c) => chip(c.id, c.label)));
  const sets = parts.grouped(q).map((set) => ({
    ids: set.options.map((o) => o.id), el: h("div", { class: "ig-sort-group" }, ...parts.heading(set.group, ctx), ...set.options.map(row)),
  }));
  const el = parts.frame("classify", ctx, ...parts.meanings(q.categories, ctx), ...(few ? [] : [h("div", { class: "ig-sticky" }, chips)]), ...sets.map((set) => set.el), empty,
    h("div", { class: "ig-tools" }, past.undo, past.reset));
  paint({ ...ctx.value });
  sift("");
  return {
    el,
    set: show,
    enable: (on) => parts.enable(el, on),
    live(live) { for (const [id, { mark, el: line }] of rows) { parts.mark(mark, live.marks?.[id]); line.classList.toggle("ig-marked", Boolean(live.marks?.[id])); } },
    focus: () => rows.values().next().value.control.first.focus(),
  };
};
