// An order: a numbered list whose items move by buttons, by keys or by dragging a handle.

kinds.rank = (q, ctx) => {
  const { h, t, uid } = ctx;
  const label = Object.fromEntries(q.options.map((o) => [o.id, o.label]));
  const listed = q.options.map((o) => o.id);
  const rows = new Map();
  const list = h("ol", { class: "ig-rank", "aria-labelledby": `${uid}--prompt` });
  let answered = false;
  const keep = h("p", { class: "ig-start" }, h("span", {}, t("kind.rank_start")),
    h("button", { type: "button", class: "ig-quiet", onclick: () => report(order()) }, t("kind.keep")));
  const past = parts.history(ctx, listed, (value) => { arrange(value); report(value, true); }, "kind.rank_reset");

  const order = () => [...list.children].map((row) => row.igId);

  function report(before, undoing) {
    if (!undoing) past.push(before);
    answered = true;
    paint();
    ctx.change(order());
  }

  function paint() {
    keep.hidden = answered;
    past.show(order());
    order().forEach((id, n) => {
      const { place, up, down } = rows.get(id);
      place.textContent = n + 1;
      up.setAttribute("aria-disabled", String(n === 0));
      down.setAttribute("aria-disabled", String(n === listed.length - 1));
    });
  }

  // The neighbour is what moves in the document, never the item itself: it keeps its focus and the pointer.
  function shift(id, by) {
    const { el } = rows.get(id);
    const other = by < 0 ? el.previousElementSibling : el.nextElementSibling;
    if (!other) return false;
    if (by < 0) el.after(other);
    else el.before(other);
    return true;
  }

  function move(id, by) {
    const before = order();
    if (!shift(id, by)) return;
    report(before);
    parts.flash(rows.get(id).el);
    ctx.announce(t("kind.rank_place", { label: label[id], n: order().indexOf(id) + 1, of: listed.length }));
  }

  function grip(id) {
    const handle = h("button", {
      type: "button", class: "ig-grip", "aria-label": t("kind.rank_drag", { label: label[id] }),
      onkeydown: (event) => {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!by) return;
        event.preventDefault();
        move(id, by);
      },
      onpointerdown: (event) => drag(event, id, handle),
    });
    return handle;
  }

  function drag(down, id, handle) {
    const { el } = rows.get(id);
    const before = order();
    handle.setPointerCapture(down.pointerId);
    el.classList.add("ig-dragged");
    const at = (event) => {
      const above = el.previousElementSibling?.getBoundingClientRect();
      const below = el.nextElementSibling?.getBoundingClientRect();
      if (above && event.clientY < above.top + above.height / 2) shift(id, -1);
      else if (below && event.clientY > below.top + below.height / 2) shift(id, 1);
      else return;
      paint();
    };
    const end = () => {
      handle.removeEventListener("pointermove", at);
      el.classList.remove("ig-dragged");
      if (before.join() !== order().join()) {
        report(before);
        ctx.announce(t("kind.rank_place", { label: label[id], n: order().indexOf(id) + 1, of: listed.length }));
      }
    };
    handle.addEventListener("pointermove", at);
    handle.addEventListener("lostpointercapture", end, { once: true });
  }

  for (const option of q.options) {
    const { id } = option;
    const arrow = (by, key, sign) => h("button", {
      type: "button", class: "ig-step-button", "aria-label": t(`kind.rank_${key}`, { label: option.label }), onclick: () => move(id, by),
    }, h("span", { "aria-hidden": "true" }, sign));
    const place = h("span", { class: "ig-place", "aria-hidden": "true" });
    const up = arrow(-1, "up", "↑");
    const down = arrow(1, "down", "↓");
    const el = h("li", { class: "ig-rank-row" }, place,
      h("div", { class: "ig-card-text" }, h("span", { class: "ig-label" }, option.label), ...parts.extra(option, ctx, `${uid}-${id}-detail`)),
      up, down, grip(id));
    el.igId = id;
    rows.set(id, { el, place, up, down });
  }

  function arrange(value) {
    if (value.join() !== order().join()) list.append(...value.map((id) => rows.get(id).el));
  }

  function show(value) {
    if (list.querySelector(".ig-dragged")) return;
    answered = Boolean(value?.length);
    arrange(answered ? value : listed);
    paint();
  }

  const el = parts.frame("rank", ctx, list, keep, h("div", { class: "ig-tools" }, past.undo, past.reset));
  show(ctx.value);
  return { el, set: show, enable: (on) => parts.enable(el, on), live() {}, focus: () => list.querySelector("button:not([aria-disabled=true])").focus() };
};
