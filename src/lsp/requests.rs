//! Requests: each is answered from the snapshot of the document that it names.

use std::sync::Arc;

use ls_types::request::{self, Request as _};
use ls_types::{
    CodeAction, CodeActionParams, CodeLens, CodeLensParams, CompletionParams, DocumentDiagnosticParams,
    DocumentDiagnosticReport, DocumentDiagnosticReportResult, ExecuteCommandParams, FullDocumentDiagnosticReport,
    HoverParams, InlayHintParams, Position, RelatedFullDocumentDiagnosticReport, SemanticTokensParams,
    SemanticTokensRangeParams, ShowDocumentParams, Uri,
};
use lsp_server::{ErrorCode, Message, Request, RequestId, Response, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::generated::{self, Wanted};
use super::server::{Asked, Server};
use super::snapshot::Snapshot;
use super::tasks::error;
use super::{actions, capabilities, completion, diagnostics, hints, hover, lens, tokens};

/// The request by which a client asks for what becomes of a loop.
const GENERATED: &str = "ferrokeet/generated";

impl Server {
    /// Answers a request, or has a task answer it.
    pub(super) fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let client = self.client;
        match method.as_str() {
            request::HoverRequest::METHOD => self.answer(id, params, |snapshot, wanted: HoverParams| {
                let place = wanted.text_document_position_params;
                answered(hover::at(snapshot, &place.text_document.uri, place.position))
            }),
            request::Completion::METHOD => self.answer(id, params, move |snapshot, wanted: CompletionParams| {
                let place = wanted.text_document_position;
                let uri = &place.text_document.uri;
                answered(completion::at(snapshot, uri, place.position, client.snippets))
            }),
            request::CodeActionRequest::METHOD => self.answer(id, params, move |snapshot, wanted: CodeActionParams| {
                let (uri, only) = (&wanted.text_document.uri, wanted.context.only.as_deref());
                answered(actions::at(snapshot, uri, wanted.range, only, client.resolves_actions))
            }),
            request::CodeActionResolveRequest::METHOD => {
                self.answer(id, params, |snapshot, action: CodeAction| {
                    answered(actions::resolved(snapshot, action))
                });
            }
            request::CodeLensRequest::METHOD => self.answer(id, params, |snapshot, wanted: CodeLensParams| {
                answered(lens::all(snapshot, &wanted.text_document.uri))
            }),
            request::CodeLensResolve::METHOD => self.answer(id, params, resolve_lens),
            request::InlayHintRequest::METHOD => self.answer(id, params, |snapshot, wanted: InlayHintParams| {
                answered(hints::all(snapshot, &wanted.text_document.uri, wanted.range))
            }),
            request::SemanticTokensFullRequest::METHOD => {
                self.answer(id, params, |snapshot, wanted: SemanticTokensParams| {
                    answered(tokens::all(snapshot, &wanted.text_document.uri, None))
                });
            }
            request::SemanticTokensRangeRequest::METHOD => {
                self.answer(id, params, |snapshot, wanted: SemanticTokensRangeParams| {
                    let uri = &wanted.text_document.uri;
                    answered(tokens::all(snapshot, uri, snapshot.span(uri, wanted.range)))
                });
            }
            request::DocumentDiagnosticRequest::METHOD => self.answer(id, params, pulled),
            GENERATED => self.answer(id, params, |snapshot, wanted: Wanted| {
                let made = generated::at(snapshot, &wanted);
                answered(made.map_err(|why| error(ErrorCode::RequestFailed, why))?)
            }),
            request::ExecuteCommand::METHOD => self.execute(id, params),
            other => self.refuse(id, ErrorCode::MethodNotFound, format!("`{other}` is not offered")),
        }
    }

    /// Answers from the document that the parameters name; nothing, if it is not open.
    fn answer<P: DeserializeOwned + Send + 'static>(
        &self,
        id: RequestId,
        params: Value,
        work: impl FnOnce(&Snapshot, P) -> Result<Value, ResponseError> + Send + 'static,
    ) {
        let uri = address(&params);
        let params: P = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(why) => return self.refuse(id, ErrorCode::InvalidParams, why.to_string()),
        };
        match uri.and_then(|uri| self.documents.snapshot(&uri)) {
            Some(snapshot) => self.tasks.answer(id, move || work(&snapshot, params)),
            None => _ = (self.send)(Message::Response(Response::new_ok(id, Value::Null))),
        }
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, message: String) {
        (self.send)(Message::Response(Response::new_err(id, code as i32, message)));
    }

    /// The command, for clients that have no view of their own: makes the document, and has it shown.
    fn execute(&mut self, id: RequestId, params: Value) {
        let wanted = serde_json::from_value::<ExecuteCommandParams>(params).ok();
        let wanted = wanted.filter(|wanted| wanted.command == capabilities::SHOW);
        let argument = wanted.and_then(|mut wanted| (!wanted.arguments.is_empty()).then(|| wanted.arguments.remove(0)));
        let Some(argument) = argument else {
            let message = format!("the command is `{}`, with one argument", capabilities::SHOW);
            return self.refuse(id, ErrorCode::InvalidParams, message);
        };
        let (shows, send) = (self.client.shows_documents, Arc::clone(&self.send));
        let number = self.number(Asked::Nothing);
        self.answer(id, argument, move |snapshot, wanted: Wanted| {
            let failed = |why: String| error(ErrorCode::RequestFailed, why);
            let made = generated::at(snapshot, &wanted).map_err(failed)?;
            let path = generated::write(&made).map_err(|why| failed(why.to_string()))?;
            let uri = Uri::from_file_path(&path).ok_or_else(|| failed("no such file".to_owned()))?;
            if shows {
                let params = ShowDocumentParams {
                    uri: uri.clone(),
                    external: Some(false),
                    take_focus: Some(true),
                    selection: None,
                };
                let method = request::ShowDocument::METHOD.to_owned();
                send(Message::Request(Request::new(number, method, params)));
            }
            answered(json!({"uri": uri, "name": made.name, "languageId": made.language_id, "text": made.text}))
        });
    }
}

