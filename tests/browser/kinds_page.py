"""A page with one question of every kind on it: the kit, the controls and the style sheet, without a server or a kernel.

What a control reports is normalised and judged by the real Python kinds, as in the course.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from itguide import kinds
from itguide.document import question_json
from itguide.paths import STATIC
from itguide.spec import Question
from itguide.text import engine, engine_words
from itguide.tokens import css_variables

ADDRESS = "http://kinds.test/"
INVENTED: dict[str, Any] = {"invented": True}


def _initiative(i: str, label: str, group: str, money: list[float], staff: list[float], **more: Any) -> dict[str, Any]:
    return {"id": i, "label": label, "group": group, "use": {"money": money, "staff": staff}, **INVENTED, **more}


QUESTIONS = {q["id"]: Question.model_validate(q) for q in (
    {
        "id": "call", "kind": "choice", "phase": "decide", "prompt": "Which of these calls do you return first?",
        "help": "You have ten minutes before the minister’s car arrives.",
        "option": [
            {"id": "minister", "label": "The minister’s office", "detail": "wants to know whether the **risk engine** will be shown before the election.",
             "note": "Two administrations that promised a date first had to withdraw it in public."},
            {"id": "cio", "label": "Your head of ICT", "detail": "the backup test failed last night; nobody else knows yet."},
            {"id": "port", "label": "The port terminal", "detail": "210 containers wait for a release message that the system does not send."},
        ],
    },
    {
        "id": "facts", "kind": "choices", "phase": "decide", "prompt": "Which three facts belong in the new minister’s brief?", "least": 3, "most": 3,
        "group": [{"id": "now", "label": "Seen today"}, {"id": "later", "label": "Seen only later"}],
        "option": [
            {"id": "age", "label": "The core system is 17 years old", "group": "now", "detail": "Its maker ends support in two years."},
            {"id": "staff", "label": "9 of 14 specialists retire within three years", "group": "now"},
            {"id": "port", "label": "80 % of imports come through one port", "group": "now"},
            {"id": "backup", "label": "The backup site was never tested", "group": "later", "detail": "It was accepted on paper."},
            {"id": "data", "label": "27 permit agencies keep their own lists", "group": "later"},
        ],
    },
    {
        "id": "hours", "kind": "number", "phase": "predict", "prompt": "Within how many hours do half of the containers leave the port today?",
        "least": 0, "most": 400, "step": 0.5, "unit": "hours",
    },
    {
        "id": "minister", "kind": "text", "phase": "justify", "prompt": "Two sentences to the minister: what do you postpone, and what does that cost?",
        "words": 12, "lines": 3, "points": 6, "criterion": [{"id": "cost", "label": "names the cost"}, {"id": "when", "label": "says when it is looked at again"}],
    },
    {
        "id": "weights", "kind": "allocate", "phase": "declare", "prompt": "How much does each aim weigh for you?", "total": 100, "step": 5, "unit": "points",
        "option": [
            {"id": "treasury", "label": "Treasury", "detail": "Revenue collected in full and on time.", "floor": 10},
            {"id": "trade", "label": "Trade", "detail": "Goods released sooner and at less cost."},
            {"id": "security", "label": "Security", "detail": "What must not enter does not enter."},
        ],
    },
    {
        "id": "inherited", "kind": "classify", "phase": "decide", "prompt": "What happens to each project you inherit?",
        "category": [{"id": "go", "label": "Continue"}, {"id": "change", "label": "Change", "most": 2}, {"id": "stop", "label": "Stop", "least": 1}],
        "group": [{"id": "trade", "label": "For traders"}, {"id": "inside", "label": "Inside the administration"}],
        "option": [
            {"id": "portal", "label": "Cargo portal", "group": "trade", "detail": "3.1 m spent, 2.4 m to go, 40 % of the benefit promised."},
            {"id": "permits", "label": "Permits online", "group": "trade", "detail": "Six of 27 agencies take part."},
            {"id": "mobile", "label": "Declarations by telephone", "group": "trade"},
            {"id": "scanner", "label": "Scanner images in one archive", "group": "inside"},
            {"id": "hr", "label": "Personnel files", "group": "inside", "detail": "Bought, not yet installed."},
        ],
    },
    {
        "id": "plan", "kind": "schedule", "phase": "decide", "prompt": "What starts when?",
        "help": "Money and staff are limited every year. What you leave out can be taken up by your successor.",
        "period": [{"id": "y1", "label": "2027"}, {"id": "y2", "label": "2028"}, {"id": "y3", "label": "2029"}, {"id": "y4", "label": "2030"}],
        "limit": [
            {"id": "money", "label": "Budget", "unit": "US$ m", "per_period": [11, 10, 8, 7], "cumulative": True},
            {"id": "staff", "label": "Business staff", "unit": "people", "per_period": [34, 34, 34, 34], "decimals": 0},
        ],
        "group": [{"id": "base", "label": "Foundations"}, {"id": "trade", "label": "For traders"}, {"id": "control", "label": "Control and revenue"}],
        "option": [
            _initiative("core", "Core system, renewed in modules", "base", [4, 5, 5, 4], [10, 14, 14, 8], detail="Declaration, accounting and release. The present one is 17 years old.",
                        note="Administrations that renewed everything at once were late by years; those that went module by module could stop."),
            _initiative("backup", "Tested backup site", "base", [1.5, 0.5], [3, 2], detail="Nobody sees it until the day it is needed."),
            _initiative("data", "Data quality and master data", "base", [0.8, 0.8], [5, 5]),
            _initiative("people", "Succession of specialists", "base", [0.4, 0.4, 0.4], [2, 2, 2], latest=2),
            _initiative("network", "Network to the land border", "base", [1.2], [2]),
            _initiative("window", "Single window, first ten agencies", "trade", [2, 2, 1], [6, 6, 4], requires=["data"]),
            _initiative("portal", "Cargo portal, finished", "trade", [1.4, 1], [4, 3], latest=1),
            _initiative("aeo", "Authorised operators online", "trade", [0.6], [3]),
            _initiative("payment", "Payment at any bank", "trade", [0.7], [2], requires=["core"], lag=2),
            _initiative("status", "Status of a consignment by telephone", "trade", [0.3], [1], requires=["core"], lag=2),
            _initiative("engine", "AI risk engine", "control", [2.4, 1.6], [6, 6], requires=["data"], detail="The minister wants it shown before the election."),
            _initiative("audit", "Post-clearance audit tools", "control", [0.9], [4], requires=["data"]),
            _initiative("scanner", "Scanner images in one archive", "control", [1.1, 0.6], [2, 2]),
            _initiative("seals", "Electronic seals for transit", "control", [0.9, 0.9], [3, 3]),
        ],
    },
    {
        "id": "order", "kind": "rank", "phase": "decide", "prompt": "In which order do you meet them?",
        "option": [
            {"id": "brokers", "label": "The brokers’ association", "detail": "They have written three times."},
            {"id": "union", "label": "The staff union"},
            {"id": "bank", "label": "The central bank", "detail": "It runs the payment queue."},
            {"id": "port", "label": "The port authority"},
        ],
    },
    {
        "id": "map", "kind": "link", "phase": "decide", "prompt": "What leads to what?", "least": 3, "most": 12,
        "group": [{"id": "mission", "label": "Mission"}, {"id": "users", "label": "Those we serve"}, {"id": "inside", "label": "How we work"}, {"id": "means", "label": "People and systems"}],
        "option": [
            {"id": "revenue", "label": "Revenue collected in full", "group": "mission"},
            {"id": "safety", "label": "A safer society", "group": "mission"},
            {"id": "hours", "label": "Release in hours, not days", "group": "users"},
            {"id": "rules", "label": "Rules known beforehand", "group": "users"},
            {"id": "risk", "label": "Checks where the risk is", "group": "inside"},
            {"id": "data", "label": "Data right at first entry", "group": "inside"},
            {"id": "people", "label": "Specialists who stay", "group": "means"},
            {"id": "core", "label": "A core system one can change", "group": "means"},
        ],
    },
)}  # fmt: skip

_HARNESS = """
const t = speaker(WORDS, LANG);
const box = {};
const said = [];
const spoken = document.getElementById("spoken");
function mount(q, value) {
  const uid = `ig-test-${q.id}`;
  const grouped = q.kind !== "text" && q.kind !== "number";
  const slot = h("div", { class: "ig-control" });
  const problems = h("ul", { class: "ig-problems", id: `${uid}-problems`, "aria-live": "polite" });
  const el = h("div", { class: `ig-question ig-kind-${q.kind}`, "data-q": q.id, role: grouped ? "group" : undefined, "aria-labelledby": grouped ? `${uid}-prompt` : undefined },
    h("p", { class: "ig-prompt", id: `${uid}-prompt`, html: q.prompt }), q.help ? h("div", { class: "ig-help", id: `${uid}-help`, html: q.help }) : null, slot, problems);
  const draw = async () => {
    const live = await window.judge(q.id, box[q.id].value ?? null);
    box[q.id].control.live(live);
    problems.replaceChildren(...live.problems.map((p) => h("li", {}, p)));
  };
  const control = kinds[q.kind](q, {
    t, uid, value, h, lang: LANG, labelledby: `${uid}-prompt`, describedby: `${uid}-problems`,
    announce: (text) => { spoken.textContent = text; },
    change: (now, { typing = false } = {}) => { box[q.id].value = now; said.push({ q: q.id, value: now, typing }); draw(); },
  });
  box[q.id] = { q, control, value, el };
  slot.replaceChildren(control.el);
  draw();
  return el;
}
const main = document.querySelector(".ig-case");
for (const q of QUESTIONS) main.append(h("section", { class: "ig-step ig-step-decide" }, h("h3", {}, q.id), mount(q, VALUES[q.id])));
Object.assign(window, { box, said });
"""


def questions_json(only: list[str] | None, noted: bool) -> list[dict[str, Any]]:
    """The questions as the page gets them; with what others met where asked for."""
    out = []
    for name, question in QUESTIONS.items():
        if only is None or name in only:
            data = question_json(question)
            if noted:
                for option, source in zip(data["options"], question.option, strict=True):
                    option["note"] = source.note or None
            out.append(data)
    return out


def judge(name: str, value: Any) -> dict[str, Any]:
    """What is live about a value, by the real kinds; a value they refuse is a failure of the control."""
    question = QUESTIONS[name]
    return asdict(kinds.live(question, None if value is None else kinds.normalise(question, value), engine("en")))


def page_html(
    only: list[str] | None = None, values: dict[str, Any] | None = None, lang: str = "en", noted: bool = False
) -> str:
    """The whole page as HTML. `only` picks questions, `values` are what they start with."""
    script = "\n".join(p.read_text(encoding="utf-8") for p in [STATIC / "kit.js", *sorted((STATIC / "kinds").glob("*.js"))])
    fonts = (STATIC / "fonts.css").read_text(encoding="utf-8").replace("{{fonts}}", f"{ADDRESS}fonts")
    css = f"{css_variables()}{fonts}{(STATIC / 'page.css').read_text(encoding='utf-8')}"
    data = {"WORDS": {"kind": engine_words("kind", lang)}, "LANG": lang, "QUESTIONS": questions_json(only, noted), "VALUES": values or {}}
    given = "".join("const " + name + " = " + json.dumps(value).replace("</", "<\\/") + ";\n" for name, value in data.items())
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Every kind of question</title>'
        f"<style>body{{margin:0;background:#fbf8f2}}{css}</style></head>"
        f'<body><main class="ig-case" lang="{lang}"><h1 class="ig-sr">Every kind of question</h1><header class="ig-case-head"><p class="ig-kicker">Strategic planning · About 60 minutes</p>'
        f'<h2>The portfolio: thirty-six million, fourteen promises</h2></header><div class="ig-sr" id="spoken" aria-live="polite"></div></main>'
        f"<script type='module'>\n{script}\n{given}{_HARNESS}</script></body></html>"
    )


def open_page(page: Any, **what: Any) -> None:
    """Shows the page of `page_html(**what)`; nothing leaves the machine."""
    page.expose_function("judge", judge)
    page.route(f"{ADDRESS}**", lambda route: _serve(route, page_html(**what)))
    page.goto(ADDRESS)
    page.wait_for_function("window.box !== undefined")


def _serve(route: Any, body: str) -> None:
    name = route.request.url.removeprefix(ADDRESS)
    if name.startswith("fonts/"):
        route.fulfill(path=STATIC / name)
    elif name:
        route.fulfill(status=404)
    else:
        route.fulfill(body=body, content_type="text/html; charset=utf-8")
