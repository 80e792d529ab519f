// A schedule as a Gantt: one row an item, one bar over its periods, lines for what comes first, events as columns.
// Every bar holds a native range input, so that it is one control for the keyboard and for assistive technology;
// 0 is "not planned", the place at the left. The list below holds the same value in plain selects.

const gantt = (q, ctx) => {
  const { h, t, uid } = ctx;
  const periods = q.periods;
  const last = periods.length;
  const limits = q.limits || [];
  const options = new Map(q.options.map((o) => [o.id, o]));
  const label = (id) => options.get(id).label;
  const rows = new Map();
  const meters = planned.meters(q, ctx);
  let value = {};
  let marks = {};
  const past = parts.history(ctx, {}, (before) => change(before, null));

  // ---- what a place means

  const reach = (id) => planned.length(options.get(id));
  const end = (id, start) => start + reach(id) - 1;
  function when(id, start) {
    if (!start) return t("kind.gantt_free");
    const first = periods[start - 1].label;
    const stop = end(id, start);
    if (stop > last) return t("kind.gantt_past", { first, last: periods[last - 1].label });
    return stop === start ? first : t("kind.gantt_at", { first, last: periods[stop - 1].label });
  }
  const after = (id) => Math.max(0, (value[id] ? end(id, value[id]) : 0) - (options.get(id).due ?? Infinity));
  const lateness = (id) => (after(id) ? t("kind.gantt_late", { n: after(id), count: after(id) }) : "");

  // ---- changing

  function refresh(next) {
    value = Object.fromEntries(q.options.filter((o) => next?.[o.id]).map((o) => [o.id, next[o.id]]));
    past.show({ ...value });
    meters.show(value);
    for (const [id, row] of rows) paint(id, row);
    draw();
  }

  function change(next, say) {
    refresh(next);
    if (say) ctx.announce(t("kind.gantt_moved", { label: label(say), when: [when(say, value[say] || 0), lateness(say)].filter(Boolean).join(", ") }));
    ctx.change({ ...value });
  }

  function moved(id, start) {
    const next = { ...value };
    if (start) next[id] = start;
    else delete next[id];
    return next;
  }

  function start(id, at, say = true) {
    const to = Math.min(last, Math.max(0, at));
    if ((value[id] || 0) === to) return;
    past.push({ ...value });
    change(moved(id, to), say ? id : null);
  }

  function keyed(event, id) {
    const now = value[id] || 0;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, Delete: 0, Backspace: 0, End: last - reach(id) + 1, PageUp: now + 4, PageDown: now - 4 }[event.key];
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (to === undefined && !by) return;
    event.preventDefault(); // a range of its own would turn up and down into left and right
    const ids = [...rows.keys()];
    const near = by && ids[ids.indexOf(id) + by];
    if (near) rows.get(near).input.focus();
    if (!by) start(id, to, false); // the range's own text is read; announcing it as well would say it twice
  }

  // ---- dragging: the bar follows the pointer sideways; up and down still scrolls the page

  const column = (track, x) => {
    const box = track.getBoundingClientRect();
    return Math.floor(((x - box.left) / box.width) * (last + planned.tray)) - planned.tray + 1;
  };

  function drag(down, id) {
    const { track, bar, input } = rows.get(id);
    if (el.disabled || down.button) return;
    const from = value[id] || 0;
    const grip = from ? column(track, down.clientX) - from : 0;
    const before = { ...value };
    let going = false;
    const move = (event) => {
      if (!going && Math.abs(event.clientX - down.clientX) < 8) return;
      if (!going) { going = true; bar.setPointerCapture(down.pointerId); bar.classList.add("ig-dragged"); }
      const to = Math.min(last, Math.max(0, column(track, event.clientX) - grip));
      if ((value[id] || 0) !== to) refresh(moved(id, to));
    };
    const stop = (event) => {
      for (const [name, fn] of [["pointermove", move], ["pointerup", stop], ["pointercancel", stop]]) bar.removeEventListener(name, fn);
      bar.classList.remove("ig-dragged");
      input.focus({ preventScroll: true });
      if (!going) return;
      const now = { ...value };
      refresh(before);
      if (event.type === "pointercancel" || (now[id] || 0) === from) return;
      past.push(before);
      change(now, id);
      track.igDone = Date.now(); // the click that may follow a drag is not a choice of the period under the pointer
    };
    bar.addEventListener("pointermove", move);
    bar.addEventListener("pointerup", stop);
    bar.addEventListener("pointercancel", stop);
  }

  function tapped(event, id) {
    const { track, bar, input } = rows.get(id);
    if (el.disabled || Date.now() - (track.igDone || 0) < 80) return;
    if (bar.contains(event.target)) return;
    start(id, column(track, event.clientX));
    input.focus({ preventScroll: true });
  }

  // ---- drawing

  function row(option) {
    const id = option.id;
    const name = `${uid}-${id}`;
    const input = h("input", { type: "range", min: 0, max: last, step: 1, value: 0, id: `${name}-bar`, class: "ig-gantt-input",
      "aria-label": option.label, "aria-describedby": `${name}-facts ${name}-mark`,
      oninput: () => start(id, Number(input.value), false), onkeydown: (event) => keyed(event, id) });
    const words = h("span", { class: "ig-gantt-words", "aria-hidden": "true" });
    const bar = h("div", { class: "ig-gantt-bar", onpointerdown: (event) => drag(event, id) }, input, words);
    const flag = option.due ? h("span", { class: "ig-gantt-flag", "aria-hidden": "true", style: `--at:${option.due}` }) : null;
    const track = h("div", { class: "ig-gantt-track", onclick: (event) => tapped(event, id) }, bar, flag);
    const more = h("div", { class: "ig-plan-more", id: `${name}-more`, hidden: true }, ...parts.extra(option, ctx, `${name}-detail`));
    const opens = Boolean(option.detail || option.note);
    const title = h("span", { class: "ig-label", id: `${name}-label` }, option.label);
    const head = opens
      ? h("button", { type: "button", class: "ig-plan-name", "aria-expanded": "false", "aria-controls": `${name}-more`, onclick: () => { more.hidden = !more.hidden; head.setAttribute("aria-expanded", String(!more.hidden)); draw(); } }, title)
      : h("div", { class: "ig-plan-name" }, title);
    const late = h("span", { class: "ig-gantt-late" });
    const facts = h("p", { class: "ig-plan-use", id: `${name}-facts` }, [t("kind.gantt_length", { n: reach(id), count: reach(id) }), planned.uses(q, option, ctx),
      option.due && t("kind.gantt_due", { period: periods[option.due - 1].label })].filter(Boolean).join(" · "), " ", late);
    const mark = h("p", { class: "ig-problem", id: `${name}-mark`, hidden: true });
    const line = h("div", { class: "ig-gantt-row" }, h("div", { class: "ig-plan-head" }, head, facts), track, mark, more);
    rows.set(id, { option, line, track, bar, input, words, mark, late });
    return line;
  }

  function paint(id, { line, bar, input, words, late }) {
    const at = value[id] || 0;
    const seen = at ? Math.min(reach(id), last - at + 1) : 0;
    if (Number(input.value) !== at) input.value = at;
    input.setAttribute("aria-valuetext", [when(id, at), lateness(id)].filter(Boolean).join(", "));
    bar.style.gridColumn = at ? `${at + planned.tray} / span ${seen}` : `1 / span ${planned.tray}`;
    bar.classList.toggle("ig-gantt-free", !at);
    bar.classList.toggle("ig-goes-on", Boolean(at) && reach(id) > seen);
    line.classList.toggle("ig-chosen", at > 0);
    words.textContent = !at ? t("kind.gantt_free") : reach(id) > seen ? `${periods[at - 1].label} →` : seen > 1 ? when(id, at) : periods[at - 1].label;
    late.textContent = lateness(id) ? `· ${lateness(id)}` : "";
    const list = lists.get(id);
    if (list) { list.select.value = String(at); list.when.textContent = when(id, at); }
  }

  // Lines from what comes first: solid where the order holds, dashed with a cross where it does not.
  const lines = h("svg", { class: "ig-gantt-lines", "aria-hidden": "true" });
  function draw() {
    const box = board.getBoundingClientRect();
    if (!box.width) return;
    const made = [];
    for (const [id, { option, bar }] of rows) {
      if (!value[id]) continue;
      const to = bar.getBoundingClientRect();
      for (const other of option.requires || []) {
        if (!value[other]) continue;
        const first = rows.get(other).bar.getBoundingClientRect();
        const broken = planned.earliest(q, option, other, value) > value[id];
        const down = first.top < to.top;
        const x1 = (option.ended ? first.right : first.left + 14) - box.left;
        const y1 = (down ? first.bottom : first.top) - box.top - (option.ended ? first.height / 2 * (down ? 1 : -1) : 0);
        const x2 = to.left - box.left + 8;
        const y2 = (down ? to.top : to.bottom) - box.top;
        const mid = option.ended ? Math.max(x1 + 8, x2) : x1;
        const turn = y2 - (down ? 7 : -7);
        const way = option.ended && x2 >= x1 ? `M${x1} ${y1}H${x2}V${y2}` : option.ended ? `M${x1} ${y1}H${mid}V${turn}H${x2}V${y2}` : `M${x1} ${y1}V${turn}H${x2}V${y2}`;
        const group = h("g", { class: broken ? "ig-marked" : "" }, h("path", { d: way }), h("path", { d: `M${x2} ${y2}l-5 ${down ? -9 : 9}h10z` }));
        if (broken) group.append(h("path", { class: "ig-gantt-cross", d: `M${x2 - 6} ${turn - 6}l12 12m0 -12l-12 12` }));
        made.push(group);
      }
    }
    lines.replaceChildren(...made);
  }

  // ---- the same as a list

  const lists = new Map();
  function listed(option) {
    const id = option.id;
    const select = h("select", { class: "ig-select ig-field", "aria-label": `${t("kind.gantt_start")}: ${option.label}`, onchange: () => start(id, Number(select.value)) },
      h("option", { value: "0" }, t("kind.gantt_free")), ...periods.map((p, n) => h("option", { value: String(n + 1) }, p.label)));
    const cell = h("td", {});
    lists.set(id, { select, when: cell });
    return h("tr", {}, h("th", { scope: "row" }, option.label), h("td", {}, select), cell, h("td", {}, [planned.uses(q, option, ctx), ...planned.conditions(q, option, ctx)].filter(Boolean).join(" · ") || "–"));
  }

  const style = `--ig-quarters:${last};--ig-tray:${planned.tray}`;
  const events = periods.map((p, n) => [p, n + 1]).filter(([p]) => p.detail);
  const ticks = h("div", { class: "ig-gantt-track ig-gantt-ticks", "aria-hidden": "true" }, h("span", { style: `grid-column:1 / span ${planned.tray}` }, t("kind.gantt_free")),
    ...periods.map((p, n) => h("span", { class: p.detail ? "ig-gantt-event" : "", style: `grid-column:${n + 1 + planned.tray}` }, p.label)));
  const bar = h("div", { class: "ig-meters ig-plan-meters", style },
    h("div", { class: "ig-gantt-row ig-plan-top" }, h("div", { class: "ig-plan-tools" }, past.undo, past.reset), ticks),
    ...limits.map((limit) => h("div", { class: "ig-gantt-row ig-plan-limit" }, h("div", { class: "ig-plan-limit-name" }, h("strong", {}, limit.label)),
      h("div", { class: "ig-gantt-track" }, ...meters.of(limit).map((meter, n) => { meter.style.gridColumn = `${n * limit.pool + 1 + planned.tray} / span ${limit.pool}`; return meter; })))));
  const board = h("div", { class: "ig-gantt", style }, h("div", { class: "ig-gantt-row ig-gantt-ground", "aria-hidden": "true" }, h("div", {}),
    h("div", { class: "ig-gantt-track" }, ...periods.map((p, n) => h("span", { class: `${n % (limits[0]?.pool || 4) === 0 ? "ig-gantt-first" : ""} ${p.detail ? "ig-gantt-event" : ""}`, style: `grid-column:${n + 1 + planned.tray}` })))),
    ...parts.grouped(q).flatMap((set) => [...parts.heading(set.group, ctx), ...set.options.map(row)]), lines);
  const list = h("details", { class: "ig-gantt-list" }, h("summary", {}, t("kind.gantt_list")),
    h("table", {}, h("thead", {}, h("tr", {}, ["item", "start", "when", "needs"].map((c) => h("th", { scope: "col" }, t(`kind.gantt_${c}`))))), h("tbody", {}, q.options.map(listed))));
  const carried = planned.carried(ctx, () => ctx.change({ ...value }));
  const el = parts.frame("schedule", ctx, carried.el, ...parts.meanings(events.map(([p]) => p), ctx), h("p", { class: "ig-hint" }, t("kind.gantt_keys")), bar, board,
    h("p", { class: "ig-hint" }, t("kind.gantt_flag")), list);
  new ResizeObserver(() => draw()).observe(board);

  refresh(ctx.value);
  return {
    el,
    set(next) {
      if (el.querySelector(".ig-dragged")) return;
      if (next && JSON.stringify(next) === JSON.stringify(value)) return;
      refresh(next);
    },
    enable: (on) => parts.enable(el, on),
    live(live) {
      carried.show(live.carried);
      for (const told of live.meters || []) meters.fill(told);
      marks = live.marks || {};
      for (const [id, { mark, line }] of rows) { parts.mark(mark, marks[id]); line.classList.toggle("ig-marked", Boolean(marks[id])); }
      draw();
    },
    focus: () => rows.values().next().value.input.focus(),
  };
};
