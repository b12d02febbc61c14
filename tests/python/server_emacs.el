;;; What `test_editors.py' does in Emacs with Eglot: results go to $RESULT as JSON.  -*- lexical-binding: t -*-

(package-initialize)
(require 'eglot)
(require 'json)

(defvar result nil)

(defun note (name value)
  (push (cons name value) result))

(defun finish ()
  (let ((coding-system-for-write 'utf-8))
    (write-region (json-encode (nreverse result)) nil (getenv "RESULT")))
  (kill-emacs 0))

(defun codes ()
  (vconcat
   (mapcar (lambda (one) (let ((text (flymake-diagnostic-text one)))
                           (and (string-match "\\[\\(FK[0-9]+\\)\\]" text) (match-string 1 text))))
           (flymake-diagnostics))))

(defun await (count)
  ;; Changes are sent and findings shown when Emacs is idle, which it never is in batch mode.
  (eglot--signal-textDocument/didChange)
  (let ((until (+ (float-time) 20)))
    (while (and (< (float-time) until) (/= (length (flymake-diagnostics)) count))
      (accept-process-output nil 0.05)
      (flymake-start)))
  (codes))

(defun run ()
  ;; As docs/editors.md has it.
  (load (getenv "SETUP") nil t)
  (find-file (getenv "SOURCE"))
  (python-mode)
  (let ((eglot-sync-connect 20))
    (apply #'eglot (eglot--guess-contact)))
  (note "server" (plist-get (eglot--server-info (eglot-current-server)) :name))
  (note "first" (await 1))
  (goto-char (flymake-diagnostic-beg (car (flymake-diagnostics))))
  (let ((actions (eglot-code-actions (point) (1+ (point)) "quickfix")))
    (note "titles" (vconcat (mapcar (lambda (action) (plist-get action :title)) actions)))
    (eglot--apply-workspace-edit (plist-get (aref (vconcat actions) 0) :edit)))
  (note "fixed" (await 0))
  (let* ((place (eglot--TextDocumentPositionParams))
         (hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover place)))
    (note "hover" (plist-get (plist-get hover :contents) :value)))
  (save-buffer)
  (eglot-shutdown (eglot-current-server)))

(condition-case error (run) (error (note "error" (format "%S" error))))
(finish)
