"""Builds the website out of the README, docs/, pragmas-spec/ and the pages of the rules: files for any web server in target/site/html.

Usage: python docs/site.py [--serve]. Needs MkDocs (`pip install "mkdocs>=1.6"`). The pages keep the places that they have in the
repository, so that a link between them is right in both; one that leads nowhere is an error.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "target" / "site"
REPOSITORY = "https://github.com/ferrokeet/ferrokeet/blob/main"
LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)")
SILENCE = "```diagnostics\nnone\n```\n"
FENCE = re.compile(r"^```(\w+) .*$", re.MULTILINE)

GUIDE = {
    "Five minutes": "docs/guide/start.md",
    "Guide by example": "docs/guide/by-example.md",
    "Coming from others": "docs/guide/coming-from.md",
    "How it works": "docs/guide/how-it-works.md",
    "Questions": "docs/guide/faq.md",
}


def title(page: Path) -> str:
    """The first heading."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), page.stem)


def configuration(pages: Path) -> str:
    """MkDocs' settings, with a line for every page."""
    lines = [
        "site_name: Ferrokeet",
        f"docs_dir: {pages}",
        f"site_dir: {SITE / 'html'}",
        "theme: {name: readthedocs, highlightjs: true, hljs_languages: [python, rust, bash]}",
        "plugins: [search]",
        "markdown_extensions: [tables, fenced_code, toc]",
        "validation: {links: {not_found: warn, anchors: warn, unrecognized_links: warn}}",
        "nav:",
        "  - Ferrokeet: README.md",
    ]
    lines += [f"  - {name}: {page}" for name, page in GUIDE.items()]
    reference = sorted((pages / "pragmas-spec").glob("[0-9]*.md"))
    more = sorted(page for page in (pages / "docs").glob("*.md"))
    for name, first, rest in [
        ("Reference", ["pragmas-spec/README.md"], reference),
        ("Rules", [], sorted((pages / "rules").glob("*.md"))),
        ("More", [], more),
    ]:
        lines.append(f"  - {name}:")
        chapters = [pages / page for page in first] + rest
        lines += [f'    - "{title(page)}": {page.relative_to(pages)}' for page in chapters]
    lines.append("  - Changes: CHANGELOG.md")
    return "\n".join(lines) + "\n"


def adapted(text: str, page: Path, pages: Path) -> str:
    """A page's text as MkDocs reads it: fences named by one word, files that are no pages linked in the repository.

    That a program has no diagnostics is for the tests; it is not shown.
    """

    def target(link: re.Match[str]) -> str:
        at = (page.parent / link[1]).resolve()
        inside = at.relative_to(pages) if at.is_relative_to(pages) else None
        if inside is None or at.is_file() or not (ROOT / inside).exists():
            return link[1]
        return f"{REPOSITORY}/{inside}"

    return LINK.sub(target, FENCE.sub(r"```\1", text.replace(SILENCE, "")))


def gather(pages: Path) -> None:
    """Copies everything to where it lies in the repository, and the rules to where diagnostics say that they are."""
    kept = shutil.ignore_patterns("*.py", "__pycache__")
    for folder in ("docs", "pragmas-spec"):
        shutil.copytree(ROOT / folder, pages / folder, ignore=kept)
    shutil.copytree(ROOT / "src" / "diagnostics" / "rules", pages / "rules", ignore=shutil.ignore_patterns("*.rs"))
    for name in ("README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, pages)
    for page in pages.rglob("*.md"):
        page.write_text(adapted(page.read_text(encoding="utf-8"), page, pages), encoding="utf-8")


def main() -> int:
    shutil.rmtree(SITE, ignore_errors=True)
    pages = SITE / "pages"
    gather(pages)
    settings = SITE / "mkdocs.yml"
    settings.write_text(configuration(pages), encoding="utf-8")
    command = "serve" if sys.argv[1:] == ["--serve"] else "build"
    # Not `--quiet`: what it does not print, `--strict` does not count.
    done = subprocess.run([sys.executable, "-m", "mkdocs", command, "--strict", "-f", str(settings)])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
