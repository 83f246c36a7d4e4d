"""The matrix of a run over all networks, as Markdown and as a picture.

Colour is only a second sign: each field has a mark and a word that say the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

Result = dict[str, Any]

HEADINGS = ("", "Network", "Expected", "Came of it", "Route", "Joined", "Sound", "Again")
# Where each column begins or, those of figures, ends; and how wide the picture is.
COLUMNS = (16, 56, 436, 522, 614, 826, 908, 990)
RIGHT_FROM = HEADINGS.index("Joined")
WIDTH = 1006
ROW = 26
TOP = 92
GOOD, BAD, INK, FAINT, LINE, PAPER = "#0b6e4f", "#b3261e", "#1d2530", "#5b6675", "#dfe4ea", "#ffffff"


def milliseconds(value: int | None) -> str:
    return "–" if value is None else f"{value} ms"


def summary(result: Result) -> str:
    """One result in a line."""
    if result["got"] == "not run":
        controls = result["controls"]
        return f"{controls['passed']} of {controls['of']} controls pass"
    if result["got"] == "joined":
        return (f"joined by {result['route'] or 'an unnamed route'} in {milliseconds(result['join_ms'])}, "
                f"sound after {milliseconds(result['sound_ms'])}")
    reasons = ", ".join(f"{route}: {code}" for route, code in result["failures"].items())
    return f"refused ({reasons or 'no reason given'})"


def mark(result: Result) -> str:
    return "✓" if result["as_expected"] else "✗"


def fields(result: Result) -> list[str]:
    """A row of the matrix, in the order of the headings."""
    return [str(result["number"]), result["title"], result["expected"], f"{mark(result)} {result['got']}",
            result["route"] or "–", milliseconds(result["join_ms"]), milliseconds(result["sound_ms"]),
            milliseconds(result["again_ms"])]


def count(found: list[Result]) -> str:
    return f"{sum(result['as_expected'] for result in found)} of {len(found)} networks as expected"


def markdown(found: list[Result]) -> str:
    lines = ["# The networks and what came of them", "",
             f"{count(found)}. Written by `./dev lab`. ✓ is as expected, ✗ is not; below the table is why. Joined and",
             "Sound count from the client's start; Again is a second join, by a client that remembers the network.", "",
             "| | " + " | ".join(HEADINGS[1:]) + " |", "|--:" + "|---" * 4 + "|--:" * 3 + "|"]
    lines += ["| " + " | ".join(fields(result)) + " |" for result in found]
    for result in found:
        if not result["as_expected"]:
            lines += ["", f"**{result['number']} {result['name']}**", ""]
            lines += [f"- {reason}" for reason in result["why"]]
    return "\n".join(lines) + "\n"


def text(x: float, y: float, content: str, colour: str = INK, extra: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}"{extra}>{escape(content)}</text>'


def anchor(column: int) -> str:
    return ' text-anchor="end"' if column >= RIGHT_FROM else ""


def svg_row(result: Result, y: float) -> list[str]:
    colour = GOOD if result["as_expected"] else BAD
    parts = [f'<line x1="16" x2="{WIDTH - 16}" y1="{y + 9:g}" y2="{y + 9:g}" stroke="{LINE}"/>']
    for column, (x, content) in enumerate(zip(COLUMNS, fields(result))):
        is_outcome = column == HEADINGS.index("Came of it")
        parts.append(text(x, y, content, colour if is_outcome else FAINT if column == 0 else INK,
                          ' font-weight="600"' if is_outcome else anchor(column)))
    return parts


def svg(found: list[Result]) -> str:
    height = TOP + ROW * len(found) + 12
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
             f'height="{height}" font-family="system-ui, sans-serif" font-size="13" role="img" '
             f'aria-label="{escape(count(found))}">',
             f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
             text(16, 34, "A meeting through each network", extra=' font-size="18" font-weight="600"'),
             text(WIDTH - 16, 34, count(found), FAINT, ' text-anchor="end"')]
    parts += [text(x, TOP - 24, heading, FAINT, ' font-size="12"' + anchor(column))
              for column, (x, heading) in enumerate(zip(COLUMNS, HEADINGS))]
    parts.append(f'<line x1="16" x2="{WIDTH - 16}" y1="{TOP - 15}" y2="{TOP - 15}" stroke="{FAINT}"/>')
    for index, result in enumerate(found):
        parts += svg_row(result, TOP + 2 + ROW * index)
    return "\n".join([*parts, "</svg>"]) + "\n"


def write(found: list[Result], folder: Path) -> None:
    """matrix.md and matrix.svg of a run over all networks."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "matrix.md").write_text(markdown(found), encoding="utf-8")
    (folder / "matrix.svg").write_text(svg(found), encoding="utf-8")
