"""``python -m lectern``: the models of the pipelines, and what is installed."""

from __future__ import annotations

import argparse
import sys

from . import Engine, LecternError, __version__, models


def _models(options: argparse.Namespace) -> int:
    found = models.fetch(options.to) if options.fetch else models.find(options.to)
    for model in found:
        state = "there" if model.there else "missing"
        print(f"{state:8}{model.path}{'  (default)' if model.default else ''}")
    if all(model.there for model in found):
        return 0
    print("\n'python -m lectern models --fetch' gets the default ones (about 180 MB)")
    return 1


def _plugins(_: argparse.Namespace) -> int:
    engine = Engine()
    for plugin in engine.plugins():
        stages = ", ".join(f"{stage['name']} ({stage['kind']})" for stage in plugin["stages"])
        print(f"{plugin['name']} {plugin['version']}: {stages}")
    for plugin in engine.refused_plugins():
        print(f"refused: {plugin['path']}: {plugin['reason']}")
    return 0


def main() -> int:
    """Runs the command of the command line."""
    parser = argparse.ArgumentParser(prog="python -m lectern", description="Lectern for Python")
    parser.add_argument("--version", action="version", version=f"lectern {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("models", help="which models are there; --fetch gets the rest")
    command.add_argument("--fetch", action="store_true", help="download what is missing")
    command.add_argument("--to", metavar="FOLDER", help="instead of where they are looked for")
    command.set_defaults(run=_models)
    command = commands.add_parser("plugins", help="what is installed, and what was refused")
    command.set_defaults(run=_plugins)
    options = parser.parse_args()
    try:
        code: int = options.run(options)
    except LecternError as error:
        print(f"lectern: {error}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
