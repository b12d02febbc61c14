// Which command the server is.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import * as vscode from "vscode";

const NAME = process.platform === "win32" ? "ferrokeet.exe" : "ferrokeet";

/** What the settings name, else the command of the selected Python environment, else the one on PATH. */
export async function serverCommand(): Promise<string> {
  const named = configured();
  if (named !== "") {
    return named;
  }
  // An environment inside the workspace is as trustworthy as the workspace.
  const beside = vscode.workspace.isTrusted ? await besidePython() : undefined;
  return beside ?? NAME;
}

function configured(): string {
  const settings = vscode.workspace.getConfiguration("ferrokeet").inspect<string>("path");
  const own = vscode.workspace.isTrusted ? settings?.workspaceFolderValue || settings?.workspaceValue : undefined;
  const named = own || settings?.globalValue || "";
  return named.replace(/^~(?=\/)/, process.env.HOME ?? "~");
}

/** The environments of the Python extension, as far as they are used here. */
interface PythonApi {
  environments: {
    getActiveEnvironmentPath(): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}

async function besidePython(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  const environments = (await extension?.activate())?.environments;
  const active = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath());
  const python = active?.executable.uri?.fsPath;
  const command = python && join(dirname(python), NAME);
  return command && existsSync(command) ? command : undefined;
}
