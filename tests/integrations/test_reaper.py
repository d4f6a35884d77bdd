"""Reaper's script, run by Lua against a stand-in for the functions that Reaper gives it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "integrations" / "reaper_timbrush.lua"
LUA = shutil.which("lua5.3") or shutil.which("lua5.4") or shutil.which("lua")

STAND_IN = """
local values = {D_POSITION = 10, D_STARTOFFS = 1.5, D_PLAYRATE = 2}
local source, program = arg[1], arg[2]
local function nothing() end
reaper = setmetatable({
  GetSelectedMediaItem = function() return "item" end,
  GetActiveTake = function() return "old" end,
  TakeIsMIDI = function() return false end,
  GetSet_LoopTimeRange = function() return 10.5, 11 end,
  GetMediaItemInfo_Value = function(_, name) return values[name] end,
  GetMediaItemTakeInfo_Value = function(_, name) return values[name] end,
  GetMediaItemTake_Source = function() return "source" end,
  GetMediaSourceFileName = function() return source end,
  GetUserInputs = function() return true, program .. "|200|4000|0.8" end,
  ExecProcess = function(command) os.execute(command) return "0" end,
  file_exists = function(path)
    local file = io.open(path)
    if file then file:close() end
    return file ~= nil
  end,
  AddTakeToMediaItem = function() return "new" end,
  PCM_Source_CreateFromFile = function(path) return path end,
  SetMediaItemTake_Source = function(take, path) print("source", take, path) end,
  SetMediaItemTakeInfo_Value = function(take, name, value) print(name, take, value) end,
  SetActiveTake = function(take) print("active", take) end,
  ShowMessageBox = function(text) print("message", text) end,
}, {__index = function() return nothing end})
dofile(arg[3])
"""


def play(tmp_path: Path, program: str) -> list[list[str]]:
    assert LUA
    (tmp_path / "stand-in.lua").write_text(STAND_IN)
    (tmp_path / "a take.wav").write_bytes(b"sound")
    (tmp_path / "a take-timbrush-1.wav").write_bytes(b"an older take")
    (tmp_path / "fake").write_text(program)
    (tmp_path / "fake").chmod(0o755)
    done = subprocess.run(
        [LUA, "stand-in.lua", str(tmp_path / "a take.wav"), str(tmp_path / "fake"), str(FILE)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split("\t") for line in done.stdout.splitlines()]


needs_lua = pytest.mark.skipif(LUA is None, reason="no Lua here")


@pytest.mark.slow
@needs_lua
def test_the_selection_becomes_a_new_take_and_the_old_one_stays(tmp_path: Path) -> None:
    recorder = "import sys; open('called', 'w').write('\\n'.join(sys.argv[1:]));"
    recorder += "open(sys.argv[4], 'w').write('painted')"
    told = play(tmp_path, f"#!{sys.executable}\n{recorder}\n")

    out = str(tmp_path / "a take-timbrush-2.wav")
    called = (tmp_path / "called").read_text().splitlines()
    # half a second into the item, at twice the speed, from 1.5 s of the file on
    assert called == [
        *("blur", str(tmp_path / "a take.wav"), "-o", out),
        *("--seconds", "2.500000", "3.500000", "--hertz", "200", "4000", "--strength", "0.8"),
    ]
    assert ["source", "new", out] in told and ["active", "new"] in told
    assert ["D_STARTOFFS", "new", "1.5"] in told and ["D_PLAYRATE", "new", "2"] in told


@pytest.mark.slow
@needs_lua
def test_a_program_that_writes_nothing_leaves_the_takes_alone(tmp_path: Path) -> None:
    told = play(tmp_path, "#!/bin/sh\nexit 1\n")
    assert told[0][0] == "message"
    assert not any(line[0] == "source" for line in told)


def test_the_header_is_what_its_package_manager_reads() -> None:
    lines = FILE.read_text().splitlines()
    for tag in ("@description", "@version", "@author", "@about"):
        assert any(line.startswith(f"-- {tag}") for line in lines)
