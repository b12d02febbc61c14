// The extension in a real VS Code, looked at: code-server with the packaged extension, driven by a headless Chromium.
//
//     sh editors/vscode/try.sh [FOLDER FOR PICTURES]
//
// Each step asserts what a user would see and leaves a picture; the exit code is 1 when one fails.

import assert from "node:assert/strict";
import { spawn, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";

const [vsix, command, pictures = "pictures"] = process.argv.slice(2).map((path) => resolve(path));
const work = mkdtempSync(join(tmpdir(), "ferrokeet-vscode-"));
const project = join(work, "project");
const PROGRAM = `import numpy as np


def saxpy(a: float, x: "f64[:]", y: "f64[:]"):
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = a * x[i] + y[i]


def prefix(x: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(x)):
        x[i] = x[i - 1] + 1.0


def mistaken(x: "f64[:]"):
    # pragma paralel for
    for i in range(len(x)):
        x[i] = 2.0 * x[i]
`;

function freePort() {
    return new Promise((done) => {
        const server = createServer().listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => done(port));
        });
    });
}

/** Starts VS Code on the project, with the extension and nothing else; gives its process and address. */
async function start() {
    mkdirSync(project);
    writeFileSync(join(project, "program.py"), PROGRAM);
    const user = join(work, "data", "User");
    mkdirSync(user, { recursive: true });
    const settings = {
        "ferrokeet.path": command,
        "security.workspace.trust.enabled": false,
        "workbench.startupEditor": "none",
        "telemetry.telemetryLevel": "off",
        "extensions.ignoreRecommendations": true,
        "editor.minimap.enabled": false,
        "editor.inlayHints.enabled": "on",
    };
    writeFileSync(join(user, "settings.json"), JSON.stringify(settings));
    const entry = resolve("node_modules/code-server/out/node/entry.js");
    const folders = ["--user-data-dir", join(work, "data"), "--extensions-dir", join(work, "extensions")];
    execFileSync(process.execPath, [entry, ...folders, "--install-extension", vsix], { stdio: "inherit" });
    const port = await freePort();
    const options = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check"];
    const code = spawn(process.execPath, [entry, ...folders, ...options, project], { stdio: "ignore" });
    const address = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(project)}`;
    for (let tries = 0; tries < 120; tries++) {
        if (await fetch(address).then((answer) => answer.ok, () => false)) {
            return { code, address };
        }
        await pause(500);
    }
    throw new Error("code-server does not answer");
}

class Editor {
    constructor(page) {
        this.page = page;
        this.steps = 0;
    }

    async picture(name) {
        this.steps++;
        await this.page.screenshot({ path: join(pictures, `${this.steps}-${name}.png`) });
        console.log(`passed: ${name}`);
    }

    /** Runs a command of the palette. */
    async run(title) {
        await this.page.keyboard.press("F1");
        await this.page.locator(".quick-input-widget input").fill(`>${title}`);
        await this.page.locator(".quick-input-list .monaco-list-row").first().waitFor();
        await pause(300);
        await this.page.keyboard.press("Enter");
    }

    /** Puts the cursor on a line and column, from 1. */
    async go(line, column = 1) {
        await this.page.keyboard.press("Control+g");
        await this.page.locator(".quick-input-widget input").fill(`:${line}:${column}`);
        await pause(300);
        await this.page.keyboard.press("Enter");
    }

    async open(name) {
        await this.page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).dblclick();
        await this.page.locator(".tab.active", { hasText: name }).waitFor();
    }
}

async function look(editor) {
    const { page } = editor;
    await page.locator(".monaco-workbench").waitFor();
    await editor.open("program.py");

    await page.locator(".codelens-decoration", { hasText: "proven" }).first().waitFor();
    const lenses = await page.locator(".codelens-decoration").allInnerTexts();
    assert(lenses.some((lens) => lens.includes("refuted")), `${lenses}`);
    assert(lenses.some((lens) => lens.includes("Generated Rust")), `${lenses}`);
    await page.locator(".squiggly-error").first().waitFor();
    await page.locator(".squiggly-warning").first().waitFor();
    await editor.picture("findings-and-lenses");

    const words = page.locator(".view-line", { hasText: "pragma" }).first().locator("span span");
    const colours = await words.evaluateAll((spans) => spans.map((span) => [span.innerText.trim(), getComputedStyle(span).color]));
    const colour = (word) => colours.find(([text]) => text.endsWith(word))?.[1];
    assert(colour("#") && colour("pragma") && colour("for"), `${colours}`);
    assert.notEqual(colour("#"), colour("for"), "the words of a pragma are no comment's");

    await editor.go(5, 8);
    await editor.run("Show or Focus Hover");
    const hover = page.locator(".monaco-hover:not(.hidden)", { hasText: "proven" });
    await hover.first().waitFor();
    await editor.picture("hover");
    await page.keyboard.press("Escape");

    await editor.go(11, 8);
    await editor.run("Show or Focus Hover");
    await page.locator(".monaco-hover:not(.hidden)", { hasText: "refuted" }).first().waitFor();
    await editor.picture("hover-of-a-dependence");
    await page.keyboard.press("Escape");

    await editor.go(17, 14);
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget", { hasText: "Replace with" }).first().waitFor();
    await editor.picture("quick-fix");
    await page.keyboard.press("Enter");
    await page.locator(".view-line", { hasText: /pragma.parallel.for$/ }).nth(1).waitFor();
    await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
    await editor.picture("repaired");

    await editor.go(5);
    await page.keyboard.press("End");
    await page.keyboard.type(" sch");
    await page.keyboard.press("Control+Space");
    await page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "schedule" }).first().waitFor();
    await editor.picture("completion");
    await page.keyboard.press("Escape");
    for (let back = 0; back < 4; back++) {
        await page.keyboard.press("Backspace");
    }

    await page.locator(".codelens-decoration a", { hasText: "Generated Rust" }).first().click();
    await page.locator(".tab.active", { hasText: ".rs" }).waitFor();
    await page.locator(".view-line", { hasText: "fn" }).first().waitFor();
    await page.locator(".view-line", { hasText: "fn" }).first().click();
    await page.keyboard.type("x");
    await page.locator(".monaco-editor-overlaymessage, .message", { hasText: "read-only" }).first().waitFor();
    await editor.picture("generated-rust-is-read-only");

    await page.locator(".tab", { hasText: "program.py" }).first().click();
    await editor.go(12, 10);
    await editor.run("Ferrokeet: Show the Verdict");
    await page.locator(".tab.active", { hasText: "verdict" }).waitFor();
    await editor.picture("verdict");
    await page.locator(".tab", { hasText: "program.py" }).first().click();
    await editor.run("Ferrokeet: Show the Translated Python");
    await page.locator(".tab.active", { hasText: "translated" }).waitFor();
    await editor.picture("translated-python");

    await page.locator(".tab", { hasText: "program.py" }).first().click();
    await editor.run("Ferrokeet: Restart the Language Server");
    await page.locator(".codelens-decoration", { hasText: "proven" }).first().waitFor();
    await editor.picture("restarted");
}

mkdirSync(pictures, { recursive: true });
const { code, address } = await start();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
page.setDefaultTimeout(60_000);
const editor = new Editor(page);
try {
    await page.goto(address);
    await look(editor);
    console.log(`${editor.steps} passed; pictures in ${pictures}`);
} catch (error) {
    await page.screenshot({ path: join(pictures, "failed.png") });
    console.error(error);
    process.exitCode = 1;
} finally {
    await browser.close();
    code.kill();
    rmSync(work, { recursive: true, force: true });
}
