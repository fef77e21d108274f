"""Every guard of the house, found by reading its code, and the house with one of them taken down.

A guard stands where code turns somebody away (`raise PermissionDenied`, `NotYourHand`, a 404 that depends on who asks),
where a page fetches a thing through the right of whoever asks, where a query keeps to what somebody may see, and where
a question about a right is answered. None is listed by hand, so none is forgotten. The code of the living functions is
exchanged for one that asks at each guard whether it stands: whoever has imported or decorated them meets the same.
"""

import ast
import builtins
import gc
import importlib
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType

from django.conf import settings

from schools.models import School

APPS = (
    "accounts", "approvals", "archives", "jianping_xueji", "reports", "schools", "students", "supervision",
    "suspensions", "transfers",
)  # fmt: skip
NOT_READ = {"migrations", "management", "settings.py"}
REFUSALS = {"PermissionDenied", "NotYourHand"}
SIGHTS = {"visible_to", "within_reach_of", "on_desk_of"}
SCHOOLS = {"school_ids_where", "schools"}
# What a 404 that guards depends on.
RIGHTS = SIGHTS | SCHOOLS | {"may", "user", "powers", "powers_of", "on"}
# The questions underneath, and what each answers when nobody is turned away.
QUESTIONS = {
    "accounts.policies:Powers.on": "return self.appointments",
    "accounts.policies:Powers.schools": "return __everywhere__()",
    "accounts.policies:school_ids_where": "return __everywhere__()",
}


@dataclass(frozen=True)
class Guard:
    """One place that turns somebody away."""

    key: str
    path: str
    function: tuple[str, int]


class Reader(ast.NodeVisitor):
    """Walks a module and hands every guard to `treat(key, node, allow)`; what that returns takes the guard's place.

    `mark(name, node)` is handed each function in which one stands, once it has been walked.
    """

    def __init__(self, module: str, treat: Callable, mark: Callable = lambda *_: None):
        self.module, self.treat, self.mark = module, treat, mark
        self.holding: set[tuple[str, int]] = set()
        self.names: list[str] = []
        self.conditions: list[ast.AST] = []
        self.counted: dict[str, int] = defaultdict(int)

    def visit(self, node):
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(node, field, [self.entered(each) if isinstance(each, ast.AST) else each for each in value])
            elif isinstance(value, ast.AST):
                setattr(node, field, self.entered(value))
        return node

    def entered(self, node):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            return self.definition(node)
        if isinstance(node, ast.If | ast.ExceptHandler):
            self.conditions.append(node)
            self.visit(node)
            self.conditions.pop()
            return node
        self.visit(node)
        if isinstance(node, ast.Raise) and self.refuses(node):
            return self.found("refuses", node, ast.Expr(node.exc))
        if isinstance(node, ast.Call) and self.fetches(node):
            return self.found("fetches", node, _everything(node))
        return node

    def definition(self, node):
        inside = self.names and self.names[-1] != "<locals>" and self.function
        outer, self.names = self.names, [*self.names, *(["<locals>"] if inside else []), node.name]
        before = getattr(self, "function", None), getattr(self, "asks", False)
        if isinstance(node, ast.FunctionDef):
            self.function = (".".join(self.names), min([node.lineno, *(d.lineno for d in node.decorator_list)]))
            self.asks = _names(node) & {"get_object_or_404", "Http404"}
            self.visit(node)
            if body := self.allowed(node):
                node = self.found("answers", node, ast.parse(body).body)
            if self.function in self.holding:
                self.mark(f"{self.module}:{self.function[0]}", node)
        else:
            self.function = None
            self.visit(node)
        self.names = outer
        self.function, self.asks = before
        return node

    def allowed(self, node) -> str | None:
        given = {argument.arg for argument in node.args.args}
        if node.name in SIGHTS and {"self", "user"} <= given:
            return "return self.all()"
        if (node.name == "may" or node.name.startswith("may_")) and "user" in given:
            return "return True"
        return QUESTIONS.get(f"{self.module}:{'.'.join(self.names)}")

    def refuses(self, node: ast.Raise) -> bool:
        made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        name = getattr(made, "id", getattr(made, "attr", ""))
        asked = self.conditions[-1].test if self.conditions and isinstance(self.conditions[-1], ast.If) else None
        return name in REFUSALS or (name == "Http404" and asked is not None and bool(_names(asked) & RIGHTS))

    def fetches(self, node: ast.Call) -> bool:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return bool(getattr(self, "asks", False)) and name in SIGHTS | SCHOOLS and name != "on_desk_of"

    def found(self, kind: str, node, allow):
        function = self.function or ("", 0)
        self.holding.add(function)
        stem = f"{self.module}:{function[0]} {kind}"
        self.counted[stem] += 1
        key = stem if self.counted[stem] == 1 else f"{stem} {self.counted[stem]}"
        return self.treat(key, function, node, allow)


