-- Neovim: run the scene at the cursor, and send it blocks.
--
-- Put this file into ~/.config/nvim/plugin/. It defines :ManimStop, :ManimRun, :ManimReload and the keys below.
-- The scene runs in a terminal split; blocks find it there, and just as well in any other terminal.

-- The folder ManimGL is to be run from: the nearest above the file that configures it.
local function repository()
  local config = vim.fn.findfile("custom_config.yml", vim.fn.expand("%:p:h") .. ";")
  return vim.fn.fnamemodify(config == "" and "." or config, ":p:h")
end

-- The program of the repository's own environment, or whichever is on the PATH.
local function program(name)
  local own = repository() .. "/.venv/bin/" .. name
  return vim.fn.executable(own) == 1 and own or name
end

local function say(job_output, code)
  local text = vim.trim(table.concat(job_output, "\n"))
  if text ~= "" then
    vim.notify(text, code == 0 and vim.log.levels.INFO or vim.log.levels.ERROR)
  end
end

-- Run `darkroom paste` in the background, with `lines` piped in if there are any.
local function send(arguments, lines)
  local command = { program("darkroom"), "paste" }
  vim.list_extend(command, arguments)
  local said = {}
  local function keep(_, output)
    vim.list_extend(said, output)
  end
  local job = vim.fn.jobstart(command, {
    cwd = repository(),
    stdout_buffered = true,
    stderr_buffered = true,
    on_stdout = keep,
    on_stderr = keep,
    on_exit = function(_, code)
      say(said, code)
    end,
  })
  if lines then
    vim.fn.chansend(job, lines)
  end
  vim.fn.chanclose(job, "stdin")
end

-- Open the scene around the cursor, stopped at its line.
local function stop()
  vim.cmd("silent update")
  local command = { program("manimgl"), vim.fn.expand("%:p"), "-se", tostring(vim.fn.line(".")) }
  local root = repository()
  vim.cmd("botright 15split | enew")
  vim.fn.termopen(command, { cwd = root })
  vim.cmd("normal! G") -- follow the output
  vim.cmd("wincmd p")
end

-- Run the lines of a range, or the beat around the cursor.
local function run(options)
  vim.cmd("silent update")
  if options.range > 0 then
    local arguments = { "--file", vim.fn.expand("%:p") }
    send(vim.list_extend(arguments, options.fargs), vim.fn.getline(options.line1, options.line2))
  else
    local arguments = { vim.fn.expand("%:p") .. ":" .. vim.fn.line(".") }
    send(vim.list_extend(arguments, options.fargs))
  end
end

-- Read every file again, and stop at the cursor's line.
local function reload()
  vim.cmd("silent update")
  send({ "--file", vim.fn.expand("%:p"), "--code", "reload(" .. vim.fn.line(".") .. ")" })
end

vim.api.nvim_create_user_command("ManimStop", stop, {})
vim.api.nvim_create_user_command("ManimRun", run, { range = true, nargs = "*" })
vim.api.nvim_create_user_command("ManimReload", reload, {})

-- In visual mode `:` is followed by the range of the selection.
vim.keymap.set("n", "<leader>me", ":ManimStop<CR>", { silent = true, desc = "Manim: stop at this line" })
vim.keymap.set("n", "<leader>mu", ":ManimReload<CR>", { silent = true, desc = "Manim: reload at this line" })
for key, flag in pairs({ b = "", k = " --skip", r = " --record" }) do
  vim.keymap.set({ "n", "x" }, "<leader>m" .. key, ":ManimRun" .. flag .. "<CR>", { silent = true, desc = "Manim: run block" .. flag })
end
