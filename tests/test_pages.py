"""HTML mail: the mail program's own marks tell history and signature from what the person wrote."""

import tomllib
from pathlib import Path

import pytest

from mailflow.letter.html_text import read_markup
from mailflow.rules.layout import Layout
from mailflow.understand.own_words import split_pieces

HERE = Path(__file__).parent
PAGES = tomllib.loads((HERE / "letters" / "pages.toml").read_text("utf-8"))["page"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page["client"]))
def test_what_was_written_is_found_in_html(page: dict[str, str], layout: Layout) -> None:
    pieces = split_pieces(read_markup(page["html"]), layout)
    assert "\n".join(piece.text for piece in pieces if piece.kind == "written") == page["written"]
    history = "".join(piece.text for piece in pieces if piece.kind in ("quoted", "forwarded"))
    assert ("ALTER TEXT" in page["html"]) == ("ALTER TEXT" in history)


SHAPES = {
    "<p>Eins</p><p>Zwei</p>": "Eins\n\nZwei",
    "Eins<br>Zwei<br/><br/>Drei": "Eins\nZwei\n\nDrei",
    "<div>Eins</div><div>Zwei</div>": "Eins\nZwei",
    "<p class=MsoNormal>Eins</p><p class=MsoNormal>Zwei</p>": "Eins\nZwei",
    "<ul><li>Eins<li>Zwei</ul>": "- Eins\n- Zwei",
    "<p>Es kommen:</p><ol><li>Anna</li><li>Bernd</li></ol>": "Es kommen:\n\n1. Anna\n2. Bernd",
    "<ul><li>Eins<ul><li>Innen</li></ul></li></ul>": "- Eins\n- Innen",
    "<table><tr><td>Wer</td><td>Anna</td></tr><tr><td>Zahl</td><td>2</td></tr></table>": "Wer\tAnna\nZahl\t2",
    "<b>M</b>&auml;rz und <i>G</i>ru&szlig;": "März und Gruß",
    "viel   Platz\n und\tUmbruch": "viel Platz und Umbruch",
    "<pre>Eins\n  Zwei</pre>": "Eins\nZwei",
    "<h1>Titel</h1>Text": "Titel\n\nText",
    "<img alt='😀'><img alt='Logo' src='https://x.example/a.png'>Ja": "😀Ja",
    "<a href='https://x.example'>hier</a>": "hier",
    "&lt;kein Tag&gt;": "<kein Tag>",
    "<p>nie geschlossen <b>fett <i>beides": "nie geschlossen fett beides",
    "<P>GROSS</P><SCRIPT>x</SCRIPT>": "GROSS",
    "a<o:p></o:p>b<![if !mso]>c<![endif]>": "abc",
    "": "",
    "nur Text": "nur Text",
    "&nbsp;&zwj;": "‍",
}


@pytest.mark.parametrize(("html", "text"), SHAPES.items(), ids=lambda value: str(value)[:40])
def test_html_becomes_text_as_a_reader_sees_it(html: str, text: str) -> None:
    assert "\n".join(passage.text for passage in read_markup(html)).strip("\n ") == text