def _names(node) -> set[str]:
    return {getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(node)}


def _everything(call: ast.Call) -> ast.AST:
    if getattr(call.func, "attr", "") in SIGHTS:
        return ast.Call(ast.Attribute(call.func.value, "all", ast.Load()), [], [])
    return ast.Call(ast.Name("__everywhere__", ast.Load()), [], [])


def _guarded(key: str, node, allow):
    """The guard as it was, and beside it the way past it, chosen anew each time somebody comes by."""
    asked = ast.Call(ast.Name("__passes__", ast.Load()), [ast.Constant(key)], [])
    if isinstance(node, ast.FunctionDef):
        parts = {name: value for name, value in ast.iter_fields(node) if name != "body"}
        changed = ast.FunctionDef(body=[ast.If(asked, allow, []), *node.body], **parts)
    elif isinstance(node, ast.Raise):
        changed = ast.If(asked, [allow], [node])
    else:
        changed = ast.IfExp(asked, allow, node)
    return ast.fix_missing_locations(ast.copy_location(changed, node))


def _marked(name: str, node: ast.FunctionDef) -> None:
    """The function says that somebody has come in."""
    said = ast.Expr(ast.Call(ast.Name("__enters__", ast.Load()), [ast.Constant(name)], []))
    node.body.insert(0, ast.fix_missing_locations(ast.copy_location(said, node.body[0])))


@cache
def sources() -> dict[str, Path]:
    """Module → file, of everything that runs."""
    root = Path(settings.BASE_DIR)
    files = (path for app in APPS for path in sorted((root / app).rglob("*.py")))
    read = [path for path in files if not NOT_READ & set(path.relative_to(root).parts)]
    return {".".join(p.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): p for p in read}


def _read(module: str, treat: Callable, mark: Callable = lambda *_: None) -> ast.AST:
    reader = Reader(module, treat, mark)
    reader.function = None
    tree = ast.parse(sources()[module].read_text())
    return ast.fix_missing_locations(reader.visit(tree))


@cache
def guards() -> dict[str, Guard]:
    """Every guard, by its key: module, function, what it does, and which one of these in that function."""
    found = {}
    for module, path in sources().items():

        def keep(key, function, node, _allow, path=path):
            found[key] = Guard(key, str(path), function)
            return node

        _read(module, keep)
    return found


def _codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    found = {(each.co_qualname, each.co_firstlineno): each for each in inner}
    for each in inner:
        found |= _codes(each)
    return found


@cache
def _living() -> dict[tuple[str, str, int], list[FunctionType]]:
    """The functions that exist, under decorators and in classes, by file, name and line."""
    for key in guards():
        importlib.import_module(key.split(":")[0])
    found = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType:  # isinstance would ask a lazy object what it stands for, and wake it
            code = each.__code__
            found[(code.co_filename, code.co_qualname, code.co_firstlineno)].append(each)
    return found


def functions_of(guard: Guard) -> list[FunctionType]:
    return _living().get((guard.path, *guard.function), [])


class House:
    """The house with all its guards watched: `down` are those that let everybody pass, `came` who was asked since.

    `entered` are the functions with guards that somebody came into since, whether or not one was asked there.
    """

    def __init__(self):
        self.down: set[str] = set()
        self.came: list[str] = []
        self.entered: set[str] = set()
        self.had: list[tuple[FunctionType, CodeType]] = []

    def passes(self, key: str) -> bool:
        self.came.append(key)
        return key in self.down

    def __enter__(self):
        _living()
        builtins.__passes__ = self.passes
        builtins.__enters__ = lambda name: self.entered.add(name)
        builtins.__everywhere__ = lambda: set(School.objects.values_list("pk", flat=True))
        by_module = defaultdict(set)
        for key, guard in guards().items():
            by_module[key.split(":")[0]].add(guard.function)
        for module, functions in by_module.items():
            self.exchange(module, functions)
        return self

    def exchange(self, module: str, functions: set[tuple[str, int]]) -> None:
        path = str(sources()[module])
        tree = _read(module, lambda key, _function, node, allow: _guarded(key, node, allow), _marked)
        codes = _codes(compile(tree, path, "exec"))
        for function in functions:
            for each in _living().get((path, *function), []):
                self.had.append((each, each.__code__))
                each.__code__ = codes[function]

    def __exit__(self, *_):
        for function, code in reversed(self.had):
            function.__code__ = code
        del builtins.__passes__, builtins.__enters__, builtins.__everywhere__

    @contextmanager
    def without(self, *keys: str):
        """Inside, these guards let everybody pass; all others stand."""
        self.down, self.came, self.entered = set(keys), [], set()
        yield
        self.down = set()
