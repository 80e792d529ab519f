// A plan over periods: one row an item, one cell a period; what is left of every limit stays in view above.
// Limits are added up here at once so that the bars move with the hand; Python's figures replace them when they come.


// What the grid and the Gantt share: how long an item lasts, what is drawn of a limit, what a row says of itself.
const planned = {
  tray: 2, // columns of a Gantt at the left, for what is not planned

  length: (option) => option.length || Math.max(1, ...Object.values(option.use || {}).map((use) => use.length)),

  earliest: (q, option, other, value) => value[other] + (option.ended ? planned.length(q.options.find((o) => o.id === other)) : option.lag ?? 1),

  figure: (limit, n, figures) => figures.write(n, Number.isInteger(n) && limit.decimals === 0 ? 0 : limit.decimals ?? (Number.isInteger(n) ? 0 : 1)),

  drawn(q, value, limit) {
    const pool = limit.pool || 1;
    const used = limit.per_period.map(() => 0);
    for (const option of q.options) {
      const start = value[option.id];
      (start ? option.use?.[limit.id] || [] : []).forEach((amount, n) => {
        const at = Math.floor((start - 1 + n) / pool);
        if (at < used.length) used[at] += amount;
      });
    }
    let spare = 0; // of a cumulative limit what is unspent rolls over
    return used.map((sum, n) => {
      const use = Number(sum.toFixed(6));
      const limitHere = Number((limit.per_period[n] + spare).toFixed(6));
      if (limit.cumulative) spare = Math.max(0, limitHere - use);
      return { id: `${limit.id}.${n + 1}`, used: use, limit: limitHere, over: use > limitHere + 1e-9 };
    });
  },

  // A meter for each limit and period (or pool of periods): `of(limit)` are its elements, `show(value)` adds up at
  // once, `fill(told)` takes Python's figures.
  meters(q, ctx) {
    const { h, t } = ctx;
    const figures = parts.figures(ctx.lang);
    const figure = (limit, n) => planned.figure(limit, n, figures);
    const found = new Map();
    const name = (limit, n) => {
      const pool = limit.pool || 1;
      const [first, last] = [q.periods[n * pool], q.periods[(n + 1) * pool - 1]];
      return first === last ? first.label : t("kind.plan_pool", { first: first.label, last: last.label });
    };
    function fill(told) {
      if (!found.has(told.id)) return;
      const { el, bar, words, spoken, limit, period } = found.get(told.id);
      const state = { left: figure(limit, told.limit - told.used), over: figure(limit, told.used - told.limit), limit: figure(limit, told.limit) };
      const text = t(told.over ? "kind.plan_over" : "kind.plan_left", state);
      const before = words.textContent;
      words.textContent = text;
      spoken.textContent = t("kind.plan_meter", { label: limit.label, period, used: figure(limit, told.used), limit: state.limit, unit: parts.unit(limit.unit) });
      bar.style.width = `${told.limit > 0 ? Math.min(100, (100 * told.used) / told.limit) : told.used > 0 ? 100 : 0}%`;
      el.classList.toggle("ig-over", told.over);
      if (before && before !== text) parts.flash(el);
    }
    function meter(limit, n) {
      const bar = h("span", { class: "ig-meter-fill" });
      const words = h("span", { class: "ig-meter-words", "aria-hidden": "true" });
      const spoken = h("span", { class: "ig-sr" });
      const el = h("div", { class: "ig-meter" }, h("span", { class: "ig-meter-bar", "aria-hidden": "true" }, bar), words, spoken);
      found.set(`${limit.id}.${n + 1}`, { el, bar, words, spoken, limit, period: name(limit, n) });
      return el;
    }
    return {
      of: (limit) => limit.per_period.map((_, n) => meter(limit, n)),
      show: (value) => { for (const limit of q.limits || []) planned.drawn(q, value, limit).forEach(fill); },
      fill,
    };
  },

  uses(q, option, ctx) {
    const figures = parts.figures(ctx.lang);
    return (q.limits || []).filter((limit) => option.use?.[limit.id]?.some(Boolean))
      .map((limit) => ctx.t("kind.plan_use", { unit: parts.unit(limit.unit), figures: option.use[limit.id].map((n) => planned.figure(limit, n, figures)).join(" + ") })).join(" · ");
  },

  conditions(q, option, ctx) {
    const label = (id) => q.options.find((o) => o.id === id).label;
    const lag = option.lag ?? 1;
    const out = (option.requires || []).map((other) => (option.ended ? ctx.t("kind.plan_ended", { other: label(other) }) : ctx.t("kind.plan_after", { other: label(other), lag, count: lag })));
    if (option.latest && option.latest < q.periods.length) out.push(ctx.t("kind.plan_latest", { period: q.periods[option.latest - 1].label }));
    return out;
  },

  // Where a suggested answer comes from, with a button to keep it; gone once it is the participant's own.
  carried(ctx, keep) {
    const words = ctx.h("span", {});
    const el = ctx.h("div", { class: "ig-start", hidden: true }, words, ctx.h("button", { type: "button", class: "ig-quiet", onclick: keep }, ctx.t("kind.keep")));
    return { el, show(says) { words.textContent = says || ""; el.hidden = !says; } };
  },
};

