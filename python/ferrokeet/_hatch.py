"""The hook of hatch: `[tool.hatch.build.hooks.ferrokeet]` beside `[tool.ferrokeet.build]`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from ferrokeet._building import built, configuration, tag


class Hook(BuildHookInterface):  # type: ignore[misc]
    """Has the wheel hold what was built in the place of the sources."""

    PLUGIN_NAME = "ferrokeet"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the wheel is put together."""
        self.kept = ExitStack()
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        table = configuration(root)
        for package in table.get("packages", []):
            parts = Path(*package.split("."))
            source = next(path for path in (root / parts, root / "src" / parts) if path.is_dir())
            files = self.kept.enter_context(built(root, source.relative_to(root), table))
            build_data["force_include"] |= {str(path): str(parts / name) for name, path in files.items()}
        build_data["pure_python"] = False
        build_data["tag"] = tag()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """After it is."""
        self.kept.close()


@hookimpl
def hatch_register_build_hook() -> type[Hook]:
    """What hatch asks its plug-ins for."""
    return Hook
