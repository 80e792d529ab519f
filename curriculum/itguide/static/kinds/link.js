// Arrows between boxes: choose a box, then what it leads to. The same arrows stand below as sentences.

kinds.link = (q, ctx) => {
  const { h, t, uid } = ctx;
  const label = Object.fromEntries(q.options.map((o) => [o.id, o.label]));
  const boxes = new Map();
  const svg = h("svg", { class: "ig-arrows", "aria-hidden": "true" });
  const hint = h("p", { class: "ig-hint ig-link-hint", role: "status" });
  const count = h("p", { class: "ig-count" });
  const list = h("ul", { class: "ig-links", "aria-labelledby": `${uid}--prompt` });
  let pairs = [];
  let from = null;
  let marks = {};
  const past = parts.history(ctx, [], (before) => { paint(before); ctx.change(pairs); });

  function choose(id) {
    if (from === null) return aim(id);
    if (from === id) return aim(null);
    const source = from;
    aim(null);
    if (pairs.some(([a, b]) => a === source && b === id)) {
      hint.textContent = t("kind.link_there");
      return undefined;
    }
    return alter([...pairs, [source, id]], "link_made", source, id);
  }

  function alter(next, said, source, target) {
    past.push(pairs);
    paint(next);
    hint.textContent = t(`kind.${said}`, { source: label[source], target: label[target] });
    ctx.change(pairs);
  }

  function aim(id) {
    from = id;
    for (const [other, { el }] of boxes) el.setAttribute("aria-pressed", String(other === id));
    frame.classList.toggle("ig-aiming", id !== null);
    hint.textContent = id ? t("kind.link_from", { label: label[id] }) : t("kind.link_hint");
  }

  function box(option) {
    const note = h("span", { class: "ig-problem", hidden: true });
    const extra = parts.extra(option, ctx, `${uid}-${option.id}-detail`);
    const el = h("button", { type: "button", class: "ig-box", "aria-pressed": "false", onclick: () => choose(option.id) },
      h("span", { class: "ig-label" }, option.label), ...extra, note);
    boxes.set(option.id, { el, note });
    return el;
  }

  function sentence([source, target]) {
    const remove = h("button", {
      type: "button", class: "ig-quiet", "aria-label": t("kind.link_remove_label", { source: label[source], target: label[target] }),
      onclick: () => {
        const at = [...list.children].indexOf(remove.closest("li"));
        alter(pairs.filter(([a, b]) => a !== source || b !== target), "link_gone", source, target);
        (list.children[Math.min(at, list.children.length - 1)]?.querySelector("button") || boxes.get(source).el).focus();
      },
    }, t("kind.link_remove"));
    const light = (on) => () => svg.querySelector(`[data-pair="${source}>${target}"]`)?.classList.toggle("ig-lit", on);
    return h("li", { onpointerenter: light(true), onpointerleave: light(false), onfocusin: light(true), onfocusout: light(false) },
      h("span", {}, t("kind.link_one", { source: label[source], target: label[target] })), remove);
  }

  function paint(next) {
    pairs = (next || []).map((pair) => [...pair]);
    past.show(pairs);
    const n = pairs.length;
    count.textContent = n === 0 ? t("kind.link_none") : q.least && n < q.least ? t("kind.link_count_least", { n, least: q.least }) : t("kind.link_count", { n, count: n });
    list.replaceChildren(...pairs.map(sentence));
    draw();
  }

  // Where arrows meet a box they are spread along its edge, in the order of where they go.
  function draw() {
    const frameBox = board.getBoundingClientRect();
    if (!frameBox.width) return;
    const place = new Map([...boxes].map(([id, { el }]) => {
      const b = el.getBoundingClientRect();
      return [id, { x: b.left - frameBox.left, y: b.top - frameBox.top, w: b.width, h: b.height }];
    }));
    const ends = new Map();
    const routes = pairs.filter(([a, b]) => place.has(a) && place.has(b)).map(([a, b]) => {
      const [p, r] = [place.get(a), place.get(b)];
      const dir = Math.abs(p.y - r.y) < 8 ? 0 : p.y > r.y ? -1 : 1;
      const route = { a, b, p, r, dir };
      for (const [id, side, toward] of [[a, dir <= 0 ? "top" : "bottom", r.x], [b, dir < 0 ? "bottom" : "top", p.x]]) {
        const key = `${id} ${side}`;
        ends.set(key, [...(ends.get(key) || []), { route, id, toward }]);
      }
      return route;
    });
    const along = (id, side, route, span) => {
      const here = ends.get(`${id} ${side}`).sort((m, n) => m.toward - n.toward);
      return span.x + (span.w * (here.findIndex((e) => e.route === route && e.id === id) + 1)) / (here.length + 1);
    };
    svg.setAttribute("viewBox", `0 0 ${frameBox.width} ${frameBox.height}`);
    const shelves = levels([...place.values()]);
    svg.replaceChildren(...routes.map((route) => {
      const { a, b, p, r, dir } = route;
      const start = [along(a, dir <= 0 ? "top" : "bottom", route, p), dir <= 0 ? p.y : p.y + p.h];
      const end = [along(b, dir < 0 ? "bottom" : "top", route, r), dir < 0 ? r.y + r.h : r.y];
      const up = dir < 0 ? 1 : -1; // which way the tip comes from
      const stops = [start, ...through(shelves, start, end), [end[0], end[1] + up * 8]];
      const d = dir === 0 ? `M${start} C${start[0]} ${start[1] - 34} ${end[0]} ${end[1] - 34} ${stops.at(-1)}`
        : stops.slice(1).reduce((drawn, [x, y], n) => {
          const [x0, y0] = stops[n];
          const half = (y + y0) / 2;
          return `${drawn} C${x0} ${half} ${x} ${half} ${x} ${y}`;
        }, `M${start}`);
      const tip = h("path", { d: "M0 0 L-7 13 L7 13 Z", transform: `translate(${end}) rotate(${up > 0 ? 0 : 180})` });
      return h("g", { "data-pair": `${a}>${b}`, class: marks[a] && marks[b] ? "ig-marked" : "" }, h("path", { d }), tip);
    }));
  }

  // The rows boxes stand in, top to bottom, each with the places where an arrow can pass between them.
  function levels(all) {
    const found = [];
    for (const b of [...all].sort((m, n) => m.y + m.h / 2 - n.y - n.h / 2)) {
      const at = found.at(-1);
      if (at && b.y + b.h / 2 < at.bottom) Object.assign(at, { bottom: Math.max(at.bottom, b.y + b.h), boxes: [...at.boxes, b] });
      else found.push({ top: b.y, bottom: b.y + b.h, boxes: [b] });
    }
    for (const row of found) {
      const boxesHere = row.boxes.sort((m, n) => m.x - n.x);
      row.gaps = [boxesHere[0].x - 14, ...boxesHere.slice(1).map((b, n) => (boxesHere[n].x + boxesHere[n].w + b.x) / 2), boxesHere.at(-1).x + boxesHere.at(-1).w + 14];
    }
    return found;
  }

  // The points by which a long arrow passes the rows between its ends, instead of behind their boxes.
  function through(shelves, [x1, y1], [x2, y2]) {
    const [top, bottom] = [Math.min(y1, y2), Math.max(y1, y2)];
    const between = shelves.filter((row) => row.top > top + 1 && row.bottom < bottom - 1);
    const stops = between.flatMap((row) => {
      const wanted = x1 + ((x2 - x1) * ((row.top + row.bottom) / 2 - y1)) / (y2 - y1);
      const x = row.gaps.reduce((best, gap) => (Math.abs(gap - wanted) < Math.abs(best - wanted) ? gap : best));
      return [[x, row.top], [x, row.bottom]];
    });
    return y1 < y2 ? stops : stops.reverse();
  }

  const board = h("div", { class: "ig-board" }, ...parts.grouped(q).map((set) =>
    h("div", { class: "ig-shelf" }, ...parts.heading(set.group, ctx), h("div", { class: "ig-boxes" }, ...set.options.map(box)))));
  board.append(svg);
  board.addEventListener("keydown", (event) => { if (event.key === "Escape" && from !== null) aim(null); });
  const frame = parts.frame("link", ctx, hint, board, h("div", { class: "ig-tools" }, count, past.undo, past.reset), list);
  new ResizeObserver(draw).observe(board);
  paint(ctx.value);
  aim(null);
  return {
    el: frame,
    set(value) { if (JSON.stringify(value || []) !== JSON.stringify(pairs)) paint(value); },
    enable: (on) => parts.enable(frame, on),
    live(live) {
      marks = live.marks || {};
      for (const [id, { el, note }] of boxes) { parts.mark(note, marks[id]); el.classList.toggle("ig-marked", Boolean(marks[id])); }
      draw();
    },
    focus: () => boxes.values().next().value.el.focus(),
  };
};
