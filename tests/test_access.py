"""Every page by the rules of WCAG 2.2 AA that a machine can check, in light and dark and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.test_site import PAGES

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
}


def violations(page) -> list[str]:
    """The serious and critical ones, a line for each element."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:150]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.fixture(scope="module", params=[(1280, "light"), (1280, "dark"), (360, "light")], ids=str)
def reader(browser, request):
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_violation(reader, address, name):
    page = reader.new_page()
    page.goto(f"{address}/{name}", wait_until="networkidle")
    found = violations(page)
    page.close()
    assert not found, "\n".join(found)


def test_the_check_finds_a_fault(reader, address):
    page = reader.new_page()
    page.goto(f"{address}/book/references.html", wait_until="networkidle")
    page.evaluate("document.querySelector('article').insertAdjacentHTML('beforeend', '<button></button>')")
    found = violations(page)
    page.close()
    assert any("button-name" in line for line in found)
