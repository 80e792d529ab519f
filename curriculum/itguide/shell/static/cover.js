// What is seen until the first control is there. The server writes it into the page's first bytes; where it
// did not (another host), it is made here.

const SLOW = 15000;

export class Cover {
  constructor(say, told, home) {
    this.say = say;
    this.node = document.getElementById("itguide-cover") ?? this.make(told);
    this.timer = setTimeout(() => this.late(home), SLOW);
  }

  make(told) {
    const node = Object.assign(document.createElement("div"), { id: "itguide-cover" });
    node.setAttribute("role", "status");
    const card = Object.assign(document.createElement("div"), { className: "itguide-cover-card" });
    for (const [name, text] of [["course", told.course ?? ""], ["title", this.say("preparing", { title: told.title })],
      ["hint", this.say("preparing_hint")]])
      card.append(Object.assign(document.createElement("p"), { className: `itguide-cover-${name}`, textContent: text }));
    node.append(card);
    document.body.prepend(node);
    return node;
  }

  get lifted() { return this.node === null; }

  late(home) {
    const hint = this.node?.querySelector(".itguide-cover-hint");
    if (!hint) return;
    const link = (href, words) => Object.assign(document.createElement("a"), { href, textContent: words });
    const again = link(location.href, this.say("reload"));
    again.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
    hint.replaceChildren(this.say("slow"), document.createElement("br"), again, " · ", link(home, this.say("home")));
  }

  lift() {
    clearTimeout(this.timer);
    if (this.lifted) return;
    this.node.remove();
    this.node = null;
    document.body.dataset.itguide = "ready";
    window.dispatchEvent(new Event("resize"));
    performance.mark("itguide:usable");
  }
}
