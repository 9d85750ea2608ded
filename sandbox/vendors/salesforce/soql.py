"""A reader of the SOQL that integrations send; anything else raises SyntaxError.

    SELECT field, … | COUNT() FROM Object [WHERE condition] [ORDER BY field [ASC|DESC], …] [LIMIT n]

A condition compares a field with a literal by = != <> < <= > >= or IN (…); AND, OR and brackets
combine conditions, and as in SOQL AND and OR do not mix without brackets.
"""

import re
from dataclasses import dataclass
from datetime import datetime

TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^'\\]|\\.)*')
      | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
      | (?P<date>\d{4}-\d\d-\d\d)
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<symbol><=|>=|!=|<>|[=<>(),])
      | (?P<word>[A-Za-z_]\w*)
    )""",
    re.VERBOSE,
)
COMPARISONS = ("=", "!=", "<>", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Literal:
    """A value and the kind it was written as: string, datetime, date, number, boolean, null."""

    kind: str
    value: object


@dataclass(frozen=True)
class Comparison:
    """One field against one literal, or for IN against several."""

    field: str
    operator: str
    literals: tuple[Literal, ...]


@dataclass(frozen=True)
class Combination:
    """Conditions that must all hold (`AND`) or of which one must (`OR`)."""

    word: str
    conditions: "tuple[Condition, ...]"


Condition = Comparison | Combination


@dataclass(frozen=True)
class Query:
    """A parsed query, `COUNT()` if it has no fields; `order` is (field, descending)."""

    fields: tuple[str, ...]
    object: str
    condition: Condition | None
    order: tuple[tuple[str, bool], ...]
    limit: int | None


class Reader:
    """Reads one query from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0

    def query(self) -> Query:
        """The whole text as one query; raises SyntaxError at the first token that does not fit."""
        self._expect("SELECT")
        fields = () if self._counts() else self._names()
        self._expect("FROM")
        name = self._word()
        condition = self._condition() if self._accept("WHERE") else None
        order = self._order() if self._accept("ORDER") else ()
        limit = self._count() if self._accept("LIMIT") else None
        if self._peek() != ("end", ""):
            raise SyntaxError(f"unexpected token: '{self._peek()[1]}'")
        return Query(fields, name, condition, order, limit)

    def _counts(self) -> bool:
        """Whether it asks for `COUNT()` and no field."""
        if [text.upper() for _, text in self._tokens[self._at : self._at + 3]] != ["COUNT", *"()"]:
            return False
        self._at += 3
        return True

    def _names(self) -> tuple[str, ...]:
        names = [self._word()]
        while self._accept(","):
            names.append(self._word())
        return tuple(names)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._expect("BY")
        order: list[tuple[str, bool]] = []
        while not order or self._accept(","):
            name = self._word()
            descending = self._accept("DESC")
            if not descending:
                self._accept("ASC")
            order.append((name, descending))
        return tuple(order)

    def _condition(self) -> Condition:
        conditions = [self._single()]
        word = self._peek()[1].upper()
        if word not in ("AND", "OR"):
            return conditions[0]
        while self._accept(word):
            conditions.append(self._single())
        return Combination(word, tuple(conditions))

    def _single(self) -> Condition:
        if self._accept("("):
            condition = self._condition()
            self._expect(")")
            return condition
        name, operator = self._word(), self._next()[1].upper()
        if operator == "IN":
            self._expect("(")
            literals = [self._literal()]
            while self._accept(","):
                literals.append(self._literal())
            self._expect(")")
            return Comparison(name, "IN", tuple(literals))
        if operator not in COMPARISONS:
            raise SyntaxError(f"unexpected token: '{operator}'")
        return Comparison(name, operator, (self._literal(),))

    def _count(self) -> int:
        kind, text = self._next()
        if kind != "number" or not text.isdigit():
            raise SyntaxError(f"unexpected token: '{text}'")
        return int(text)

    def _literal(self) -> Literal:
        kind, text = self._next()
        if kind == "word" and text.lower() in ("true", "false"):
            return Literal("boolean", text.lower() == "true")
        if kind == "word" and text.lower() == "null":
            return Literal("null", None)
        if kind in ("word", "symbol", "end"):
            raise SyntaxError(f"unexpected token: '{text}'")
        return Literal(kind, _value(kind, text))

    def _word(self) -> str:
        kind, text = self._next()
        if kind != "word":
            raise SyntaxError(f"unexpected token: '{text}'")
        return text

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise SyntaxError(f"expecting {text}, found '{self._peek()[1]}'")

    def _accept(self, text: str) -> bool:
        kind, found = self._peek()
        accepted = kind in ("word", "symbol") and found.upper() == text
        self._at += accepted
        return accepted

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")


def _tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of every token."""
    tokens, at, text = [], 0, text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise SyntaxError(f"unexpected character: '{text[at]}'")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


def _value(kind: str, text: str) -> object:
    if kind == "string":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if kind == "number":
        return float(text)
    return datetime.fromisoformat(text) if kind == "datetime" else text
