"""A Sphinx extension: a search that finds Chinese terms and Greek letters.

Chinese is written without spaces, so each pair of neighboring characters is a word of the index. A Greek
letter and its name in TeX are the same word: η, eta and \\eta find the same pages.
"""

import json
import re

from sphinx.search.en import SearchEnglish

GREEK = "αβγδεζηθικλμνξοπρσςτυφχψω"
LATIN = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau "
    "upsilon phi chi psi omega"
)
NAMES = dict(zip(GREEK, LATIN.split(), strict=True))
NAMES |= {
    "∇": "nabla",
    "∂": "partial",
    "∑": "sum",
    "∏": "prod",
    "⊙": "odot",
    "√": "sqrt",
    "∗": "ast",
    "∞": "infty",
}
HAN = r"\u3400-\u4dbf\u4e00-\u9fff"

SPLITTER = """
var splitQuery = query => {
  const names = NAMES;
  const named = [...query].map(c => c.toLowerCase() in names ? ` ${names[c.toLowerCase()]} ` : c).join("");
  return named.split(/[^\\p{Letter}\\p{Number}_]+/u).flatMap(word => word.split(/([HAN]+)/)).flatMap(word =>
    /^[HAN]{3,}$/.test(word) ? [...word].slice(1).map((c, i) => word[i] + c) : word ? [word] : []);
};
""".replace("NAMES", json.dumps(NAMES, ensure_ascii=False)).replace("HAN", HAN)


def words(text: str) -> list[str]:
    """The words of ``text``; must split as the script above does, which splits what a reader types."""
    named = "".join(f" {NAMES[c.lower()]} " if c.lower() in NAMES else c for c in text)
    found = []
    for word in re.findall(rf"[{HAN}]+|[^\W{HAN}]+", named):
        if re.match(f"[{HAN}]", word):
            found += list(word) + [word[i : i + 2] for i in range(len(word) - 1)]
        else:
            found.append(word)
    return found


class SearchBook(SearchEnglish):
    """English, with pairs of Chinese characters and the names of Greek letters."""

    lang = "book"
    language_name = "English, with Chinese terms and symbols"
    js_splitter_code = SPLITTER

    def split(self, input: str) -> list[str]:
        return words(input)


def setup(app) -> dict:
    app.add_search_language(SearchBook)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
