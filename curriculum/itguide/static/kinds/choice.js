// One of several: radio buttons as cards.

kinds.choice = (q, ctx) => {
  const { h, uid } = ctx;
  const inputs = new Map();

  function card(option) {
    const id = `${uid}-${option.id}`;
    const input = h("input", {
      type: "radio", name: uid, id, "aria-labelledby": `${id}-label`, onchange: () => choose(option.id),
      ...(option.detail ? { "aria-describedby": `${id}-detail` } : {}),
    });
    inputs.set(option.id, input);
    return h("label", { class: "ig-card", for: id }, input,
      h("span", { class: "ig-card-text" },
        h("span", { class: "ig-label", id: `${id}-label` }, option.label), ...parts.extra(option, ctx, `${id}-detail`)));
  }

  function choose(id) {
    show(id);
    ctx.change(id);
  }

  function show(value) {
    for (const [id, input] of inputs) {
      input.checked = id === value;
      input.closest(".ig-card").classList.toggle("ig-chosen", input.checked);
    }
  }

  const el = parts.frame("choice", ctx, ...parts.grouped(q).flatMap((set) => [
    ...parts.heading(set.group, ctx), h("div", { class: "ig-cards" }, ...set.options.map(card))]));
  show(ctx.value);
  return {
    el,
    set: show,
    enable: (on) => parts.enable(el, on),
    live() {},
    focus: () => ([...inputs.values()].find((i) => i.checked) || inputs.values().next().value).focus(),
  };
};
