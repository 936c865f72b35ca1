"""What holds for the shape of any statement, whatever its columns, values, lists and spelling."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nplusone_guard.fingerprint import batch_slots, clear_cache, fingerprint, literal_key

SECRET = "sEcReT"


def holds_for(*strategies, most: int = 60):
    """`given`, without a deadline: a busy machine is no failure."""
    relaxed = settings(deadline=None, max_examples=most, suppress_health_check=[HealthCheck.too_slow])
    return lambda test: relaxed(given(*strategies)(test))


names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=8).map(lambda name: f"c_{name}")
quoted_names = st.text(
    st.characters(codec="utf-8", exclude_characters='"`\\%', exclude_categories=["Cc", "Cs"]),
    min_size=1,
    max_size=8,
)
columns = st.one_of(
    names,
    names.map(lambda name: f"t.{name}"),
    names.map(lambda name: f'"t"."{name}"'),
    quoted_names.map(lambda name: f'"t"."{name}"'),
    st.sampled_from(["T4.id", 'U0."id"', "COUNT(*)", "COALESCE(a, b)", '"t"."data" #>> k', "t.a::text"]),
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\\"), max_size=12).map(lambda text: SECRET + text)
literals = st.one_of(
    st.integers(-(10**12), 10**12).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    texts.map(lambda text: "'{}'".format(text.replace("'", "''"))),
    texts.map(lambda text: "E'{}'".format(text.replace("'", r"\'"))),
    texts.filter(lambda text: "$" not in text).map(lambda text: f"$${text}$$"),
    texts.filter(lambda text: "$" not in text).map(lambda text: f"$q${text}$q$"),
    st.binary(max_size=6).map(lambda value: f"x'{value.hex()}'"),
    st.sampled_from(["%s", "%(name)s", "0x1F", ".5", "1e-9", "N'x'"]),
)
operators = st.sampled_from(["=", "<>", "<", ">=", "LIKE", "IS NOT DISTINCT FROM", "@>", "->>", "||", "+"])
comments = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="*/"), max_size=12).map(lambda text: f"/*{text}*/"),
    st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=12).map(lambda text: f"--{text}\n"),
    st.just("/* a /* nested */ one */"),
    st.just("/*traceparent='00-5bd66ef5095369c7-01',route='it%27s'*/"),
)
gaps = st.one_of(st.text(" \t\n\r\f", min_size=1, max_size=3), comments.map(lambda text: f" {text} "))


@dataclass(frozen=True)
class Filter:
    column: str
    operator: str  # or "IN"


@dataclass(frozen=True)
class Select:
    """A statement without its values and its spelling."""

    columns: tuple[str, ...]
    table: str
    filters: tuple[Filter, ...]
    limited: bool

    def tokens(self, draw) -> list[str]:
        """The statement in tokens, with values that `draw` gives."""
        tokens = ["SELECT"]
        for number, column in enumerate(self.columns):
            tokens += [",", column] if number else [column]
        tokens += ["FROM", self.table]
        for number, filter_ in enumerate(self.filters):
            tokens += ["AND" if number else "WHERE", "(", filter_.column, filter_.operator]
            if filter_.operator == "IN":
                tokens += ["(", draw(literals)]
                for value in draw(st.lists(literals, max_size=4)):
                    tokens += [",", value]
                tokens.append(")")
            else:
                tokens.append(draw(literals))
            tokens.append(")")
        if self.limited:
            tokens += ["LIMIT", str(draw(st.integers(0, 10**6)))]
        return tokens


filters = st.builds(Filter, columns, st.one_of(operators, st.just("IN")))
selects = st.builds(
    Select,
    columns=st.lists(columns, min_size=1, max_size=4).map(tuple),
    table=st.one_of(names, names.map(lambda name: f'"{name}"'), names.map(lambda name: f'"s"."{name}"')),
    filters=st.lists(filters, max_size=3).map(tuple),
    limited=st.booleans(),
)


def django_spelling(tokens: list[str]) -> str:
    return " ".join(tokens).replace("( ", "(").replace(" )", ")").replace(" ,", ",")


@pytest.fixture(autouse=True, scope="module")
def _empty_cache():
    clear_cache()
    yield
    clear_cache()


@holds_for(selects, st.data())
def test_values_and_the_length_of_lists_do_not_matter(select: Select, data: st.DataObject):
    left, right = (" ".join(select.tokens(data.draw)) for _ in range(2))
    assert fingerprint(left) is fingerprint(right)


@holds_for(selects, st.data())
def test_whitespace_and_comments_do_not_matter(select: Select, data: st.DataObject):
    tokens = select.tokens(data.draw)
    spelled = "".join(data.draw(gaps) + token for token in tokens) + data.draw(gaps)
    assert fingerprint(spelled) is fingerprint(django_spelling(tokens))


@holds_for(selects, st.data())
def test_missing_whitespace_at_punctuation_does_not_matter(select: Select, data: st.DataObject):
    spelled = " ".join(select.tokens(data.draw))
    dense = (
        spelled.replace("( ", "(").replace(" )", ")").replace(" , ", ",").replace(" = ", "=").replace(" >= ", ">=")
    )
    if SECRET not in spelled:  # in a text, whitespace would be part of it
        assert fingerprint(dense) is fingerprint(spelled)


@holds_for(selects, st.data())
def test_the_case_of_keywords_does_not_matter(select: Select, data: st.DataObject):
    tokens = select.tokens(data.draw)
    keywords = {"SELECT", "FROM", "WHERE", "AND", "IN", "LIKE", "LIMIT"}
    lowered = [token.lower() if token in keywords else token for token in tokens]
    assert fingerprint(" ".join(lowered)) is fingerprint(" ".join(tokens))


@holds_for(selects, selects, st.data())
def test_statements_that_differ_in_more_than_values_have_two_shapes(
    left: Select, right: Select, data: st.DataObject
):
    same = fingerprint(" ".join(left.tokens(data.draw))) is fingerprint(" ".join(right.tokens(data.draw)))
    assert same is (left == right)


@holds_for(selects, names, st.data())
def test_another_column_is_another_shape(select: Select, name: str, data: st.DataObject):
    other = replace(select, columns=(*select.columns[:-1], f"{select.columns[-1]}, other_{name}"))
    third = replace(select, filters=(*select.filters, Filter(f"other_{name}", "=")))
    shapes = {fingerprint(" ".join(one.tokens(data.draw))).id for one in (select, other, third)}
    assert len(shapes) == 3


@holds_for(selects, st.data())
def test_no_value_is_left_in_a_shape(select: Select, data: st.DataObject):
    shape = fingerprint(" ".join(select.tokens(data.draw)))
    assert SECRET not in shape.sql
    assert SECRET not in shape.table


@holds_for(selects, st.sampled_from(["'", "E'", "$$", "$q$", "N'", "/*", "--"]), st.data())
def test_a_quote_without_end_takes_the_rest_with_it(select: Select, quote: str, data: st.DataObject):
    statement = f"{django_spelling(select.tokens(data.draw))} AND z = {quote}{SECRET} AND y = {SECRET}"
    assert SECRET not in fingerprint(statement).sql


mysql_texts = st.one_of(
    texts.map(lambda text: '"{}"'.format(text.replace('"', '""'))),
    texts.map(lambda text: '"{}"'.format(text.replace('"', r"\""))),
    texts.map(lambda text: "'{}'".format(text.replace("'", r"\'"))),
    st.text(st.characters(codec="utf-8", exclude_characters="\n\r")).map(lambda text: f"# {SECRET} {text}\n"),
)
mysql_tokens = st.one_of(
    mysql_texts,
    names,
    names.map(lambda name: f"`{name}`"),
    st.sampled_from("SELECT FROM WHERE CONCAT ( ) , = AND LIKE IN VALUES LIMIT 5 %s . - + INTO LEADING".split()),
)


@holds_for(st.lists(mysql_tokens, max_size=16), most=300)
def test_on_mysql_no_text_is_left_in_a_shape_wherever_it_stands(tokens: list[str]):
    shape = fingerprint(" ".join(tokens), "mysql")
    assert SECRET not in shape.sql
    assert SECRET not in shape.table


@holds_for(selects, st.data())
def test_a_normalized_text_is_its_own(select: Select, data: st.DataObject):
    shape = fingerprint(" ".join(select.tokens(data.draw)))
    assert fingerprint(shape.sql) is shape


@holds_for(st.lists(st.integers(1, 6), min_size=2, max_size=2), st.integers(1, 4))
def test_the_number_of_rows_does_not_matter(counts: list[int], width: int):
    row = f"({', '.join(['%s'] * width)})"
    left, right = (f'INSERT INTO "t" ("a") VALUES {", ".join([row] * count)}' for count in counts)
    assert fingerprint(left) is fingerprint(right)


@holds_for(selects, st.data())
def test_keys_are_equal_where_values_are(select: Select, data: st.DataObject):
    tokens = select.tokens(data.draw)
    spelled = "".join(data.draw(gaps) + token for token in tokens)
    assert literal_key(spelled) == literal_key(django_spelling(tokens))


@holds_for(selects, st.data())
def test_another_value_is_another_key(select: Select, data: st.DataObject):
    spelled = " ".join(select.tokens(data.draw))
    assert literal_key(f"{spelled} AND z = 1") != literal_key(f"{spelled} AND z = 2")


@holds_for(st.lists(st.integers(1, 5), max_size=4))
def test_slots_are_those_of_lists_of_two_and_more(lengths: list[int]):
    statement, expected, position = "SELECT a FROM t WHERE x = %s", set(), 1
    for length in lengths:
        statement += f" AND b IN ({', '.join(['%s'] * length)}) AND c = %s"
        expected |= set(range(position, position + length)) if length > 1 else set()
        position += length + 1
    assert batch_slots(statement) == expected


sql_pieces = st.sampled_from(
    """SELECT FROM IN VALUES ARRAY ( ) [ ] , . ... ? %s %(a)s %% ' '' 'a' \\ " "a" ` `a` $$ $1 $a$ # #> # -- /* */
    - + = < :: : :a @ | || & 1 0x1f 1e-5 .5 5. a E' N' x' U&' T4 _x ORDER BY LIMIT NULL COUNT(*) é ² ; SAVEPOINT
    _django_curs_1 { LIKE ESCAPE '\\' DATE WITH AS INSERT INTO UPDATE \0 \ud800""".split()
)


@holds_for(
    st.one_of(
        st.text(), st.lists(sql_pieces, max_size=20).map(" ".join), st.lists(sql_pieces, max_size=20).map("".join)
    ),
    most=500,
)
@example("\ud800")
@example("ORDER BY1,")
@example("WITH SELECT")
def test_no_text_raises(text: str):
    shape = fingerprint(text)
    assert len(shape.id) == 16
    assert fingerprint(text) is shape
    for vendor in ("", "mysql"):
        fingerprint(text, vendor)
        literal_key(text, vendor)
        batch_slots(text, vendor)


@holds_for(st.binary())
def test_no_bytes_raise(text: bytes):
    assert fingerprint(text) is fingerprint(text.decode("utf-8", "replace"))


@holds_for(st.one_of(st.none(), st.integers(), st.lists(st.integers()), st.dictionaries(st.text(), st.text())))
def test_no_object_raises(value: object):
    assert len(fingerprint(value).id) == 16
