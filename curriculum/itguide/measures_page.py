"""What the page of measures shows: the reference in a language, with addresses and the words of its controls."""

from __future__ import annotations

from dataclasses import dataclass

from itguide.content import load_case, references, syllabus
from itguide.measures import FORCES, ICT, Measure, Measures, anchor, measures
from itguide.text import Say, engine, engine_words, localised, translate


@dataclass(frozen=True)
class Link:
    """Words and where they lead; `no` is a measure's number, empty for a case."""

    says: str
    href: str
    no: str = ""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: its number, address, strength in words."""

    no: str
    anchor: str
    force: str
    force_says: str
    says: str


@dataclass(frozen=True)
class Entry:
    """One measure on the page. `needs` are headings with texts; `search` is what typing is compared with."""

    told: Measure
    anchor: str
    force_says: str
    ict_says: str
    needs: tuple[tuple[str, str], ...]
    after: tuple[Link, ...]
    before: tuple[Link, ...]
    cases: tuple[Link, ...]
    parts: tuple[Paragraph, ...]
    search: str


@dataclass(frozen=True)
class Chapter:
    """One article with its measures."""

    no: str
    anchor: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class MeasuresPage:
    """Everything the template needs; `words` are the engine's templates for the browser."""

    lang: str
    home_title: str
    say: Say
    chapters: tuple[Chapter, ...]
    forces: tuple[tuple[str, str, str], ...]
    ict: tuple[tuple[str, str, str], ...]
    measures: int
    paragraphs: int
    source: str
    source_url: str
    words: dict[str, str]


def read(notebooks_url: str, lang: str) -> MeasuresPage:
    """The page in a language. `notebooks_url` is where the modules' views are served."""
    say, told = engine(lang), measures(lang)
    links = _case_links(notebooks_url.rstrip("/"), lang)
    chapters = tuple(
        Chapter(a.no, anchor(a.no) if a.no not in {m.no for m in told.measure} else f"article-{a.no}", a.title,
                tuple(_entry(m, told, links, say) for m in told.measure if m.article == a.no))
        for a in told.article
    )  # fmt: skip
    known = references()[told.source]
    return MeasuresPage(
        lang=lang,
        home_title=translate("syllabus/title", syllabus().title, lang),
        say=say,
        chapters=chapters,
        forces=tuple((f, say(f"measures.force_{f}"), say(f"measures.force_{f}_means")) for f in FORCES),
        ict=tuple((i, say(f"measures.ict_{i}"), say(f"measures.ict_{i}_means")) for i in ICT),
        measures=len(told.measure),
        paragraphs=sum(len(m.part) for m in told.measure),
        source=f"{known.publisher} ({known.year}). {known.title}.",
        source_url=known.url,
        words=engine_words("measures", lang),
    )


def _case_links(notebooks_url: str, lang: str) -> dict[str, Link]:
    """The cases this release has, by slug: a related case that is not in the syllabus is not shown."""
    return {
        ref.slug: Link(localised(load_case(ref.slug), lang).title,
                       f"{notebooks_url}/{m.slug}/{m.slug}.{lang}.ipynb#ig-{ref.slug}")
        for m in syllabus().module
        for ref in m.case
    }  # fmt: skip


def _entry(m: Measure, told: Measures, links: dict[str, Link], say: Say) -> Entry:
    parts = tuple(Paragraph(p.no, anchor(p.no), p.force, say(f"measures.force_{p.force}"), p.says) for p in m.part)
    needs = tuple((say(f"measures.{name}"), text) for name in ("law", "organisation", "partners")
                  if (text := getattr(m, name)))  # fmt: skip
    after = tuple(_to(told.find(no)) for no in m.after)
    before = tuple(_to(other) for other in told.measure if m.no in other.after)
    force, ict = say(f"measures.force_{m.force}"), say(f"measures.ict_{m.ict}")
    words = [m.no, m.title, m.duty, m.does, m.also, force, ict, *(t for _, t in needs),
             *(f"{p.no} {p.says}" for p in parts)]  # fmt: skip
    cases = tuple(links[slug] for slug in m.cases if slug in links)
    return Entry(m, anchor(m.no), force, ict, needs, after, before, cases, parts, " ".join(words))


def _to(m: Measure) -> Link:
    return Link(m.title, f"#{anchor(m.no)}", m.no)
