// Formgrader's page laid out for marking: the answer beside its criteria, levels and comments at one press, the next
// unread answer at one more. Every mark goes through formgrader's own fields; nothing of it is replaced.
"use strict";
// Formgrader waits for a formula script from the network before its shortcuts work; without one it starts at once.
window.MathJax = window.MathJax || { Hub: { Startup: { signal: { Interest: (then) => then("End") } } } };

(() => {
  const home = () => window.base_url.replace(/\/formgrader$/, "/itguide/marking");
  const questionOf = (gradeId) => gradeId.split("__").slice(0, 2).join("__");
  const make = (tag, kind, text) => Object.assign(document.createElement(tag), { className: kind, textContent: text || "" });
  let now = null; // the question in hand
  let only = true; // only this question is shown
  let failed = false; // a mark or comment was not saved

  // ---- the layout

  function layOut() {
    const cells = [...document.querySelectorAll("#notebook-container > .cell")];
    let before = [];
    let section = null;
    for (const cell of cells) {
      const field = cell.querySelector("textarea.comment") && cell.querySelector("input.score");
      if (!field) {
        before.push(cell);
        section = null;
        continue;
      }
      const question = questionOf(field.id);
      if (!section || section.dataset.question !== question) {
        section = begin(question, before, cell);
        before = [];
      }
      section.querySelector(".ig-criteria").append(cell);
      criterion(cell, field);
    }
    if (before.length) {
      const rest = folded("What else was handed in", before);
      document.querySelector("#notebook-container").append(rest);
    }
    for (const field of document.querySelectorAll("input.extra-credit")) {
      field.classList.remove("tabbable");
      field.parentElement.classList.add("ig-extra");
    }
    for (const cell of document.querySelectorAll(".ig-folded input.score")) cell.classList.remove("tabbable");
  }

  function begin(question, before, cell) {
    const section = make("section", "ig-question");
    section.dataset.question = question;
    const left = make("div", "ig-answer");
    cell.before(section);
    const answer = before.pop();
    left.append(make("h2", "ig-heading", "The answer"));
    if (answer) left.append(answer);
    if (before.length) left.append(folded("What was decided, and what followed", before));
    section.append(left, Object.assign(make("fieldset", "ig-criteria"), { disabled: true }));
    section.addEventListener("focusin", () => choose(question));
    return section;
  }

  function folded(title, cells) {
    const fold = make("details", "ig-folded");
    cells[0].before(fold);
    fold.append(make("summary", "", title), ...cells);
    return fold;
  }

  function criterion(cell, field) {
    cell.classList.add("ig-criterion");
    const body = cell.querySelector(".text_cell_render");
    const label = cell.querySelector(".nbgrader-label");
    const name = body.querySelector("p > strong");
    if (name) {
      label.textContent = name.textContent;
      name.parentElement.remove();
    }
    field.setAttribute("aria-label", `Mark: ${label.textContent}`);
    label.after(make("span", "ig-state"));
    const [levels, bank] = body.querySelectorAll("ul");
    if (levels) levels.replaceWith(buttons([...levels.children], "ig-levels", `Levels: ${label.textContent}`, (item) => {
      const points = item.querySelector("strong").textContent;
      const button = make("button", "ig-level");
      button.append(make("b", "", points), make("span", "", item.textContent.slice(points.length).replace(/^:\s*/, "")));
      button.dataset.points = String(Number(points));
      button.addEventListener("click", () => {
        const same = field.value !== "" && Number(field.value) === Number(points);
        give(field, same ? "" : String(Number(points)));
      });
      return button;
    }));
    if (bank) bank.replaceWith(buttons([...bank.children], "ig-bank", "Comments to draw on", (item) => {
      const text = item.textContent.trim();
      const button = make("button", "ig-said", text);
      button.addEventListener("click", () => {
        const box = cell.querySelector("textarea.comment");
        const lines = box.value.split("\n").filter((line) => line.trim());
        give(box, (lines.includes(text) ? lines.filter((line) => line !== text) : [...lines, text]).join("\n"));
        if (window.autosize) window.autosize.update(box);
      });
      return button;
    }));
    const box = cell.querySelector("textarea.comment");
    box.setAttribute("aria-label", `Comment: ${label.textContent}`);
    box.rows = 1;
    for (const one of [field, box]) one.addEventListener("input", show);
  }

  function buttons(items, kind, name, button) {
    const group = make("div", kind);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    group.append(...items.map((item) => Object.assign(button(item), { type: "button" })));
    return group;
  }

  function give(field, value) {
    field.value = value;
    window.jQuery(field).trigger("change"); // formgrader saves
    show();
  }

  // ---- what is marked and what is not

  function show() {
    for (const cell of document.querySelectorAll(".ig-criterion")) {
      const mark = cell.querySelector("input.score").value;
      const said = cell.querySelector("textarea.comment").value.split("\n");
      const blank = mark === "" && !cell.querySelector("input.score").classList.contains("needs_manual_grade");
      const state = mark !== "" ? "marked" : blank ? "left blank" : "to mark";
      cell.querySelector(".ig-state").textContent = state;
      cell.dataset.state = state.replace(" ", "_");
      for (const one of cell.querySelectorAll(".ig-level"))
        one.setAttribute("aria-pressed", String(mark !== "" && Number(mark) === Number(one.dataset.points)));
      for (const one of cell.querySelectorAll(".ig-said"))
        one.setAttribute("aria-pressed", String(said.includes(one.textContent)));
    }
    for (const section of document.querySelectorAll(".ig-question"))
      section.hidden = only && now !== null && section.dataset.question !== now;
    const bar = document.querySelector(".ig-bar");
    const here = document.querySelector(`.ig-question[data-question="${now}"]`);
    if (!bar || !here) return;
    const all = here.querySelectorAll(".ig-criterion").length;
    const open = here.querySelectorAll('[data-state="to_mark"]').length;
    bar.classList.toggle("ig-done", open === 0);
    const told = open ? `${open} of ${all} criteria to mark` : "All criteria of this answer are marked";
    const line = bar.querySelector(".ig-told");
    if (!failed && line.textContent !== told) line.textContent = told;
    bar.querySelector(".ig-whole").textContent = only ? "Whole hand-in" : "Only this question";
  }

  async function count() {
    if (now === null) return;
    const asked = now;
    try {
      const answer = await fetch(`${home()}/left?question=${encodeURIComponent(asked)}`);
      const found = await answer.json();
      if (answer.ok && asked === now)
        document.querySelector(".ig-left").textContent = `${found.left} of ${found.written} answers to this question are left`;
    } catch { /* the list of what is left says it */ }
  }

  // A mark given before formgrader has read the present ones would go nowhere: until then there is nothing to press.
  function open() {
    const grader = window.formgrader;
    const closed = document.querySelectorAll(".ig-criteria:disabled");
    if (!closed.length || !grader.grades.loaded || !grader.comments.loaded) return;
    for (const one of closed) one.disabled = false;
    if (grader.last_selected && document.activeElement === document.body) grader.last_selected.trigger("focus");
  }

  function choose(question) {
    if (question === now) return;
    now = question;
    show();
    count();
  }

  // ---- going on: never before everything is saved

  function bar() {
    const strip = make("div", "ig-bar");
    strip.setAttribute("role", "region");
    strip.setAttribute("aria-label", "Marking");
    const told = make("div", "ig-status");
    const line = make("strong", "ig-told");
    line.setAttribute("role", "status");
    told.append(line, make("span", "ig-left"));
    const list = make("a", "ig-button", "All that is left");
    list.href = home();
    const whole = make("button", "ig-button ig-whole");
    whole.type = "button";
    whole.addEventListener("click", () => {
      only = !only;
      show();
      document.querySelector(`.ig-question[data-question="${now}"]`).scrollIntoView();
      window.scrollBy(0, -64);
    });
    const next = make("button", "ig-button ig-next", "Next answer to mark →");
    next.type = "button";
    next.title = "Ctrl + Enter";
    next.addEventListener("click", onward);
    strip.append(told, list, whole, next);
    document.body.append(strip);
  }

  function onward() {
    go(`${home()}/next?question=${encodeURIComponent(now)}&after=${window.submission_id}`);
  }

  function go(address) {
    if (document.activeElement) document.activeElement.blur(); // what is being typed is saved
    const began = Date.now();
    const wait = () => {
      if (failed) return;
      if (window.jQuery.active && Date.now() - began < 15000) return void setTimeout(wait, 30);
      window.location = address;
    };
    setTimeout(wait, 0);
  }

  function watch() {
    const $ = window.jQuery;
    $(document).on("ajaxError", (_event, answer, asked) => {
      const why = answer.status || "no connection";
      failed = asked.type !== "GET";
      document.querySelector(".ig-bar").classList.add("ig-failed");
      document.querySelector(".ig-told").textContent = failed
        ? `Not saved (${why}): give the last mark or comment once more.`
        : `The marks could not be read (${why}): load the page again.`;
    });
    $(document).on("ajaxSuccess", (_event, _answer, asked) => {
      if (asked.type !== "GET") {
        failed = false;
        document.querySelector(".ig-bar").classList.remove("ig-failed");
        count();
      }
      open();
      show();
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest("nav.navbar a[href], .ig-bar a[href]");
      if (!link || !($.active || failed)) return;
      event.preventDefault();
      go(link.href);
    }, true);
    window.addEventListener("beforeunload", (event) => { if (failed || $.active) event.preventDefault(); });
    window.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        event.stopPropagation();
        onward();
      }
    }, true);
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (!document.querySelector("#notebook-container textarea.comment")) return;
    layOut();
    // Which criterion: the address names it, or, when the page is loaded again, formgrader's count of the fields does.
    const named = decodeURIComponent(window.location.hash.slice(1));
    const fields = [...document.querySelectorAll(".tabbable")];
    const counted = new URLSearchParams(window.location.search).get("index");
    const field = (named && document.getElementById(named)) || (counted !== null && fields[Number(counted)]) || null;
    const section = field && field.closest(".ig-question");
    only = Boolean(section);
    now = (section || document.querySelector(".ig-question")).dataset.question;
    if (section) history.replaceState(null, "", `?index=${fields.indexOf(field)}`);
    bar();
    watch();
    show();
    count();
  });
})();
