//! What the client can do, and what the server offers it.

use ls_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CodeLensOptions,
    CompletionOptions, CompletionOptionsCompletionItem, DiagnosticOptions, DiagnosticServerCapabilities,
    ExecuteCommandOptions, HoverProviderCapability, InitializeParams, InlayHintOptions, InlayHintServerCapabilities,
    Notebook, NotebookCellSelector, NotebookDocumentSyncOptions, NotebookSelector, OneOf, SemanticTokensFullOptions,
    SemanticTokensOptions, SemanticTokensServerCapabilities, ServerCapabilities, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, WorkDoneProgressOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

use super::places::Columns;
use super::{actions, tokens};

/// The command that shows what becomes of a loop.
pub(super) const SHOW: &str = "ferrokeet.show";

/// What the client can do, as far as it matters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    pub(super) columns: Columns,
    /// It asks for diagnostics; else they are sent to it.
    pub(super) pulls: bool,
    pub(super) resolves_actions: bool,
    pub(super) shows_documents: bool,
    pub(super) watches_files: bool,
    pub(super) asks_settings: bool,
    pub(super) snippets: bool,
    pub(super) refreshes: Refreshes,
    /// It runs `ferrokeet.show` itself.
    pub(super) own_commands: bool,
}

/// What the client asks for again when told to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refreshes {
    pub(super) diagnostics: bool,
    pub(super) lenses: bool,
    pub(super) hints: bool,
}

impl Client {
    pub(super) fn new(params: &InitializeParams) -> Self {
        let all = &params.capabilities;
        let encodings = all.general.as_ref().and_then(|one| one.position_encodings.as_deref());
        let text = all.text_document.as_ref();
        let window = all.window.as_ref().and_then(|one| one.show_document.as_ref());
        let actions = text.and_then(|one| one.code_action.as_ref());
        let resolvable = actions.and_then(|one| one.resolve_support.as_ref());
        let completion = text.and_then(|one| one.completion.as_ref());
        let item = completion.and_then(|one| one.completion_item.as_ref());
        let options = params.initialization_options.as_ref();
        let own = options.and_then(|options| options.get("ownCommands")?.as_bool());
        let workspace = all.workspace.as_ref();
        let watched = workspace.and_then(|one| one.did_change_watched_files.as_ref());
        Self {
            columns: Columns::choose(encodings.unwrap_or_default()),
            pulls: text.is_some_and(|one| one.diagnostic.is_some()),
            resolves_actions: resolvable.is_some_and(|one| one.properties.iter().any(|name| name == "edit")),
            shows_documents: window.is_some_and(|one| one.support),
            watches_files: watched.is_some_and(|one| one.dynamic_registration == Some(true)),
            asks_settings: workspace.is_some_and(|one| one.configuration == Some(true)),
            snippets: item.is_some_and(|one| one.snippet_support == Some(true)),
            refreshes: Refreshes::new(all),
            own_commands: own == Some(true),
        }
    }
}

impl Refreshes {
    fn new(all: &ClientCapabilities) -> Self {
        let workspace = all.workspace.as_ref();
        let diagnostics = workspace.and_then(|one| one.diagnostics.as_ref());
        let lenses = workspace.and_then(|one| one.code_lens.as_ref());
        let hints = workspace.and_then(|one| one.inlay_hint.as_ref());
        Self {
            diagnostics: diagnostics.is_some_and(|one| one.refresh_support == Some(true)),
            lenses: lenses.is_some_and(|one| one.refresh_support == Some(true)),
            hints: hints.is_some_and(|one| one.refresh_support == Some(true)),
        }
    }
}

/// What the server offers to a client.
pub(super) fn offered(client: &Client) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(client.columns.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::Supported(true)),
            ..TextDocumentSyncOptions::default()
        })),
        notebook_document_sync: Some(OneOf::Left(NotebookDocumentSyncOptions {
            notebook_selector: vec![NotebookSelector::ByCells {
                // Of any kind: the default of clients that leave it out, and the only form that all of them read.
                notebook: Some(Notebook::String("*".to_owned())),
                cells: vec![NotebookCellSelector {
                    language: "python".to_owned(),
                }],
            }],
            save: Some(false),
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([" ", "(", ",", ":", "#"].map(str::to_owned).to_vec()),
            completion_item: Some(CompletionOptionsCompletionItem {
                label_details_support: Some(true),
            }),
            ..CompletionOptions::default()
        }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![
                CodeActionKind::QUICKFIX,
                CodeActionKind::REFACTOR_REWRITE,
                actions::FIX_ALL,
            ]),
            resolve_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        code_lens_provider: Some(CodeLensOptions {
            resolve_provider: Some(true),
        }),
        inlay_hint_provider: Some(OneOf::Right(InlayHintServerCapabilities::Options(
            InlayHintOptions::default(),
        ))),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: tokens::legend(),
                range: Some(true),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            },
        )),
        diagnostic_provider: client.pulls.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("ferrokeet".to_owned()),
                inter_file_dependencies: true,
                ..DiagnosticOptions::default()
            })
        }),
        execute_command_provider: (!client.own_commands).then(|| ExecuteCommandOptions {
            commands: vec![SHOW.to_owned()],
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}
