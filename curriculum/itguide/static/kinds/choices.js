// Several of several: checkboxes as cards, with a count that says how many may be chosen.

kinds.choices = (q, ctx) => {
  const { h, uid } = ctx;
  const inputs = new Map();
  const count = h("p", { class: "ig-count", id: `${uid}--count` });

  function card(option) {
    const id = `${uid}-${option.id}`;
    const input = h("input", {
      type: "checkbox", id, onchange: report, "aria-labelledby": `${id}-label`,
      "aria-describedby": `${uid}--count${option.detail ? ` ${id}-detail` : ""}`,
    });
    inputs.set(option.id, input);
    return h("label", { class: "ig-card", for: id }, input,
      h("span", { class: "ig-card-text" },
        h("span", { class: "ig-label", id: `${id}-label` }, option.label), ...parts.extra(option, ctx, `${id}-detail`)));
  }

  const chosen = () => [...inputs].filter(([, input]) => input.checked).map(([id]) => id);

  function report() {
    paint();
    ctx.announce(count.textContent);
    ctx.change(chosen());
  }

  function paint() {
    const n = chosen().length;
    const { least, most } = q;
    const key = most && least && least !== most ? "chosen_between" : most ? "chosen_most" : least ? "chosen_least" : "chosen";
    count.textContent = ctx.t(`kind.${key}`, { n, least, most });
    count.classList.toggle("ig-over", Boolean(most) && n > most);
    count.classList.toggle("ig-complete", n > 0 && n >= (least || most || 1) && (!most || n <= most));
    for (const input of inputs.values()) input.closest(".ig-card").classList.toggle("ig-chosen", input.checked);
  }

  function show(value) {
    for (const [id, input] of inputs) input.checked = (value || []).includes(id);
    paint();
  }

  const el = parts.frame("choices", ctx, h("div", { class: "ig-tools" }, count), ...parts.grouped(q).flatMap((set) => [
    ...parts.heading(set.group, ctx), h("div", { class: "ig-cards" }, ...set.options.map(card))]));
  show(ctx.value);
  return {
    el,
    set: show,
    enable: (on) => parts.enable(el, on),
    live() {},
    focus: () => inputs.values().next().value.focus(),
  };
};
