"""The store's TinyDB: the whole API of tables and queries, durable, and fresh beside other processes."""

from pathlib import Path
from typing import Any

import pytest
from tinydb import Query, TinyDB, where
from tinydb.operations import add, increment
from tinydb.table import Document, Table

from mailflow.errors import Misconfigured
from mailflow.store import Store, ledger, schema
from tests.store_samples import BERLIN, keep, kept_at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mailflow.json"


def work(table: Table) -> list[object]:
    """All that can be done with a table; gives every answer on the way."""
    said: list[object] = [
        table.insert({"name": "Anna", "persons": 1, "tags": []}),
        table.insert_multiple([{"name": "Böle", "persons": 2}, {"name": "Çiçek", "persons": 3}]),
        table.insert(Document({"name": "Dora", "persons": 4}, doc_id=9)),
        table.insert({"name": "Emre", "persons": 5}),
        table.update({"persons": 7}, where("name") == "Böle"),
        table.update(increment("persons")),
        table.update(add("persons", 10), doc_ids=[1, 77]),
        table.upsert({"name": "Emre", "phone": "1"}, where("name") == "Emre"),
        table.upsert({"name": "Frida", "persons": 1}, where("name") == "Frida"),
        table.upsert(Document({"persons": 0}, doc_id=2)),
        table.update_multiple(
            [({"old": True}, where("persons") > 4), ({"old": False}, where("persons") <= 4)]
        ),
        table.remove(where("name") == "Çiçek"),
        table.remove(doc_ids=[9, 10, 88]),
        table.count(Query().persons >= 1),
        table.contains(doc_id=9),
        table.get(doc_id=1),
        table.search(Query().name.matches("[A-F]")),
        len(table),
        table.all(),
    ]
    with pytest.raises(ValueError, match="already exists"):
        table.insert(Document({}, doc_id=1))
    with pytest.raises(KeyError):
        table.update(increment("nothing"))
    return [*said, table.all()]


def test_it_answers_as_tinydb_does(path: Path, tmp_path: Path) -> None:
    """The same calls on a plain TinyDB give the same answers, and the same file in the end."""
    plain = TinyDB(tmp_path / "plain.json")
    with Store.open(path, BERLIN, worker=True) as store:
        assert work(store.db.table("people")) == work(plain.table("people"))
        for db in (store.db, plain):
            db.table("more").insert_multiple({"number": number} for number in range(5))
            db.table("gone").insert({"x": 1})
            db.table("emptied").insert({"x": 1})
            db.table("emptied").truncate()
            db.drop_table("gone")
        assert store.db.tables() >= {"people", "more"}
        assert "gone" not in store.db.tables()
    for name in ("people", "more", "gone", "emptied"):
        assert TinyDB(path).table(name).all() == plain.table(name).all()
    with Store.open(path, BERLIN) as again:
        assert again.db.table("people").all() == plain.table("people").all()
        again.db.drop_tables()
    with Store.open(path, BERLIN) as again:
        assert again.db.tables() == set()


def test_what_is_handed_out_can_be_changed(path: Path) -> None:
    """A row from a search is a copy: changing it changes nothing in the store."""
    store = Store.open(path, BERLIN)
    table = store.db.table("people")
    table.insert({"name": "Anna"})
    table.search(where("name") == "Anna")[0]["name"] = "Berta"
    assert table.search(where("name") == "Berta") == []
    store.close()


def test_tables_are_fresh(path: Path) -> None:
    """No answer comes from a cache when another process has written."""
    one, two = (Store.open(path, BERLIN) for _ in range(2))
    for number in range(3):
        one.db.table("people").insert({"number": number})
        two.db.table("people").insert({"number": number})
        for store in (one, two):
            assert store.db.table("people").count(where("number") == number) == 2
    assert [row.doc_id for row in one.db.table("people")] == [1, 2, 3, 4, 5, 6]
    one.close()
    two.close()


def insert_both(store: Store, *rows: Any) -> None:
    with store.rows.together():
        store.db.table("people").remove(where("name") == "Anna")
        for row in rows:
            store.db.table("people").insert(row)


def test_several_changes_are_one_write(path: Path) -> None:
    """All or nothing, and nothing that cannot be written stays in memory."""
    store = Store.open(path, BERLIN)
    with store.rows.together():
        store.db.table("people").insert({"name": "Anna"})
        store.db.table("more").insert({"name": "Anna"})
    assert path.with_suffix(".journal").read_bytes().count(b"\n") == 2
    for bad in (object(), 2**70, "\ud800"):
        with pytest.raises(TypeError):
            insert_both(store, {"name": "Berta"}, {"name": bad})
    with pytest.raises(ValueError, match="Mapping"):
        insert_both(store, {"name": "Berta"}, "no row")
    assert store.db.table("people").all() == [{"name": "Anna"}]
    store.close()
    with Store.open(path, BERLIN) as again:
        assert again.db.table("people").all() == [{"name": "Anna"}]


def rename(tables: dict[str, dict[str, dict[str, object]]]) -> None:
    """A step as a later version may have one."""
    for row in tables.get("registrations", {}).values():
        row["organisation"] = f"{row['id']}, {row['name']}"


def test_older_rows_are_brought_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version migrates checkpoint and journal, once; the old one then refuses."""
    with Store.open(path, BERLIN, worker=True) as store:
        keep(store, 0)
    old = Store.open(path, BERLIN)
    keep(old, 1)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "SCHEMA", schema.SCHEMA + 1)
        newer.setattr(ledger, "SCHEMA", schema.SCHEMA)
        newer.setattr(schema, "STEPS", {**schema.STEPS, schema.SCHEMA - 1: rename})
        for number in (2, 3):
            store = Store.open(path, BERLIN)  # reads, and migrates in memory alone
            told = [each.organisation for each in store.registrations()]
            assert told == ["r0, Renate Müller", "r1, Renate Müller", *[None] * (number - 2)]
            keep(store, number)
            store.db.close()
        path.unlink()
        assert kept_at(path) == [0, 1, 2, 3], "the copies of the old version lead on into the new one"
        with Store.open(path, BERLIN, worker=True) as store:
            assert [each.organisation for each in store.registrations()][-2:] == [None, None]
    for look in (lambda: keep(old, 9), lambda: Store.open(path, BERLIN)):
        with pytest.raises(Misconfigured, match="neueren Mailflow"):
            look()
    old.db.close()
