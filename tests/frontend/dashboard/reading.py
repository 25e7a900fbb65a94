"""Pages read as a tree, with the few CSS selectors these tests need."""

import re

from lxml import etree, html

STEP = re.compile(r"([a-z0-9]*)((?:\.[\w-]+|\[[^\]]+\])*)")


class Node(html.HtmlElement):
    """An element that finds others inside it: `node.css("section li a.button[rel=next]")`."""

    def css(self, selector: str) -> list["Node"]:
        return self.xpath("." + "".join(_path(step) for step in selector.split()))


def _path(step: str) -> str:
    tag, rest = STEP.fullmatch(step).groups()
    path = f"//{tag or '*'}"
    for one in re.findall(r"\.[\w-]+|\[[^\]]+\]", rest):
        if one.startswith("."):
            path += f"[contains(concat(' ', normalize-space(@class), ' '), ' {one[1:]} ')]"
        else:
            name, _equals, value = one[1:-1].partition("=")
            path += f"[@{name}='{value}']" if value else f"[@{name}]"
    return path


def read(content: bytes) -> Node:
    """The tree of a page."""
    parser = html.HTMLParser(encoding="utf-8")
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=Node))
    return html.document_fromstring(content, parser=parser)


def opened(client, url: str, **parameters) -> Node:
    """The page at that address, which is there."""
    answer = client.get(url, parameters or None)
    assert answer.status_code == 200
    return read(answer.content)


def words(node) -> str:
    """What an element says, in one line."""
    return " ".join(node.text_content().split())


def figures(tree) -> dict[str, str]:
    """{label: value} of the cards."""
    return {words(one.css(".stat__label")[0]): words(one.css(".stat__value")[0]) for one in tree.css(".board__figure")}


def card(tree, label: str) -> str:
    """What the card of that label says."""
    return next(words(one) for one in tree.css(".board__figure") if label in words(one))


def rows(tree, heading: str) -> dict[str, list[str]]:
    """{first cell: other cells} of the table under that heading."""
    table = tree.xpath(f"//section[@aria-labelledby='{heading}']//table")[0]
    lines = [[words(cell) for cell in row] for row in table.css("tbody tr")]
    return {line[0].lstrip("💡🕳🗑▶ "): line[1:] for line in lines}


def references(tree) -> list[str]:
    """The references of a list, in its order."""
    return [one.get("data-key") for one in tree.css("[data-key]")]
