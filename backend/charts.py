"""How is a chart drawn as SVG whose text stays text, without scripts or fonts from elsewhere?

Charts are pygal's: `from backend.charts import pygal`, never `import pygal`.
"""

import sys
from collections.abc import Sequence
from xml.etree import ElementTree

import pygal
from pygal.style import Style

# For map plugins that we do not have, pygal hooks itself into every import of the process, by an interface that Python
# has given up and warns of.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

SVG = "http://www.w3.org/2000/svg"
SYSTEM_FONT = "system-ui, sans-serif"  # a web font would have to be fetched from somewhere
ElementTree.register_namespace("", SVG)


def plain_style(*, background: str, colours: Sequence[str], **sizes: int) -> Style:
    """A style in the reader's own font; `sizes` as pygal names them: title_font_size, label_font_size …"""
    fonts = (
        "font",
        "title_font",
        "label_font",
        "major_label_font",
        "value_font",
        "value_label_font",
        "legend_font",
    )
    return Style(
        background=background,
        plot_background=background,
        colors=tuple(colours),
        **{f"{font}_family": SYSTEM_FONT for font in fonts},
        **sizes,
    )


def drawn(chart: pygal.Graph) -> ElementTree.Element:
    """The chart as an SVG element.

    pygal always writes its settings as a script, which a page's content policy would refuse: they are left out.
    """
    svg = ElementTree.fromstring(chart.render())  # noqa: S314  (pygal has just written it)
    for parent in list(svg.iter()):
        for script in parent.findall(f"{{{SVG}}}script"):
            parent.remove(script)
    return svg


def as_text(svg: ElementTree.Element) -> str:
    """The element as a file of its own."""
    return ElementTree.tostring(svg, encoding="unicode")
