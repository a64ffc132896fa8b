"""The asset build: names that follow content, one sprite, and failures that say what is wrong."""

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def build(source: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "tools/with_node.sh", "node", "tools/build_assets.mjs", source],
        capture_output=True,
        text=True,
    )


def manifest(source: Path) -> dict[str, str]:
    return json.loads((source / "vendor/manifest.json").read_text())


def write_sources(tmp_path: Path) -> Path:
    (tmp_path / "js/lib").mkdir(parents=True)
    (tmp_path / "css/parts").mkdir(parents=True)
    (tmp_path / "js/app.js").write_text('import { hello } from "./lib/hello.js";\nhello();\n')
    (tmp_path / "js/lib/hello.js").write_text('export const hello = () => console.log("carried in");\n')
    (tmp_path / "js/scanner_worker.js").write_text(
        'import { readBarcodes } from "zxing-wasm/reader";\n'
        "onmessage = async ({ data }) => postMessage(await readBarcodes(data));\n"
    )
    (tmp_path / "css/app.css").write_text('@import "./parts/base.css" layer(base);\n')
    (tmp_path / "css/parts/base.css").write_text("body { color: #18211d; }\n")
    (tmp_path / "icons.txt").write_text("house\nhouse-fill  # chosen tab\n\narrow-left-bold\n")
    return tmp_path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_sources(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once: compressing the wasm of the scanner takes seconds."""
    source = write_sources(tmp_path_factory.mktemp("static"))
    run = build(source)
    assert run.returncode == 0, run.stderr
    return source


def test_everything_a_page_loads_is_in_the_manifest_under_a_hashed_name(built: Path) -> None:
    files = manifest(built)
    assert set(files) == {
        "app.css",
        "noto_sans_sc.woff",
        "app.js",
        "htmx.js",
        "licences.txt",
        "scanner_worker.js",
        "sprite.svg",
        "zxing_reader.wasm",
    }
    for name, file in files.items():
        stem, extension = name.split(".")
        assert file.startswith(f"{stem}-")
        assert file.endswith(f".{extension}")
        content = (built / "vendor" / file).read_bytes()
        if extension == "woff":
            continue  # compressed in itself
        assert gzip.decompress((built / "vendor" / f"{file}.gz").read_bytes()) == content
    assert "carried in" in (built / "vendor" / files["app.js"]).read_text()
    assert "@layer base{body{" in (built / "vendor" / files["app.css"]).read_text()


def test_the_sprite_holds_the_icons_of_the_list_and_no_other(built: Path) -> None:
    sprite = (built / "vendor" / manifest(built)["sprite.svg"]).read_text()
    assert sprite.count("<symbol ") == 3
    for name in ("house", "house-fill", "arrow-left-bold"):
        assert f'<symbol id="{name}" viewBox="0 0 256 256"' in sprite


@pytest.mark.parametrize("name", ["hous", "house-filled", "../regular/house"])
def test_an_unknown_icon_fails_the_build_and_is_named(source: Path, name: str) -> None:
    with (source / "icons.txt").open("a") as icons:
        icons.write(f"{name}\n")
    built = build(source)
    assert built.returncode == 1
    assert f'no icon called "{name}"' in built.stderr
    assert not (source / "vendor").exists()


def test_a_script_that_does_not_parse_fails_the_build_with_its_place(source: Path) -> None:
    (source / "js/app.js").write_text("const = 1;\n")
    built = build(source)
    assert built.returncode == 1
    assert "js/app.js:1:" in built.stderr


def test_the_last_build_stays_for_pages_still_open_the_one_before_goes(built: Path, tmp_path: Path) -> None:
    source = shutil.copytree(built, tmp_path / "static")
    builds = []
    for colour in ("#111", "#222", "#333"):
        (source / "css/parts/base.css").write_text(f"body {{ color: {colour}; }}\n")
        assert build(source).returncode == 0
        builds.append(manifest(source))
    assert len({files["app.css"] for files in builds}) == 3
    assert len({files["htmx.js"] for files in builds}) == 1
    assert [(source / "vendor" / files["app.css"]).exists() for files in builds] == [False, True, True]
    assert not (source / "vendor" / f"{builds[0]['app.css']}.gz").exists()
