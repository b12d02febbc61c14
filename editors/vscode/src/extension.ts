// The client: starts the server and offers the commands that need the editor.

import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";

import { serverCommand } from "./command";
import { GeneratedView, Stage } from "./generated";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const view = new GeneratedView(() => client);
  const register = (name: string, run: (...args: never[]) => unknown): void => {
    context.subscriptions.push(vscode.commands.registerCommand(name, run));
  };
  context.subscriptions.push(view);
  register("ferrokeet.restart", restart);
  register("ferrokeet.show", (wanted: { uri: string; position: vscode.Position; stage: Stage }) =>
    view.show(vscode.Uri.parse(wanted.uri), wanted.position, wanted.stage),
  );
  register("ferrokeet.showGenerated", () => view.showHere("rust"));
  register("ferrokeet.showCuda", () => view.showHere("cuda"));
  register("ferrokeet.showVerdict", () => view.showHere("verdict"));
  register("ferrokeet.showTranslated", () => view.showHere("python"));
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("ferrokeet.path")) {
        await restart();
      }
    }),
    // What was restricted may now be used.
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function restart(): Promise<void> {
  await client?.dispose();
  client = undefined;
  await start();
}

async function start(): Promise<void> {
  const command = await serverCommand();
  const server: ServerOptions = { command, args: ["server"] };
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "python", scheme: "file" },
      { language: "python", scheme: "untitled" },
      { language: "python", scheme: "vscode-notebook-cell" },
    ],
    synchronize: { configurationSection: "ferrokeet" },
    // The command `ferrokeet.show` is run here, where there is a view for it.
    initializationOptions: { ownCommands: true, settings: vscode.workspace.getConfiguration("ferrokeet") },
  };
  client = new LanguageClient("ferrokeet", "Ferrokeet", server, options);
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const choice = await vscode.window.showErrorMessage(
      `Ferrokeet's language server did not start (${command} server): ${String(error)}`,
      "Open Settings",
    );
    if (choice) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "ferrokeet.path");
    }
  }
}
