// A message at an hour of an incident: a clock that moves only when the reader goes on, and the button that does.

kinds.inject = (q, ctx) => {
  const { h, t } = ctx;
  const last = q.most || q.hour;
  const share = (hour) => `${(100 * hour) / last}%`;
  const step = last > 36 ? 24 : last > 12 ? 6 : 1;
  const ticks = Array.from({ length: Math.floor(last / step) + 1 }, (_, n) => n * step);
  const face = h("div", { class: "ig-clock", tabindex: "-1", role: "img" });
  const button = h("button", { type: "button", class: "ig-read-on", onclick: () => ctx.change("read") },
    t("kind.inject_read_on", { hour: q.hour }));

  function show(value) {
    const read = value === "read";
    const now = read ? q.hour : q.since || 0;
    button.hidden = read;
    face.setAttribute("aria-label", t("kind.inject_clock", { hour: now, last }));
    face.replaceChildren(
      h("p", { class: "ig-clock-now", "aria-hidden": "true" }, h("strong", {}, t("kind.inject_hour", { hour: now })), " ",
        t("kind.inject_of", { last })),
      h("div", { class: "ig-clock-line", "aria-hidden": "true", style: `--now:${share(now)};--since:${share(q.since || 0)}` },
        h("span", { class: "ig-clock-past" }),
        read ? null : h("span", { class: "ig-clock-next", style: `--at:${share(q.hour)}` }),
        h("span", { class: "ig-clock-hand" }),
        ticks.map((n) => h("span", { class: "ig-clock-tick", style: `--at:${share(n)}` }, t("kind.inject_tick", { n })))));
  }

  const el = parts.frame("inject", ctx, face, button);
  show(ctx.value);
  return { el, set: show, enable: (on) => parts.enable(el, on), live() {}, focus: () => (button.hidden ? face : button).focus({ preventScroll: true }) };
};
