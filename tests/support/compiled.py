"""What each test's app would compile anew is compiled once a run: addresses and templates. Halves the run."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule


def templates(folder: Path) -> FileSystemBytecodeCache:
    """For `jinja_env.bytecode_cache`; a template that changes is compiled again."""
    return FileSystemBytecodeCache(str(folder))


def addresses() -> None:
    """Let rules that are written alike share what was compiled for the first of them: nobody changes it."""
    compile_alone = Rule.compile
    known: dict[tuple, Callable[[Rule], None]] = {}

    def compile_once(rule: Rule) -> None:
        facts = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults))
        if facts in known:
            known[facts](rule)
        else:
            compile_alone(rule)
            known[facts] = partial(_share, rule)

    Rule.compile = compile_once


def _share(first: Rule, rule: Rule) -> None:
    for name in ("_parts", "_trace", "_converters", "arguments"):
        setattr(rule, name, getattr(first, name))
    for name in ("_build", "_build_unknown"):
        setattr(rule, name, getattr(first, name).__func__.__get__(rule, None))
