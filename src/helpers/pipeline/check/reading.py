"""A chapter reads through `datasets.load` only: other readers are not seen while it runs.

The run notes what Python itself opens. Libraries in other languages open files behind it, and so
do the processes that some modules start.
"""

import ast

from helpers.pipeline.chapters import Chapter
from helpers.pipeline.check.parts import at, numbered

# Modules that read files, the network or memory by themselves, start processes, or import unseen.
UNSEEN = {"ctypes", "importlib", "mmap", "multiprocessing", "os", "pickle", "pyarrow", "shutil",
          "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "urllib.request"}
CALLS = {"__import__", "compile", "eval", "exec", "open"}
# Attributes of numpy, pandas and pathlib that read or write.
READERS = {"fromfile", "genfromtxt", "loadtxt", "memmap", "read_bytes", "read_text", "savetxt",
           "tofile", "write_bytes", "write_text", "HDFStore", "ExcelFile"}


def reading_faults(chapter: Chapter) -> list[str]:
    """Cells that read or write by another way than the helpers."""
    found = []
    for place, cell in numbered(chapter):
        for node in ast.walk(ast.parse(cell["source"])):
            used = _unseen(node)
            if used:
                found.append(at(chapter, place, f"it uses {used}, by which a run could read what "
                                                f"no key holds. Use datasets.load, or a helper"))
    return list(dict.fromkeys(found))


def _unseen(node: ast.AST) -> str:
    """What a node uses that reads unseen; empty if nothing."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return f"{node.func.id}()" if node.func.id in CALLS else ""
    elif isinstance(node, ast.Attribute):
        return node.attr if node.attr in READERS else ""
    else:
        return ""
    for name in names:
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            if ".".join(parts[:length]) in UNSEEN:
                return name
    return ""
