"""What each test's app would compile anew is compiled once a run: addresses and templates. Halves the run."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule


def templates(folder: Path) -> FileSystemBytecodeCache:
    """For `jinja_env.bytecode_cache`; a template that changes is compiled again."""
    return FileSystemBytecodeCache(str(folder))


def addresses() -> None:
    """Let rules that are written alike share the function that writes their address: it keeps nothing."""
    compile_builder = Rule._compile_builder
    known: dict[tuple, Callable] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable:
        facts = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
        if facts not in known:
            known[facts] = compile_builder(rule, append_unknown)
        return known[facts]

    Rule._compile_builder = compile_once
