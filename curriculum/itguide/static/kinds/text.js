// Words of one's own: a field that grows, and a count that says how many words are left.

kinds.text = (q, ctx) => {
  const { h, t, uid } = ctx;
  const field = h("textarea", {
    class: "ig-field ig-text", id: `${uid}-field`, rows: q.lines || 3, spellcheck: "true", lang: ctx.lang,
    "aria-labelledby": `${uid}--prompt`, "aria-describedby": `${uid}--help ${uid}-words`, oninput: typed,
  });
  const count = h("p", { class: "ig-words", id: `${uid}-words` });
  let told = false;

  function typed() {
    paint();
    ctx.change(field.value, { typing: true });
  }

  function paint() {
    const n = field.value.trim() ? field.value.trim().split(/\s+/).length : 0;
    const over = n - q.words;
    count.textContent = q.words ? t(over > 0 ? "kind.words_over" : "kind.words", { n, words: q.words, over, count: over }) : "";
    count.classList.toggle("ig-over", q.words > 0 && over > 0);
    field.setAttribute("aria-invalid", String(q.words > 0 && over > 0));
    // Read aloud when the limit is crossed, not at every word.
    if (q.words && over > 0 && !told) ctx.announce(count.textContent);
    told = over > 0;
  }

  function show(value) {
    if ((value ?? "") === field.value) return;
    field.value = value ?? "";
    paint();
  }

  const el = parts.frame("text", ctx, field, count);
  paint();
  show(ctx.value);
  return { el, set: show, enable: (on) => parts.enable(el, on), live() {}, focus: () => field.focus() };
};
