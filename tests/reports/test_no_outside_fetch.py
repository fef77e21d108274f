"""Nothing a person types makes a print fetch a file or an address; whatever asks is stopped, and no byte leaks."""

import ast
import socket
from pathlib import Path

import pytest

from reports.errors import OutsideFetch
from reports.parsing import document_class
from reports.rendering import bound, lay_out, layout_engine
from students.models import FamilyMember, Student
from tests.reports.texts import text_of

SECRET = "SECRET-7d1f-OF-THE-MACHINE"
PAYLOADS = [
    '<link rel="attachment" href="{file}">',
    '<a rel="attachment" href="{file}">x</a>',
    '<img src="{file}">',
    '<img src="http://127.0.0.1:6379/">',
    '<link rel="stylesheet" href="http://127.0.0.1:6379/x.css">',
    '<style>@import url("{file}");</style>',
    '<style>@font-face{{font-family:x;src:url("{file}")}} p{{font-family:x}}</style>',
    '<p style="background:url({file})">x</p>',
    '<svg viewBox="0 0 9 9"><image href="{file}" width="9" height="9"/></svg>',
    '<svg viewBox="0 0 9 9"><use href="{file}#a"/></svg>',
    '<object data="{file}"></object>',
    '<embed src="{file}">',
    '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E">',
]


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture
def no_sockets(monkeypatch):
    """Any connection beyond the database's own would be an error."""
    asked = []
    monkeypatch.setattr(socket, "create_connection", lambda address, *_, **__: asked.append(address))
    yield asked
    assert asked == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_that_asks_for_anything_stops_the_print(payload, secret, no_sockets):
    html = f"<body><p>甲</p>{payload.format(file=secret.as_uri())}</body>"
    try:
        pdf = bound([lay_out(html)])
    except OutsideFetch as refusal:
        assert "已拦截" in str(refusal)
    else:  # an address the layout never even looks at
        assert SECRET.encode() not in pdf and b"EmbeddedFile" not in pdf


@pytest.mark.parametrize("payload", [PAYLOADS[0], PAYLOADS[2], PAYLOADS[3], PAYLOADS[5]])
def test_a_payload_in_every_text_field_is_printed_as_plain_words(payload, printed, transfer, secret, no_sockets):
    words = payload.format(file="file:///etc/passwd")
    child = transfer.child
    texts = {"name": words[:60], "home_address": words, "phone": words[:30]}
    Student.objects.filter(pk=child.pk).update(**texts)
    FamilyMember.objects.create(
        student=child,
        position_in_form=1,
        name=words[:60],
        workplace=words[:60],
        relation_note=words[:20],
        phone=words[:30],
    )
    transfer.ground_note = transfer.from_class = ""
    transfer.ground_note, transfer.from_school_name, transfer.from_class = words, words[:60], words[:30]
    transfer.save()
    transfer.materials.update(label=words, note=words)
    for form in ("transfer_contact", "one_time_notice"):
        pdf = printed(form, transfer).pdf
        assert b"root:x:0" not in pdf and b"EmbeddedFile" not in pdf
        assert words[:20] in text_of(pdf)


def test_every_call_of_the_engine_carries_the_fetcher():
    calls = [
        node
        for path in Path("reports").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("HTML", "CSS")
    ]
    # Stylesheets here; documents only as `parsing.document_class` makes them, and those not without a fetcher.
    assert [call.func.attr for call in calls] == ["CSS"]
    assert all("url_fetcher" in {keyword.arg for keyword in call.keywords} for call in calls)
    with pytest.raises(TypeError, match="fetcher"):
        document_class(layout_engine())("<html></html>")
    fetcher = object()
    assert document_class(layout_engine())("<html></html>", fetcher).url_fetcher is fetcher