kinds.schedule = (q, ctx) => (q.layout === "gantt" ? gantt(q, ctx) : planGrid(q, ctx));

const planGrid = (q, ctx) => {
  const { h, t, uid } = ctx;
  const figures = parts.figures(ctx.lang);
  const periods = q.periods;
  const last = periods.length;
  const limits = q.limits || [];
  const label = Object.fromEntries(q.options.map((o) => [o.id, o.label]));
  const rows = new Map();
  const meters = planned.meters(q, ctx);
  let value = {};
  const past = parts.history(ctx, {}, (before) => change(before, null));
  const figure = (limit, n) => planned.figure(limit, n, figures);

  // ---- changing

  function refresh(next) {
    paint(next);
    meters.show(value);
  }

  function change(next, say) {
    refresh(next);
    if (say) ctx.announce(value[say] ? t("kind.plan_start", { label: label[say], period: periods[value[say] - 1].label }) : t("kind.plan_none", { label: label[say] }));
    ctx.change({ ...value });
  }

  const moved = (id, start) => {
    const next = { ...value };
    if (start) next[id] = start;
    else delete next[id];
    return next;
  };

  function start(id, at, say) {
    if ((value[id] || 0) === at) return;
    past.push({ ...value });
    change(moved(id, at), say ? id : null);
  }

  function keyed(event, id) {
    const now = value[id] || 0;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (to === undefined && !by) return;
    event.preventDefault(); // radio buttons would go round from the last to the first
    const near = by ? [...rows.keys()][[...rows.keys()].indexOf(id) + by] : id;
    if (!by) start(id, Math.min(last, Math.max(0, to)), false);
    if (near) rows.get(near).radios[value[near] || 0].focus();
  }

  // Dragging a bar: the row's cells keep the pointer once it has moved sideways; up and down still scrolls the page.
  function drag(down, id, cells) {
    const from = value[id];
    if (!from || el.disabled || down.button) return;
    const box = cells.getBoundingClientRect();
    const column = (event) => Math.min(last, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * (last + 1))));
    const grip = column(down) - from;
    const { reach } = rows.get(id);
    if (grip < 0 || grip >= reach) return;
    const before = { ...value };
    let going = false;
    const at = (event) => {
      if (!going && Math.abs(event.clientX - down.clientX) < 10) return;
      if (!going) { going = true; cells.setPointerCapture(down.pointerId); cells.classList.add("ig-dragged"); }
      const to = Math.max(0, column(event) - grip);
      if ((value[id] || 0) === to) return;
      refresh(moved(id, to));
    };
    const end = (event) => {
      for (const name of ["pointermove", "pointerup", "pointercancel"]) cells.removeEventListener(name, name === "pointermove" ? at : end);
      cells.classList.remove("ig-dragged");
      if (!going) return;
      const now = { ...value };
      refresh(before);
      if (event.type === "pointercancel" || (now[id] || 0) === from) return;
      past.push(before);
      change(now, id);
      // The click that may follow a drag is not a choice of the year under the pointer.
      const swallow = (click) => click.preventDefault();
      cells.addEventListener("click", swallow, { capture: true });
      setTimeout(() => cells.removeEventListener("click", swallow, { capture: true }), 60);
    };
    cells.addEventListener("pointermove", at);
    cells.addEventListener("pointerup", end);
    cells.addEventListener("pointercancel", end);
  }

  // ---- drawing

  function row(option) {
    const id = `${uid}-${option.id}`;
    const reach = planned.length(option);
    const radios = ["", ...periods].map((period, n) => h("input", {
      type: "radio", name: id, id: `${id}-${n}`, "aria-describedby": `${id}-mark`,
      onchange: () => start(option.id, n, false), onkeydown: (event) => keyed(event, option.id),
    }));
    const cells = h("div", { class: "ig-plan-cells", role: "radiogroup", "aria-labelledby": `${id}-label`, onpointerdown: (event) => drag(event, option.id, cells) },
      ...radios.map((input, n) => {
        const late = Boolean(option.latest) && n > option.latest;
        return h("label", { class: `ig-cell${n ? "" : " ig-cell-none"}${late ? " ig-late" : ""}`, for: `${id}-${n}`, style: `grid-column:${n + 1}` }, input,
          h("span", {}, n ? periods[n - 1].label : t("kind.not_now")),
          ...(late ? [h("span", { class: "ig-sr" }, t("kind.plan_late", { period: periods[option.latest - 1].label }))] : []));
      }));
    const bar = h("div", { class: "ig-plan-bar", "aria-hidden": "true" });
    cells.append(bar);
    const more = h("div", { class: "ig-plan-more", id: `${id}-more`, hidden: true }, ...parts.extra(option, ctx, `${id}-detail`));
    const opens = Boolean(option.detail || option.note);
    const name = opens
      ? h("button", { type: "button", class: "ig-plan-name", "aria-expanded": "false", "aria-controls": `${id}-more`, onclick: () => { more.hidden = !more.hidden; name.setAttribute("aria-expanded", String(!more.hidden)); } },
        h("span", { class: "ig-label", id: `${id}-label` }, option.label))
      : h("div", { class: "ig-plan-name" }, h("span", { class: "ig-label", id: `${id}-label` }, option.label));
    const uses = planned.uses(q, option, ctx);
    const mark = h("p", { class: "ig-problem", id: `${id}-mark`, hidden: true });
    const after = planned.conditions(q, option, ctx);
    const line = h("div", { class: "ig-plan-row" },
      h("div", { class: "ig-plan-head" }, name, h("p", { class: "ig-plan-use" }, uses),
        ...(after.length ? [h("p", { class: "ig-plan-after" }, after.join(" · "))] : [])),
      cells, mark, more);
    rows.set(option.id, { option, reach, radios, cells, bar, mark, line });
    return line;
  }

  function paint(next) {
    value = Object.fromEntries(q.options.filter((o) => next?.[o.id]).map((o) => [o.id, next[o.id]]));
    past.show({ ...value });
    for (const [id, { option, reach, radios, bar, line }] of rows) {
      const at = value[id] || 0;
      const seen = Math.min(reach, last - at + 1);
      radios.forEach((input, n) => {
        input.checked = n === at;
        input.closest(".ig-cell").classList.toggle("ig-covered", at > 0 && n >= at && n < at + seen);
      });
      line.classList.toggle("ig-chosen", at > 0);
      bar.hidden = !at;
      if (!at || bar.igAt === at) continue;
      bar.igAt = at;
      bar.style.gridColumn = `${at + 1} / span ${seen}`;
      bar.classList.toggle("ig-goes-on", reach > seen);
      bar.replaceChildren(...Array.from({ length: seen }, (_, n) => h("span", {}, limits.filter((l) => option.use?.[l.id]).map((l) => figure(l, option.use[l.id][n] || 0)).join(" · "))));
    }
  }

  const columns = `--ig-columns:${last + 1}`;
  const bar = h("div", { class: "ig-meters ig-plan-meters", style: columns },
    h("div", { class: "ig-plan-row ig-plan-top" }, h("div", { class: "ig-plan-tools" }, past.undo, past.reset),
      h("div", { class: "ig-plan-cells", "aria-hidden": "true" }, h("span", { class: "ig-plan-period" }, t("kind.not_now")), ...periods.map((p) => h("span", { class: "ig-plan-period" }, p.label)))),
    ...limits.map((limit) => h("div", { class: "ig-plan-row ig-plan-limit" }, h("div", { class: "ig-plan-limit-name" }, h("strong", {}, limit.label), " ", h("span", { class: "ig-unit" }, parts.unit(limit.unit))),
      h("div", { class: "ig-plan-cells" }, h("span", {}), ...meters.of(limit)))));
  const carried = planned.carried(ctx, () => ctx.change({ ...value }));
  const el = parts.frame("schedule", ctx, carried.el, ...parts.meanings(periods, ctx), h("p", { class: "ig-hint" }, t(periods.length === 1 ? "kind.plan_keys_one" : "kind.plan_keys")), bar,
    h("div", { class: "ig-plan", style: columns }, ...parts.grouped(q).flatMap((set) => [...parts.heading(set.group, ctx), ...set.options.map(row)])));

  function show(next) {
    if (el.querySelector(".ig-dragged")) return;
    if (next && JSON.stringify(next) === JSON.stringify(value)) return;
    refresh(next);
  }

  refresh(ctx.value);
  return {
    el,
    set: show,
    enable: (on) => parts.enable(el, on),
    live(live) {
      carried.show(live.carried);
      for (const told of live.meters || []) meters.fill(told);
      for (const [id, { mark, line }] of rows) { parts.mark(mark, live.marks?.[id]); line.classList.toggle("ig-marked", Boolean(live.marks?.[id])); }
    },
    focus: () => { const first = rows.keys().next().value; rows.get(first).radios[value[first] || 0].focus(); },
  };
};
