// A swim-lane map that is edited: parties are lanes, time runs from left to right, steps are boxes. A step with other
// places can be dragged to one, moved with the arrow keys, or set in the list below, which is the same map in words.

kinds.lanes = (q, ctx) => {
  const { h, t, uid } = ctx;
  const lanes = q.categories;
  const moments = q.periods;
  const column = Object.fromEntries(moments.map((p, n) => [p.id, n]));
  const row = Object.fromEntries(lanes.map((c, n) => [c.id, n]));
  const named = Object.fromEntries([...lanes, ...moments].map((n) => [n.id, n.label]));
  const steps = new Map(q.options.map((o) => [o.id, o]));
  const boxes = new Map();
  const cards = new Map();
  const cells = new Map();
  const svg = h("svg", { class: "ig-lane-arrows", "aria-hidden": "true" });
  const says = h("div", { class: "ig-lane-says" });
  const wrong = h("ul", { class: "ig-problems" });
  let value = {};
  let picked = null;
  let marks = {};
  const past = parts.history(ctx, {}, (before) => { paint(before); ctx.change({ ...value }); });

  // ---- the map as it stands

  const moveOf = (id, at = value[id]) => steps.get(id).moves.find((m) => m.id === at);
  const freed = (id) => Boolean(moveOf(id)?.frees);
  function place(id, at = value[id]) {
    const [step, move] = [steps.get(id), moveOf(id, at)];
    return { lane: move?.lane || step.lane, moment: move?.moment || step.moment };
  }
  const follows = (id) => ((moveOf(id)?.follows ?? steps.get(id).follows) || []).filter((f) => !freed(f));
  const where = (id, at) => { const p = place(id, at); return { lane: named[p.lane], moment: named[p.moment] }; };
  const spot = ({ lane, moment }) => `${lane} ${moment}`;
  const words = (id) => (moveOf(id) ? moveOf(id).label : t("kind.lanes_stays"));
  const ways = (id) => [undefined, ...steps.get(id).moves.map((m) => m.id)]; // today's place first

  // Arrows that say nothing new are left out: what is reached by way of another step.
  function arrows() {
    const reach = (from, to, seen = new Set()) => follows(from).some((f) => f === to || (!seen.has(f) && seen.add(f) && reach(f, to, seen)));
    return [...steps.keys()].flatMap((id) => follows(id)
      .filter((f) => !follows(id).some((other) => other !== f && reach(other, f)))
      .map((f) => [f, id]));
  }

  // ---- changing

  function go(id, at, loud = true) {
    if (value[id] === at) return;
    past.push({ ...value });
    const next = { ...value };
    if (at) next[id] = at;
    else delete next[id];
    paint(next);
    if (loud) ctx.announce(at ? t("kind.lanes_moved", { label: steps.get(id).label, move: words(id), ...where(id) }) : t("kind.lanes_returned", { label: steps.get(id).label }));
    ctx.change({ ...value });
  }

  // The place nearest in a direction, if there is one.
  function toward(id, dx, dy) {
    const here = place(id);
    const options = ways(id).map((at) => {
      const p = place(id, at);
      return { at, x: column[p.moment] - column[here.moment], y: row[p.lane] - row[here.lane] };
    }).filter((o) => (dx ? o.x * dx > 0 : o.y * dy > 0));
    return options.sort((a, b) => Math.abs(a.x) + Math.abs(a.y) - Math.abs(b.x) - Math.abs(b.y))[0];
  }

  function keyed(event, id) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) {
      event.preventDefault();
      const found = toward(id, ...way);
      if (found) go(id, found.at);
      pick(id, false);
    } else if (event.key === "Escape") pick(null);
    else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); go(id, undefined); }
  }

  function pick(id, loud = true) {
    picked = id;
    for (const [other, { el }] of boxes) if (steps.get(other).moves.length) el.setAttribute("aria-pressed", String(other === id));
    for (const [other, { el }] of cards) el.classList.toggle("ig-picked", other === id);
    const open = id ? ways(id).filter((at) => at !== value[id]) : [];
    for (const [key, cell] of cells) {
      const at = id && ways(id).findIndex((w) => w !== value[id] && spot(place(id, w)) === key);
      const way = id && at >= 0 ? ways(id)[at] : null;
      cell.target.hidden = way === null;
      cell.way = way === null ? null : { id, at: way };
      if (way !== null) {
        const label = way ? moveOf(id, way).label : t("kind.lanes_stays");
        cell.target.replaceChildren(h("span", { "aria-hidden": "true" }, label), h("span", { class: "ig-sr" }, t("kind.lanes_here", { move: label })));
      }
    }
    tell(id);
    draw();
    if (id && loud) ctx.announce(t("kind.lanes_picked", { label: steps.get(id).label, places: open.map((at) => (at ? moveOf(id, at).label : t("kind.lanes_stays"))).join(", ") }));
  }

  // What is picked up, and what its places mean.
  function tell(id, at) {
    if (!id) { says.replaceChildren(h("p", { class: "ig-hint" }, t("kind.lanes_hint"))); return; }
    const shown = at === undefined ? steps.get(id).moves : [moveOf(id, at)];
    const step = steps.get(id);
    says.replaceChildren(h("p", {}, h("strong", {}, step.label), " ", h("span", { html: step.detail || "" })),
      h("ul", {}, ...shown.filter(Boolean).map((m) => h("li", {}, h("strong", {}, m.label), ". ", h("span", { html: m.detail || "" })))));
  }

  // ---- dragging, by mouse or finger

  function grab(down, id) {
    if (down.button || frame.disabled) return;
    const { el } = boxes.get(id);
    let over = null;
    let going = false;
    const at = (event) => {
      if (!going && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 8) return;
      if (!going) { going = true; el.setPointerCapture(down.pointerId); el.classList.add("ig-dragged"); pick(id, false); }
      el.style.transform = `translate(${event.clientX - down.clientX}px, ${event.clientY - down.clientY}px)`;
      const under = [...cells.values()].find(({ el: cell, way }) => {
        const b = cell.getBoundingClientRect();
        return way && event.clientX > b.left && event.clientX < b.right && event.clientY > b.top && event.clientY < b.bottom;
      }) || null;
      if (under === over) return;
      over?.target.classList.remove("ig-over");
      over = under;
      over?.target.classList.add("ig-over");
    };
    const end = (event) => {
      for (const name of ["pointermove", "pointerup", "pointercancel"]) el.removeEventListener(name, name === "pointermove" ? at : end);
      if (!going) return;
      over?.target.classList.remove("ig-over");
      el.classList.remove("ig-dragged");
      const target = event.type === "pointerup" && over ? over.way : null;
      if (target) go(id, target.at);
      el.style.transform = "";
      pick(null);
      // The click that may follow a drag does not pick the step up again.
      const swallow = (click) => { click.stopPropagation(); click.preventDefault(); };
      el.addEventListener("click", swallow, { capture: true });
      setTimeout(() => el.removeEventListener("click", swallow, { capture: true }), 60);
    };
    el.addEventListener("pointermove", at);
    el.addEventListener("pointerup", end);
    el.addEventListener("pointercancel", end);
  }

  // ---- drawing

  function box(option) {
    const sign = h("span", { class: "ig-lane-sign" });
    const label = h("span", { class: "ig-label", "aria-hidden": "true" }, option.label);
    const state = h("span", { class: "ig-sr" });
    const el = option.moves.length
      ? h("button", { type: "button", class: "ig-step-box", id: `${uid}-${option.id}`, "aria-pressed": "false",
        onclick: () => pick(picked === option.id ? null : option.id), onkeydown: (event) => keyed(event, option.id),
        onpointerdown: (event) => grab(event, option.id) }, label, state, sign)
      : h("div", { class: "ig-step-box ig-fixed", id: `${uid}-${option.id}` }, label, state, sign);
    boxes.set(option.id, { el, state, sign });
    return el;
  }

  function card(option) {
    const name = `${uid}-${option.id}-list`;
    const after = h("p", { class: "ig-plan-after" });
    const mark = h("p", { class: "ig-problem", hidden: true });
    const radios = ways(option.id).map((at, n) => {
      const move = at && moveOf(option.id, at);
      const id = `${name}-${at || "0"}`;
      const told = move?.detail ? `${id}-detail` : undefined;
      const input = h("input", { type: "radio", name, id, "aria-labelledby": `${id}-label`, "aria-describedby": told, onchange: () => go(option.id, at, false) });
      return { at, input, el: h("label", { class: `ig-lane-way${n ? "" : " ig-lane-today"}`, for: id }, input, h("span", { class: "ig-lane-words" },
        h("span", { class: "ig-label", id: `${id}-label` }, n ? move.label : t("kind.lanes_stays")),
        ...(told ? [h("span", { class: "ig-detail", id: told, html: move.detail })] : []))) };
    });
    const el = h("li", { class: "ig-lane-card" },
      h("div", { class: "ig-lane-ways", role: "radiogroup", "aria-labelledby": `${name}-name` },
        h("p", { class: "ig-lane-name", id: `${name}-name` }, option.label), ...parts.extra(option, ctx), after, ...radios.map((r) => r.el)), mark);
    cards.set(option.id, { el, radios, after, mark });
    return el;
  }

  function paint(next) {
    const focus = board.contains(document.activeElement) ? document.activeElement : null;
    const was = new Map([...boxes].map(([id, { el }]) => [id, el.getBoundingClientRect()]));
    value = Object.fromEntries(q.options.filter((o) => o.moves.some((m) => m.id === next?.[o.id])).map((o) => [o.id, next[o.id]]));
    past.show({ ...value });
    for (const { el, ghosts, target } of cells.values()) { ghosts.replaceChildren(); el.append(target); }
    for (const [id, { el, state, sign }] of boxes) {
      const moved = Boolean(value[id]);
      const cell = cells.get(spot(place(id)));
      if (el.parentNode !== cell.el) cell.el.insertBefore(el, cell.target);
      el.classList.toggle("ig-moved", moved);
      sign.textContent = moved ? t("kind.lanes_tag") : "";
      const option = steps.get(id);
      state.textContent = t("kind.lanes_step", { label: option.label, ...where(id), state: option.moves.length ? words(id) : t("kind.lanes_fixed") });
      if (moved) cells.get(spot(place(id, null))).ghosts.append(h("div", { class: "ig-lane-ghost", "aria-hidden": "true" }, t("kind.lanes_ghost", { label: option.label, rest: moveOf(id).rest || t("kind.lanes_was") })));
    }
    for (const [id, { radios, after }] of cards) {
      for (const { at, input } of radios) input.checked = value[id] === at;
      const waits = follows(id).map((f) => steps.get(f).label).join(", ");
      after.textContent = [t("kind.lanes_at", where(id)), waits && t("kind.lanes_follows", { labels: waits })].filter(Boolean).join(" · ");
    }
    pick(picked, false);
    if (focus && document.activeElement !== focus) focus.focus({ preventScroll: true });
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
      for (const [id, { el }] of boxes) {
        const [a, b] = [was.get(id), el.getBoundingClientRect()];
        if (a.width && (Math.abs(a.left - b.left) > 2 || Math.abs(a.top - b.top) > 2) && el.animate)
          el.animate([{ transform: `translate(${a.left - b.left}px, ${a.top - b.top}px)` }, { transform: "none" }], { duration: 300, easing: "ease-out" });
      }
    }
    draw();
  }

  // Arrows leave to the right and come in from the left, turning in the gaps between columns and lanes.
  function draw() {
    const frameBox = board.getBoundingClientRect();
    if (!frameBox.width) return;
    svg.setAttribute("viewBox", `0 0 ${frameBox.width} ${frameBox.height}`);
    // offset*: where a box stands, even while it is still gliding there
    const at = (id) => {
      const { el } = boxes.get(id);
      const cell = el.parentNode;
      return { x: cell.offsetLeft + el.offsetLeft, y: cell.offsetTop + el.offsetTop, w: el.offsetWidth, h: el.offsetHeight, top: cell.offsetTop, bottom: cell.offsetTop + cell.offsetHeight, col: column[place(id).moment] };
    };
    const used = {};
    const shift = (key) => { used[key] = (used[key] || 0) + 1; return (used[key] - 1) * 4; };
    svg.replaceChildren(...arrows().map(([a, b]) => {
      const [p, r] = [at(a), at(b)];
      const [y1, y2] = [p.y + p.h / 2, r.y + r.h / 2];
      let d;
      if (p.col === r.col) {
        const down = r.y > p.y;
        const x = Math.min(p.x, r.x) + 16 + shift(`v${p.col}`);
        d = `M${x} ${down ? p.y + p.h : p.y} V${down ? r.y - 7 : r.y + r.h + 7}`;
        const tip = h("path", { d: "M0 0 L-5 -9 L5 -9 Z", transform: `translate(${x} ${down ? r.y : r.y + r.h}) rotate(${down ? 0 : 180})` });
        return h("g", { class: marks[b] ? "ig-marked" : "" }, h("path", { d }), tip);
      }
      const into = r.x - 10 - shift(`c${r.col}`);
      if (r.col === p.col + 1 || Math.abs(y1 - y2) < 2 && r.col === p.col + 1) d = `M${p.x + p.w} ${y1} H${into} V${y2} H${r.x - 7}`;
      else {
        // a longer way runs along the edge of the lane, where no box stands
        const edge = (y2 > y1 ? r.top + 6 : y2 < y1 ? r.bottom - 6 : p.bottom - 6) + shift(`l${row[place(b).lane]}`) * (y2 > y1 ? 1 : -1);
        const out = p.x + p.w + 6 + shift(`o${p.col}`);
        d = `M${p.x + p.w} ${y1} H${out} V${edge} H${into} V${y2} H${r.x - 7}`;
      }
      const tip = h("path", { d: "M0 0 L-9 -5 L-9 5 Z", transform: `translate(${r.x} ${y2})` });
      return h("g", { class: marks[b] ? "ig-marked" : "" }, h("path", { d }), tip);
    }));
  }

  function cell(lane, moment, n) {
    const target = h("button", { type: "button", class: "ig-lane-target", hidden: true,
      onclick: () => { const { way } = cells.get(`${lane.id} ${moment.id}`); go(way.id, way.at); boxes.get(way.id).el.focus(); pick(null); },
      onkeydown: (event) => { if (event.key === "Escape") { const { way } = cells.get(`${lane.id} ${moment.id}`); boxes.get(way.id).el.focus(); pick(null); } },
      onfocus: () => { const { way } = cells.get(`${lane.id} ${moment.id}`); if (way?.at) tell(way.id, way.at); },
      onpointerenter: () => { const { way } = cells.get(`${lane.id} ${moment.id}`); if (way?.at) tell(way.id, way.at); } });
    const ghosts = h("div", { class: "ig-lane-ghosts" });
    const el = h("div", { class: `ig-lane-cell${moment.gate ? " ig-gate" : ""}`, style: `grid-column:${n + 2}` }, ghosts, target);
    cells.set(`${lane.id} ${moment.id}`, { el, target, ghosts, way: null });
    return el;
  }

  const board = h("div", { class: "ig-lane-board", role: "group", "aria-label": t("kind.lanes_map"), style: `--ig-columns:${moments.length}` },
    h("div", { class: "ig-lane-row ig-lane-top", "aria-hidden": "true" }, ...moments.map((p, n) => h("div", { class: `ig-lane-moment${p.gate ? " ig-gate" : ""}`, style: `grid-column:${n + 2}` },
      p.gate ? h("span", { class: "ig-lane-gate" }, p.gate) : null, h("span", {}, p.label)))),
    ...lanes.map((lane) => h("div", { class: "ig-lane-row", role: "group", "aria-label": lane.label },
      h("div", { class: "ig-lane-head", "aria-hidden": "true" }, lane.label), ...moments.map((p, n) => cell(lane, p, n)))), svg);
  for (const option of q.options) cells.get(spot({ lane: option.lane, moment: option.moment })).el.prepend(box(option));

  const meters = h("div", { class: "ig-lane-meters" });
  const list = h("ol", { class: "ig-lane-list" }, ...q.options.filter((o) => o.moves.length).map(card));
  const frame = parts.frame("lanes", ctx, h("div", { class: "ig-lane-bar" }, meters, past.undo, past.reset), board, wrong, says,
    h("h4", { class: "ig-group", id: `${uid}--list` }, t("kind.lanes_list")), list);
  list.setAttribute("aria-labelledby", `${uid}--list`);
  board.addEventListener("pointerleave", () => { if (picked) tell(picked); });
  new ResizeObserver(draw).observe(board);

  function meter(m) {
    const share = m.limit > 0 ? Math.min(100, (100 * m.used) / m.limit) : 0;
    return h("div", { class: `ig-meter${m.over ? " ig-over" : ""}` }, h("span", { class: "ig-lane-meter-name" }, m.label),
      h("span", { class: "ig-meter-bar", "aria-hidden": "true" }, h("span", { class: "ig-meter-fill", style: `width:${share}%` })),
      h("span", { class: "ig-meter-words" }, m.text));
  }

  paint(ctx.value);
  return {
    el: frame,
    set(next) { if (!sameValue(next || {}, value) && !frame.querySelector(".ig-dragged")) paint(next); },
    enable: (on) => parts.enable(frame, on),
    live(live) {
      marks = live.marks || {};
      meters.replaceChildren(...(live.meters || []).map(meter));
      for (const [id, { el }] of boxes) el.classList.toggle("ig-marked", Boolean(marks[id]));
      for (const [id, { mark }] of cards) parts.mark(mark, marks[id]);
      wrong.replaceChildren(...Object.values(marks).map((sentence) => h("li", {}, sentence)));
      draw();
    },
    focus: () => q.options.map((o) => o.moves.length && boxes.get(o.id).el).find(Boolean)?.focus(),
  };
};
