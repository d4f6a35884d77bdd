-- @description timbrush: redraw the time selection of the selected item as a new take
-- @version 0.1.0
-- @author The timbrush developers
-- @about
--   Sends the active take's file through `timbrush blur`, within the time selection, and adds what
--   comes back as a new take; the old take is kept. Needs timbrush
--   on the path, or its whole path in the first field of the dialog.
-- @provides [main] .

local function fail(text)
  reaper.ShowMessageBox(text, "timbrush", 0)
end

local function quoted(text)
  return '"' .. text:gsub('"', '\\"') .. '"'
end

local function free_name(path)
  local stem = path:gsub("%.[^.\\/]*$", "")
  for number = 1, 9999 do
    local name = string.format("%s-timbrush-%d.wav", stem, number)
    if not reaper.file_exists(name) then return name end
  end
end

local function main()
  local item = reaper.GetSelectedMediaItem(0, 0)
  local take = item and reaper.GetActiveTake(item)
  if not take or reaper.TakeIsMIDI(take) then return fail("Select an audio item first.") end
  local from, to = reaper.GetSet_LoopTimeRange(false, false, 0, 0, false)
  if to <= from then return fail("Select a span of time first.") end

  local position = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local offset = reaper.GetMediaItemTakeInfo_Value(take, "D_STARTOFFS")
  local rate = reaper.GetMediaItemTakeInfo_Value(take, "D_PLAYRATE")
  local first = math.max(0, (from - position) * rate + offset)
  local last = (to - position) * rate + offset
  local source = reaper.GetMediaItemTake_Source(take)
  local path = reaper.GetMediaSourceFileName(source, "")
  if path == "" then return fail("This take has no file of its own; glue it first.") end

  local ok, given = reaper.GetUserInputs("timbrush", 4,
    "Program,Low (Hz),High (Hz),Strength (0 to 1),extrawidth=200,separator=|",
    "timbrush|0|20000|1")
  if not ok then return end
  local program, low, high, strength = given:match("^(.-)|([%d.]+)|([%d.]+)|([%d.]+)$")
  if not program then return fail("Low, high and strength must be numbers.") end

  local out = free_name(path)
  local command = string.format(
    '%s blur %s -o %s --seconds %.6f %.6f --hertz %s %s --strength %s',
    quoted(program), quoted(path), quoted(out), first, last, low, high, strength)
  local told = reaper.ExecProcess(command, 600000)
  if not reaper.file_exists(out) then
    return fail("timbrush wrote no file. It said:\n" .. tostring(told))
  end

  reaper.Undo_BeginBlock()
  local new_take = reaper.AddTakeToMediaItem(item)
  reaper.SetMediaItemTake_Source(new_take, reaper.PCM_Source_CreateFromFile(out))
  reaper.SetMediaItemTakeInfo_Value(new_take, "D_STARTOFFS", offset)
  reaper.SetMediaItemTakeInfo_Value(new_take, "D_PLAYRATE", rate)
  reaper.SetActiveTake(new_take)
  reaper.Undo_EndBlock("timbrush: redraw as a new take", -1)
  reaper.UpdateArrange()
end

main()
