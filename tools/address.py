"""Set the repository's address everywhere: ``python -m tools.address https://github.com/you/book``.

``_config.yml`` is the one place that says it; set-up cells, README and citation hold copies of it.
"""

import re
import sys
from pathlib import Path

from tools.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
FORM = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+)(?<!\.git)")


def address() -> str:
    """The repository's address, from ``_config.yml``."""
    return re.search(r"^  url: (\S+)$", (ROOT / "_config.yml").read_text(encoding="utf-8"), re.M).group(1)


def pages(url: str) -> str:
    """Where GitHub Pages serves the site of the repository at ``url``."""
    owner, name = FORM.fullmatch(url).groups()
    return f"https://{owner.lower()}.github.io/{name}"


def copies() -> list[Path]:
    """The files that may hold the address; the one that says it comes last, so a rerun can finish."""
    pages = [*sorted((ROOT / "book").glob("*.ipynb")), *sorted((ROOT / "book").glob("*.md"))]
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CITATION.cff", *pages, ROOT / "_config.yml"]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not FORM.fullmatch(arguments[0]):
        print("usage: make address URL=https://github.com/OWNER/REPOSITORY", file=sys.stderr)
        return 2
    old, new = address(), arguments[0]
    slug = [FORM.fullmatch(url).expand(r"\1/\2") for url in (old, new)]
    changes = {}
    for path in copies():
        text = path.read_text(encoding="utf-8")
        changed = text.replace(pages(old), pages(new)).replace(f"github/{slug[0]}/", f"github/{slug[1]}/")
        changed = re.sub(re.escape(old) + r"(?![\w-])", new, changed)
        if changed != text:
            changes[path] = changed
    for path, changed in changes.items():
        write_whole(path, changed)
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
