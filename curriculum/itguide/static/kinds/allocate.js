// Shares of a total that always add up: what one item gains, the others give in proportion.

kinds.allocate = (q, ctx) => {
  const { h, t, uid } = ctx;
  const figures = parts.figures(ctx.lang);
  const ids = q.options.map((o) => o.id);
  const floor = Object.fromEntries(q.options.map((o) => [o.id, o.floor || 0]));
  const step = q.step > 0 && q.total % q.step === 0 ? q.step : 1;
  const unit = parts.unit(q.unit);
  const held = new Set();
  const rows = new Map();
  const sum = (list, of) => list.reduce((total, id) => total + of[id], 0);

  // `amount` shared out over `among` by weight, in whole steps: the largest remainders get what is left over.
  function shareOut(amount, among, weight) {
    const all = sum(among, weight);
    const exact = among.map((id) => (amount / step) * (all > 0 ? weight[id] / all : 1 / among.length));
    const got = exact.map(Math.floor);
    const order = exact.map((x, n) => [x - got[n], n]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    let left = Math.round(amount / step - got.reduce((a, b) => a + b, 0));
    for (const [, n] of order) if (left-- > 0) got[n] += 1;
    return Object.fromEntries(among.map((id, n) => [id, got[n] * step]));
  }

  // The shares once `id` wants so much. Items held keep theirs, nobody goes below the least.
  function rebalance(from, id, wanted) {
    const free = ids.filter((other) => other !== id && !held.has(other));
    const fixed = sum(ids.filter((other) => other !== id && held.has(other)), from);
    const most = q.total - fixed - sum(free, floor);
    const share = free.length ? Math.min(most, Math.max(floor[id], Math.round(wanted / step) * step)) : from[id];
    const above = Object.fromEntries(free.map((other) => [other, from[other] - floor[other]]));
    const rest = shareOut(most - share, free, above);
    return { ...from, [id]: share, ...Object.fromEntries(free.map((other) => [other, floor[other] + rest[other]])) };
  }

  const even = (() => {
    const none = Object.fromEntries(ids.map((id) => [id, 0]));
    const extra = shareOut(q.total - sum(ids, floor), ids, none);
    return Object.fromEntries(ids.map((id) => [id, floor[id] + extra[id]]));
  })();
  let shares = even;
  let base = null; // the shares when a drag began: the others come back when the finger does
  let dragged = null; // and the item it began on
  let answered = false;

  const keep = h("p", { class: "ig-start" }, h("span", {}, t("kind.share_start")),
    h("button", { type: "button", class: "ig-quiet", onclick: () => commit(shares) }, t("kind.keep")));
  const stuck = h("p", { class: "ig-hint", role: "status" });
  const ribbon = h("div", { class: "ig-ribbon", "aria-hidden": "true" }, ...ids.map((_, n) => h("span", { class: `ig-cat-${(n % 6) + 1}` })));
  const past = parts.history(ctx, even, (value) => commit({ ...even, ...value }, true), "kind.share_reset");

  function commit(next, undoing) {
    if (!undoing) past.push(base || shares);
    base = null;
    paint(next, true);
    ctx.change({ ...shares });
  }

  function slide(id, wanted) {
    if (!base || dragged !== id) [base, dragged] = [shares, id];
    const next = rebalance(base, id, wanted);
    stuck.textContent = next[id] === wanted ? "" : next[id] === floor[id] ? "" : t("kind.share_stuck");
    paint(next, answered);
    ctx.change({ ...shares }, { typing: true });
  }

  function write(id) {
    const wanted = figures.read(rows.get(id).number.value.trim());
    if (!Number.isNaN(wanted) && wanted !== shares[id]) commit(rebalance(shares, id, wanted));
    else paint(shares, answered);
  }

  function hold(id) {
    if (!held.delete(id)) held.add(id);
    base = null;
    stuck.textContent = "";
    paint(shares, answered);
  }

  function row(option, n) {
    const id = `${uid}-${option.id}`;
    const range = h("input", {
      type: "range", min: 0, max: q.total, step, class: `ig-range ig-cat-${(n % 6) + 1}`, "aria-labelledby": `${id}-label`,
      oninput: () => slide(option.id, Number(range.value)), onchange: () => commit(rebalance(dragged === option.id && base ? base : shares, option.id, Number(range.value))),
    });
    const number = h("input", {
      type: "text", inputmode: "numeric", autocomplete: "off", class: "ig-field ig-share", "aria-label": t("kind.share_of", { label: option.label }),
      onchange: () => write(option.id),
      onkeydown: (event) => {
        const by = { ArrowUp: step, ArrowDown: -step }[event.key];
        if (event.key === "Enter") write(option.id);
        if (!by) return;
        event.preventDefault();
        commit(rebalance(shares, option.id, shares[option.id] + by));
      },
    });
    const lock = h("button", {
      type: "button", class: "ig-quiet ig-hold", "aria-pressed": "false", "aria-label": t("kind.share_hold_label", { label: option.label }),
      onclick: () => hold(option.id),
    });
    rows.set(option.id, { range, number, lock });
    const least = floor[option.id] ? [h("span", { class: "ig-least" }, t("kind.share_floor", { floor: floor[option.id] }))] : [];
    return h("div", { class: "ig-share-row" },
      h("div", { class: "ig-share-name" }, h("span", { class: `ig-swatch ig-cat-${(n % 6) + 1}`, "aria-hidden": "true" }),
        h("span", { class: "ig-label", id: `${id}-label` }, option.label), ...least, ...parts.extra(option, ctx, `${id}-detail`)),
      range, h("span", { class: "ig-share-figure" }, number, h("span", { class: "ig-unit" }, unit)), lock);
  }

  function paint(next, isAnswer) {
    shares = next;
    answered = isAnswer;
    keep.hidden = answered;
    past.show(shares);
    ids.forEach((id, n) => {
      const { range, number, lock } = rows.get(id);
      range.value = shares[id];
      range.style.setProperty("--ig-part", `${(100 * shares[id]) / q.total}%`);
      range.setAttribute("aria-valuetext", `${figures.write(shares[id])} ${unit}`.trim());
      range.disabled = held.has(id);
      number.readOnly = held.has(id);
      if (figures.read(number.value) !== shares[id]) number.value = figures.write(shares[id]);
      lock.setAttribute("aria-pressed", String(held.has(id)));
      lock.textContent = t(held.has(id) ? "kind.share_held" : "kind.share_hold");
      ribbon.children[n].style.flexGrow = shares[id];
    });
  }

  function show(value) {
    const full = value && ids.some((id) => value[id]) ? { ...Object.fromEntries(ids.map((id) => [id, 0])), ...value } : null;
    if (full && JSON.stringify(full) === JSON.stringify(shares) && answered) return;
    if (!base) paint(full || even, Boolean(full));
  }

  const el = parts.frame("allocate", ctx, ribbon, ...q.options.map(row), stuck, keep,
    h("div", { class: "ig-tools" }, h("p", { class: "ig-hint" }, t("kind.share_hint", { total: q.total, unit })), past.undo, past.reset));
  paint(even, false);
  show(ctx.value);
  return { el, set: show, enable(on) { base = null; parts.enable(el, on); }, live() {}, focus: () => rows.get(ids[0]).range.focus() };
};
