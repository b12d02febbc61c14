-- What `test_server.py` does in Neovim: results go to $RESULT as JSON.

local result = {}

local function finish()
  local file = assert(io.open(vim.env.RESULT, "w"))
  file:write(vim.json.encode(result))
  file:close()
  vim.cmd("qall!")
end

local function codes()
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, diagnostic.code or diagnostic.user_data.lsp.code)
  end
  return found
end


local function await(expected)
  vim.wait(20000, function()
    return vim.deep_equal(codes(), expected)
  end, 10)
  return codes()
end

local function request(client, method, params)
  local answer = client.request_sync(method, params, 20000, 0)
  return answer and answer.result
end

local function run()
  local id = vim.lsp.start_client({ name = "ferrokeet", cmd = { vim.env.FERROKEET, "server" }, root_dir = vim.fn.getcwd() })
  vim.lsp.buf_attach_client(0, id)
  local client = vim.lsp.get_client_by_id(id)
  result.first = await({ "FK001" })

  local diagnostic = vim.diagnostic.get(0)[1]
  vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
  local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
  params.context = { diagnostics = {} }
  local actions = request(client, "textDocument/codeAction", params)
  result.titles = vim.tbl_map(function(action)
    return action.title
  end, actions)
  vim.lsp.util.apply_workspace_edit(actions[1].edit, client.offset_encoding)
  result.fixed = await({})

  local hover = request(client, "textDocument/hover", vim.lsp.util.make_position_params(0, client.offset_encoding))
  result.hover = hover.contents.value

  local row = diagnostic.lnum
  local line = vim.api.nvim_buf_get_lines(0, row, row + 1, true)[1]
  vim.api.nvim_buf_set_lines(0, row, row + 1, true, { line .. " reducton(+: s)" })
  result.typed = await({ "FK002" })
  vim.api.nvim_buf_set_lines(0, row, row + 1, true, { line })
  result.undone = await({})
  vim.cmd("write")
end

local fine, why = pcall(run)
if not fine then
  result.error = tostring(why)
end
finish()
