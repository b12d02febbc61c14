"""Translated files beside their sources, and the files that `check --up-to-date` finds stale."""

from pathlib import Path

import pytest
from test_ways_in import Place

SOURCE = '''"""Scales."""
from helper import twice


def scale(x: "f64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        y[i] = twice(x[i])
'''
CONFIGURATION = '[tool.ferrokeet.translate]\nfiles = ["kernels.py"]\n'


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A project with a package whose `kernels.py` is translated beside itself."""
    place = Place(tmp_path, tmp_path_factory.mktemp("cache"))
    place.write("pyproject.toml", CONFIGURATION)
    place.write("helper.py", "def twice(v):\n    return 2.0 * v\n")
    place.write("pkg/__init__.py", "")
    place.write("pkg/other.py", SOURCE)
    place.write("pkg/kernels.py", SOURCE)
    return place


def stale(place: Place, *files: str) -> str:
    """What `check --up-to-date` prints; empty where everything is up to date."""
    done = place.ferrokeet("check", "--up-to-date", *files, code=None)
    assert done.returncode == int(bool(done.stdout)), done.stderr
    return done.stdout


def test_translated_files_are_written_beside_their_sources(place: Place) -> None:
    written = "pkg/kernels_native.py: written anew from pkg/kernels.py\n"
    assert place.ferrokeet("translate", "--exit-non-zero-on-change", code=1).stdout == written
    names = {path.name for path in (place.folder / "pkg").iterdir()}
    assert names == {"__init__.py", "kernels.py", "kernels_native.fk.json", "kernels_native.py", "other.py"}
    assert place.ferrokeet("translate", "--exit-non-zero-on-change").stdout == ""
    place.write(
        "use.py",
        "import numpy as np\nfrom pkg.kernels_native import scale\ny = np.zeros(3)\nscale(np.arange(3.0), y)\nprint(y)\n",
    )
    place.environment["FERROKEET_STATS"] = str(place.folder / "stats.json")
    assert place.python("use.py").stdout == "[0. 2. 4.]\n"
    assert place.kernels() == {"scale_L7": {"fast"}}


def test_what_makes_a_translated_file_stale(place: Place) -> None:
    source, target = place.folder / "pkg" / "kernels.py", place.folder / "pkg" / "kernels_native.py"
    manifest = target.with_suffix(".fk.json")
    never = "pkg/kernels_native.py: stale: pkg/kernels.py was never translated; run `ferrokeet translate`\n"
    assert stale(place) == never
    place.ferrokeet("translate")
    for change, why in [
        (lambda: source.write_text("# Copyright\n" + source.read_text()), "pkg/kernels.py has changed since"),
        (lambda: target.write_text(target.read_text() + "# by hand\n"), "it was edited, or written by another version"),
        (lambda: place.write("helper.py", "def twice(v):\n    return v + v\n"), "a function that pkg/kernels.py calls"),
        (manifest.unlink, "its manifest is gone"),
        (target.unlink, "pkg/kernels.py was never translated"),
    ]:
        assert stale(place) == ""
        change()
        told = stale(place)
        assert told.startswith(f"pkg/kernels_native.py: stale: {why}"), told
        assert told.endswith("run `ferrokeet translate`\n")
        place.ferrokeet("translate")
    assert stale(place) == ""


def test_results_of_translate_name_their_command(place: Place) -> None:
    place.ferrokeet("translate", "pkg", "-o", "out")
    assert stale(place, "out") == ""
    place.write("pkg/other.py", "# Copyright\n" + SOURCE)
    command = "run `ferrokeet translate pkg/other.py -o out/pkg`"
    assert stale(place, "out") == f"out/pkg/other.py: stale: pkg/other.py has changed since; {command}\n"
    (place.folder / "pkg" / "other.py").unlink()
    assert stale(place, "out") == "out/pkg/other.py: stale: its source pkg/other.py is gone\n"


def test_results_outside_of_the_project_do_not_tell_where_they_come_from(
    place: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("elsewhere")
    place.ferrokeet("translate", "pkg/kernels.py", "-o", out)
    assert str(place.folder) not in "".join(path.read_text() for path in out.iterdir())
    assert stale(place, str(out)) == ""


def test_generated_rust_is_written_on_demand_and_never_left_behind(place: Place) -> None:
    place.write("pyproject.toml", CONFIGURATION + 'suffix = "_fast"\nrust = true\n')
    place.ferrokeet("translate")
    (first,) = (place.folder / "pkg").glob("kernels_fast.scale_L7.*.rs")
    place.write("pkg/kernels.py", "# Copyright\n" + SOURCE)
    place.ferrokeet("translate")
    (second,) = (place.folder / "pkg").glob("*.rs")
    assert second.name == first.name.replace("_L7", "_L8")


def test_mistakes(place: Place) -> None:
    place.write("pkg/kernels.py", SOURCE.replace("parallel", "paralel"))
    done = place.ferrokeet("translate", code=1)
    assert "FK001" in done.stderr
    assert "--out" in place.ferrokeet("translate", "pkg", code=2).stderr
    place.write("pyproject.toml", '[tool.ferrokeet.translate]\nfile = ["kernels.py"]\n')
    message = "pyproject.toml:2: `file` is no option of [tool.ferrokeet.translate]; did you mean `files`?"
    assert message in place.ferrokeet("translate", code=2).stderr
    place.write("pyproject.toml", CONFIGURATION + 'suffix = "-native"\n')
    assert "`suffix` is a string of letters" in place.ferrokeet("translate", code=2).stderr
    place.write("pyproject.toml", "[tool.ferrokeet]\n")
    assert "[tool.ferrokeet.translate]" in place.ferrokeet("translate", code=2).stderr
