"""Builds the website out of the README, docs/ and pragmas-spec/: pages for any web server in target/site/html.

Usage: python docs/site.py [--serve]. Needs MkDocs (`pip install "mkdocs>=1.6"`). The pages keep the places that they have in the
repository, so that a link between them is right in both; one that leads nowhere is an error.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "target" / "site"

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
        ("More", [], more),
    ]:
        lines.append(f"  - {name}:")
        chapters = [pages / page for page in first] + rest
        lines += [f'    - "{title(page)}": {page.relative_to(pages)}' for page in chapters]
    lines.append("  - Changes: CHANGELOG.md")
    return "\n".join(lines) + "\n"


def main() -> int:
    shutil.rmtree(SITE, ignore_errors=True)
    pages = SITE / "pages"
    kept = shutil.ignore_patterns("*.py", "__pycache__")
    for folder in ("docs", "pragmas-spec"):
        shutil.copytree(ROOT / folder, pages / folder, ignore=kept)
    for name in ("README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, pages)
    settings = SITE / "mkdocs.yml"
    settings.write_text(configuration(pages), encoding="utf-8")
    command = "serve" if sys.argv[1:] == ["--serve"] else "build"
    done = subprocess.run([sys.executable, "-m", "mkdocs", command, "--quiet", "--strict", "-f", str(settings)])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