/// The document that parameters are about: they name it, or what they resolve remembers it.
fn address(params: &Value) -> Option<Uri> {
    let uri = params
        .get("textDocument")
        .or_else(|| params.get("data"))
        .unwrap_or(params)
        .get("uri")?;
    serde_json::from_value(uri.clone()).ok()
}

fn answered(result: impl Serialize) -> Result<Value, ResponseError> {
    serde_json::to_value(result).map_err(|why| error(ErrorCode::InternalError, why.to_string()))
}

fn resolve_lens(snapshot: &Snapshot, lens: CodeLens) -> Result<Value, ResponseError> {
    let data = lens.data.clone().unwrap_or_default();
    let number = |name: &str| data[name].as_u64().unwrap_or_default() as u32;
    match address(&data) {
        Some(uri) => {
            let position = Position::new(number("line"), number("character"));
            answered(lens::resolved(snapshot, &uri, position, lens))
        }
        None => answered(lens),
    }
}

/// Findings, for a client that asks for them.
fn pulled(snapshot: &Snapshot, wanted: DocumentDiagnosticParams) -> Result<Value, ResponseError> {
    let Some(mut found) = diagnostics::all(snapshot) else {
        return Err(ResponseError {
            data: Some(json!({"retriggerRequest": true})),
            ..error(ErrorCode::ServerCancelled, "the document has changed")
        });
    };
    let report = RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport {
            result_id: None,
            items: found.remove(&wanted.text_document.uri).unwrap_or_default(),
        },
    };
    answered(DocumentDiagnosticReportResult::Report(DocumentDiagnosticReport::Full(
        report,
    )))
}
