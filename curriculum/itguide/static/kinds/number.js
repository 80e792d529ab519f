// A number with its unit: typed as the reader writes numbers, or stepped with two buttons.

kinds.number = (q, ctx) => {
  const { h, t, uid } = ctx;
  const figures = parts.figures(ctx.lang);
  const step = q.step || 1;
  const low = q.least ?? -Infinity;
  const high = q.most ?? Infinity;
  const unit = parts.unit(q.unit);
  const given = (n) => n !== null && n !== undefined;
  const input = h("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", class: "ig-field ig-number", id: `${uid}-field`,
    "aria-labelledby": `${uid}--prompt ${uid}-unit`, "aria-describedby": `${uid}--help ${uid}-range ${uid}-unread`,
    oninput: typed, onblur: settle, onkeydown: keyed,
  });
  const unread = h("p", { class: "ig-problem", id: `${uid}-unread`, role: "status", hidden: true });
  const range = given(q.least) && given(q.most) ? "between" : given(q.least) ? "least" : given(q.most) ? "most" : "";
  // A unit that only follows the figure stands beside the field already.
  const told = (n) => (given(n) && q.unit?.includes("{n}") ? amount(n, q.unit, ctx.lang) : n);
  const hint = range ? t(`kind.number_${range}`, { least: told(q.least), most: told(q.most) }) : "";
  const button = (sign, key) => h("button", {
    type: "button", class: "ig-step-button", "aria-label": t(`kind.number_${key}`), onclick: () => move(sign * step),
  }, sign < 0 ? "−" : "+");

  function typed() {
    const text = input.value.trim();
    const value = figures.read(text);
    if (text === "" || !Number.isNaN(value)) complain(false);
    if (text === "") ctx.change(null, { typing: true });
    else ctx.change(Number.isNaN(value) ? null : value, { typing: true }); // what cannot be read is no answer
  }

  function settle() {
    const text = input.value.trim();
    const value = figures.read(text);
    complain(text !== "" && Number.isNaN(value));
    if (text !== "" && !Number.isNaN(value)) input.value = figures.write(value);
  }

  function complain(on) {
    input.setAttribute("aria-invalid", String(on));
    parts.mark(unread, on ? t("kind.number_unread", { example: figures.write(12.5) }) : "");
  }

  function move(by) {
    const now = figures.read(input.value.trim());
    const start = Number.isNaN(now) ? (Number.isFinite(low) ? low - (by > 0 ? by : 0) : 0) : now;
    const value = Math.min(high, Math.max(low, Number((start + by).toFixed(6))));
    show(value);
    ctx.announce(`${input.value} ${unit}`);
    ctx.change(value, { typing: true });
  }

  function keyed(event) {
    const by = { ArrowUp: step, ArrowDown: -step, PageUp: 10 * step, PageDown: -10 * step }[event.key];
    if (!by) return;
    event.preventDefault();
    move(by);
  }

  function show(value) {
    // What already says this number stays as typed, with the caret where it is.
    if (given(value) ? figures.read(input.value.trim()) === value : input.value.trim() === "") return;
    input.value = given(value) ? figures.write(value) : "";
    complain(false);
  }

  const el = parts.frame("number", ctx,
    h("div", { class: "ig-number-row" }, button(-1, "less"), input, button(1, "more"),
      h("span", { class: "ig-unit", id: `${uid}-unit` }, unit)),
    h("p", { class: "ig-hint", id: `${uid}-range` }, hint), unread);
  show(ctx.value);
  return { el, set: show, enable: (on) => parts.enable(el, on), live() {}, focus: () => input.focus() };
};
