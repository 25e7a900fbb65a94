"""Each app's migrations form one line: two branches that each added one must not be merged unseen."""

import ast

from config.local.paths import ROOT

SKIP = {".venv", "node_modules"}


def folders(root=ROOT):
    """The migrations of every app of the project."""
    found = root.glob("**/migrations/__init__.py")
    return sorted(path.parent for path in found if not SKIP & set(path.relative_to(root).parts))


def problems(root=ROOT):
    """What is not linear, as text; empty when all is well."""
    found = []
    for folder in folders(root):
        found += [f"{folder.relative_to(root)} : {problem}" for problem in _of(folder)]
    return "\n".join(found)


def _of(folder):
    names = sorted(path.stem for path in folder.glob("[0-9]*.py"))
    if not names:
        return []
    parents = {name: _parents(folder / f"{name}.py", set(names)) for name in names}
    found = [f"{name} a plusieurs parents : {', '.join(own)}" for name, own in parents.items() if len(own) > 1]
    leaves = [name for name in names if not any(name in own for own in parents.values())]
    if len(leaves) > 1:
        found.append("plusieurs dernières migrations : " + ", ".join(leaves))
    newest = folder / "max_migration.txt"
    if newest.exists() and newest.read_text().strip() not in leaves:
        found.append(f"max_migration.txt dit {newest.read_text().strip()}, la dernière est {', '.join(leaves)}")
    return found


def _parents(path, names):
    """The migrations of the same app that this one depends on, read without running it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign) and any(
            getattr(target, "id", "") == "dependencies" for target in node.targets
        ):
            texts = [each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)]
            return [text for text in texts if text in names and text != path.stem]
    return []
