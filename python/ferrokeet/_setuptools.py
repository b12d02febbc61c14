"""The hook of setuptools, which calls `finalize` for every project that is built where Ferrokeet is installed."""

import shutil
from pathlib import Path
from typing import Any

from ferrokeet._building import BuildError, built, configuration, tag


def finalize(distribution: Any) -> None:
    """Has the wheel of a project with `[tool.ferrokeet.build]` hold translated packages; leaves others alone."""
    root = Path.cwd()
    try:
        table = configuration(root)
    except BuildError as error:
        raise SystemExit(f"error: {error}") from error
    packages = table.get("packages", [])
    if not packages:
        return
    plain = distribution.get_command_class("build_py")
    wheel = distribution.get_command_class("bdist_wheel")

    class BuildPy(plain):  # type: ignore[misc, valid-type]
        """Copies the packages, then puts what was built in the place of the sources."""

        def run(self) -> None:
            super().run()
            if not self.editable_mode:
                for package in packages:
                    self.translate(package)

        def translate(self, package: str) -> None:
            source = Path(self.get_package_dir(package))
            target = Path(self.build_lib, *package.split("."))
            try:
                with built(root, source, table) as files:
                    for name, path in files.items():
                        (target / name).parent.mkdir(parents=True, exist_ok=True)
                        shutil.copy(path, target / name)
            except BuildError as error:
                raise SystemExit(f"error: {error}") from error

    class BdistWheel(wheel):  # type: ignore[misc, valid-type]
        """Gives the wheel the tag of its platform."""

        def get_tag(self) -> tuple[str, str, str]:
            own, abi, platform = tag().split("-")
            return own, abi, self.plat_name.replace("-", "_").replace(".", "_") if self.plat_name_supplied else platform

    distribution.cmdclass |= {"build_py": BuildPy, "bdist_wheel": BdistWheel}
    # What is compiled lies among what belongs to a platform, as extension modules do.
    distribution.has_ext_modules = lambda: True
