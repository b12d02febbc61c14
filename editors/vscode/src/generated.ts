// Read-only documents that show what becomes of a loop.

import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";

/** What is shown: the kernel, the findings under the source lines, or the rewritten file. */
export type Stage = "rust" | "cuda" | "verdict" | "python";

const SCHEME = "ferrokeet";

interface Generated {
  name: string;
  languageId: string;
  text: string;
}

interface Wanted {
  uri: string;
  position: { line: number; character: number };
  stage: Stage;
}

/** Asks the server for documents, and asks again when their source changes. */
export class GeneratedView implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly wanted = new Map<string, Wanted>();
  private readonly registrations: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly client: () => LanguageClient | undefined) {
    this.registrations = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidSaveTextDocument((document) => this.refresh(document.uri)),
      vscode.workspace.onDidCloseTextDocument((document) => this.wanted.delete(document.uri.toString())),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const wanted = this.wanted.get(uri.toString());
    return wanted ? (await this.ask(wanted)).text : "";
  }

  /** Shows what becomes of the loop at the cursor. */
  async showHere(stage: Stage): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor) {
      await this.show(editor.document.uri, editor.selection.active, stage);
    }
  }

  async show(source: vscode.Uri, position: { line: number; character: number }, stage: Stage): Promise<void> {
    const { line, character } = position;
    const wanted = { uri: source.toString(), position: { line, character }, stage };
    try {
      const made = await this.ask(wanted);
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `${source.path}/${made.name}`, query: `${stage}:${line}` });
      this.wanted.set(uri.toString(), wanted);
      this.changed.fire(uri);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.languages.setTextDocumentLanguage(document, made.languageId);
      await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
    } catch (error) {
      void vscode.window.showInformationMessage(`Ferrokeet: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  dispose(): void {
    this.registrations.forEach((registration) => registration.dispose());
    this.changed.dispose();
  }

  private refresh(source: vscode.Uri): void {
    for (const [uri, wanted] of this.wanted) {
      if (wanted.uri === source.toString()) {
        this.changed.fire(vscode.Uri.parse(uri));
      }
    }
  }

  private async ask(wanted: Wanted): Promise<Generated> {
    const client = this.client();
    if (!client) {
      throw new Error("the language server is not running");
    }
    const made = await client.sendRequest<Generated | null>("ferrokeet/generated", wanted);
    if (!made) {
      throw new Error("the document is not open in the language server");
    }
    return made;
  }
}
