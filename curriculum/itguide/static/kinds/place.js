// Items on a grid: numbered tokens to drag, a legend whose lines the arrow keys move, and the same as two lists an item.
// Where others put the chosen item is drawn in the squares, with their words beside its line.

kinds.place = (q, ctx) => {
  const { h, t, uid } = ctx;
  const rows = [...q.rows].reverse(); // drawn from the top down; the first row stands at the bottom
  const columns = q.columns;
  const names = (listed) => Object.fromEntries((listed || []).map((n) => [n.id, n.label]));
  const [rowName, columnName, viewName] = [names(q.rows), names(columns), names(q.views)];
  const places = { row: Object.fromEntries(rows.map((r, n) => [r.id, n])), column: Object.fromEntries(columns.map((c, n) => [c.id, n])) };
  const items = new Map();
  const half = {}; // what one of the two lists says while the other is still empty
  const TOKEN = 44;
  const GAP = 3;
  let value = {};
  let active = q.options[0].id;
  const count = h("p", { class: "ig-count" });
  const past = parts.history(ctx, {}, (before) => { for (const id in half) delete half[id]; paint(before); ctx.change({ ...value }); });

  // ---- changing

  function put(id, square, spoken = true) {
    const at = value[id] || null;
    if (at === square || (at && square && at[0] === square[0] && at[1] === square[1])) return paint(value);
    past.push({ ...value });
    const next = { ...value };
    if (square) next[id] = square;
    else delete next[id];
    paint(next);
    const { label } = items.get(id);
    if (spoken) ctx.announce(square ? t("kind.place_at", { label, row: rowName[square[0]], column: columnName[square[1]] }) : t("kind.place_off", { label }));
    return ctx.change({ ...value });
  }

  function choose(id) {
    active = id;
    for (const [other, { name, more, token, line }] of items) {
      name.setAttribute("aria-expanded", String(other === active));
      more.hidden = other !== active;
      token.classList.toggle("ig-active", other === active);
      line.classList.toggle("ig-active", other === active);
    }
    ghosts();
  }

  function keyed(event, id) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const off = event.key === "Delete" || event.key === "Backspace";
    if (!step && !off) return;
    event.preventDefault();
    if (active !== id) choose(id);
    if (off) { put(id, null); return; }
    const at = value[id];
    // The first arrow sets an item down at the bottom left; from there it is moved.
    const row = at ? places.row[at[0]] + step[0] : rows.length - 1;
    const column = at ? places.column[at[1]] + step[1] : 0;
    if (rows[row] && columns[column]) put(id, [rows[row].id, columns[column].id]);
  }

  function under(event) {
    for (const { el, square } of cells) {
      const box = el.getBoundingClientRect();
      if (event.clientX >= box.left && event.clientX < box.right && event.clientY >= box.top && event.clientY < box.bottom) return square;
    }
    return null;
  }

  // A token follows the pointer; let go outside the grid it goes back to the tray.
  function drag(down, id, token) {
    if (frame.disabled || down.button) return;
    down.preventDefault();
    choose(id);
    let going = false;
    token.setPointerCapture(down.pointerId);
    const at = (event) => {
      const [x, y] = [event.clientX - down.clientX, event.clientY - down.clientY];
      if (!going && Math.hypot(x, y) < 6) return;
      going = true;
      token.classList.add("ig-dragged");
      token.style.translate = `${x}px ${y}px`;
      const square = under(event);
      for (const cell of cells) cell.el.classList.toggle("ig-aimed", Boolean(square) && cell.square[0] === square[0] && cell.square[1] === square[1]);
    };
    const end = (event) => {
      for (const name of ["pointermove", "pointerup", "pointercancel"]) token.removeEventListener(name, name === "pointermove" ? at : end);
      token.classList.remove("ig-dragged");
      token.style.translate = "";
      for (const cell of cells) cell.el.classList.remove("ig-aimed");
      if (going && event.type === "pointerup") put(id, under(event));
    };
    token.addEventListener("pointermove", at);
    token.addEventListener("pointerup", end);
    token.addEventListener("pointercancel", end);
  }

  // ---- the grid

  const cells = rows.flatMap((r, y) => columns.map((c, x) => {
    const el = h("div", { class: "ig-square", style: `grid-row:${y + 1};grid-column:${x + 2}`, onclick: () => { if (!frame.disabled && active) put(active, [r.id, c.id]); } },
      h("div", { class: "ig-ghosts" }));
    return { el, square: [r.id, c.id] };
  }));
  const tray = h("div", { class: "ig-tray", style: `grid-row:${rows.length + 3};grid-column:1 / -1` });
  const trayName = h("span", { class: "ig-tray-name" });
  tray.append(trayName);
  const grid = h("div", { class: "ig-grid", "aria-hidden": "true", style: `--ig-columns:${columns.length}` },
    ...rows.map((r, y) => h("div", { class: "ig-grid-row", style: `grid-row:${y + 1}` }, h("strong", {}, r.label), ...(r.detail ? [h("span", {}, r.detail)] : []))),
    ...cells.map((c) => c.el),
    ...columns.map((c, x) => h("div", { class: "ig-grid-column", style: `grid-row:${rows.length + 1};grid-column:${x + 2}` }, h("strong", {}, c.label), ...(c.detail ? [h("span", {}, c.detail)] : []))),
    h("p", { class: "ig-axis", style: `grid-row:${rows.length + 2}` }, q.axes[1], " →"), tray);

  // What others say of the chosen item: their names in the squares, dashed.
  function ghosts() {
    for (const { el } of cells) el.firstChild.replaceChildren();
    const option = q.options.find((o) => o.id === active);
    for (const seen of option?.seen || []) {
      const cell = cells.find((c) => c.square[0] === seen.row && c.square[1] === seen.column);
      cell.el.firstChild.append(h("span", { class: "ig-ghost" }, viewName[seen.view]));
    }
  }

  // Tokens in one square stand in rows; a row of the grid is as high as its fullest square needs.
  function lay() {
    const width = cells[0].el.getBoundingClientRect().width;
    const across = Math.max(1, Math.floor((width - GAP) / (TOKEN + GAP)));
    const full = {};
    const high = rows.map(() => 1);
    let waiting = 0;
    for (const [id, { token }] of items) {
      const at = value[id];
      const key = at ? at.join(" ") : "";
      const n = at ? (full[key] = (full[key] ?? -1) + 1) : waiting++;
      const line = at ? Math.floor(n / across) : 0;
      token.style.gridRow = at ? places.row[at[0]] + 1 : rows.length + 3;
      token.style.gridColumn = at ? places.column[at[1]] + 2 : "1 / -1";
      token.style.marginInlineStart = at ? `${GAP + (n % across) * (TOKEN + GAP)}px` : `${8 + n * (TOKEN + 6)}px`;
      token.style.marginTop = `${(at ? GAP : 31) + line * (TOKEN + GAP)}px`;
      if (at) high[places.row[at[0]]] = Math.max(high[places.row[at[0]]], line + 1);
    }
    grid.style.gridTemplateRows = [...high.map((n) => `${Math.max(82, 30 + n * (TOKEN + GAP))}px`), "auto", "auto", "auto"].join(" ");
    trayName.textContent = t(waiting ? "kind.place_tray" : "kind.place_all");
    tray.classList.toggle("ig-all", !waiting);
  }

  // ---- the legend, and the same as lists

  function line(option, n) {
    const id = `${uid}-${option.id}`;
    const number = t("kind.place_number", { n: n + 1 });
    const token = h("div", { class: "ig-token", "data-item": option.id, onpointerdown: (event) => drag(event, option.id, token) }, number);
    const where = h("span", { class: "ig-where" });
    const name = h("button", {
      type: "button", class: "ig-item", id, "aria-controls": `${id}-more`, onclick: () => choose(option.id), onkeydown: (event) => keyed(event, option.id),
    }, h("span", { class: "ig-item-number", "aria-hidden": "true" }, number), h("span", {}, h("span", { class: "ig-label", id: `${id}-label` }, option.label), h("span", { class: "ig-sr" }, " "), where));
    const told = (option.seen || []).map((seen) => h("div", {}, h("dt", {}, t("kind.place_view", { view: viewName[seen.view], row: rowName[seen.row], column: columnName[seen.column] })), h("dd", { html: seen.detail })));
    const extra = parts.extra(option, ctx, `${id}-detail`);
    const more = h("div", { class: "ig-item-more", id: `${id}-more`, hidden: true },
      extra.filter((e) => e.matches(".ig-detail")), told.length ? h("dl", { class: "ig-views" }, told) : null, extra.filter((e) => !e.matches(".ig-detail")));
    const el = h("li", {}, name, more);
    items.set(option.id, { label: option.label, token, where, name, more, line: el, lists: lists(option, id) });
    grid.append(token);
    return el;
  }

  function lists(option, id) {
    const pick = (n, listed) => h("select", { class: "ig-field ig-select", id: `${id}-${n ? "column" : "row"}`, "aria-label": `${option.label}: ${q.axes[n]}`, onchange: () => listed_(option.id) },
      h("option", { value: "" }, t("kind.not_placed")), ...listed.map((l) => h("option", { value: l.id }, l.label)));
    return [pick(0, q.rows), pick(1, columns)];
  }

  function listed_(id) {
    const chosen = items.get(id).lists.map((list) => list.value);
    if (active !== id) choose(id);
    if (chosen.every(Boolean)) { delete half[id]; put(id, chosen); return; }
    half[id] = chosen;
    put(id, null, Boolean(value[id]));
  }

  // ---- showing

  function paint(next) {
    value = Object.fromEntries(q.options.filter((o) => next?.[o.id]).map((o) => [o.id, [...next[o.id]]]));
    past.show({ ...value });
    for (const [id, { token, where, line: el, lists: both }] of items) {
      const at = value[id];
      where.textContent = at ? t("kind.place_where", { row: rowName[at[0]], column: columnName[at[1]] }) : t("kind.not_placed");
      token.classList.toggle("ig-waits", !at);
      el.classList.toggle("ig-placed", Boolean(at));
      both.forEach((list, n) => { list.value = at ? at[n] : half[id]?.[n] || ""; });
    }
    const n = Object.keys(value).length;
    count.textContent = t("kind.place_of", { n, of: q.options.length });
    count.classList.toggle("ig-complete", n === q.options.length);
    lay();
  }

  const legend = h("ol", { class: "ig-legend", "aria-labelledby": `${uid}--prompt` }, ...q.options.map(line));
  const plain = h("details", { class: "ig-plain" }, h("summary", {}, t("kind.place_list")),
    ...q.options.map((o) => h("div", { class: "ig-plain-row" }, h("span", { class: "ig-label" }, o.label), ...items.get(o.id).lists)));
  const frame = parts.frame("place", ctx, h("p", { class: "ig-hint" }, t("kind.place_hint")),
    h("div", { class: "ig-place-board" }, h("div", { class: "ig-grid-side" }, h("p", { class: "ig-axis", "aria-hidden": "true" }, "↑ ", q.axes[0]), grid, h("div", { class: "ig-tools" }, count, past.undo, past.reset)), legend), plain);
  new ResizeObserver(lay).observe(grid);
  paint(ctx.value);
  choose(active);
  return {
    el: frame,
    set(next) { if (JSON.stringify(next || {}) !== JSON.stringify(value) && !grid.querySelector(".ig-dragged")) paint(next || {}); },
    enable: (on) => parts.enable(frame, on),
    live() {},
    focus: () => items.values().next().value.name.focus(),
  };
};
