//! The library around the two variants: entry point, guards, undoing.

use std::cell::RefCell;

use super::Emitted;
use super::expression::operand_condition;
use super::join;
use super::names;
use super::region::Scene;
use super::undoing::may_fail;
use super::variant::Variant;
use crate::back::writer::Writer;
use crate::deps::{Atom, Formula};
use crate::infer::{InputTy, Ty};
use crate::ir::{self, Array, Handle, Loop, Statement};
use crate::plan::Plan;
use crate::plan::{Bounds, INPUT, Scan};
use crate::source::SourceFile;

/// Reasons that every manifest has, by their places.
pub(super) const REASONS: [&str; 4] = [
    "it works as planned",
    "a number left what 64 bits hold, or became of another type",
    "a subscript, a size or an overlap of arrays is not as the parallel version needs it",
    "something raised an exception or a subscript was out of bounds",
];

pub(super) fn emit(plan: &Plan<'_>, file: &SourceFile) -> Emitted {
    let mut reasons: Vec<String> = REASONS.iter().map(ToString::to_string).collect();
    match plan.fast() {
        Ok(()) => {
            for pair in plan.facts().overlaps() {
                let (a, b) = (shown_name(plan.region(), pair.a), shown_name(plan.region(), pair.b));
                reasons.push(format!("arrays `{a}` and `{b}` overlap"));
            }
            for condition in plan.conditions() {
                let text = condition.text(plan.region());
                reasons.push(format!("the condition for independence does not hold: {text}"));
            }
        }
        Err(reason) => reasons.push(reason.to_owned()),
    }
    let requirements = &plan.region().requirements;
    reasons.extend(requirements.iter().map(|requirement| requirement.otherwise.clone()));
    let (unknown, known) = (Bounds::unknown(plan.region()), Bounds::of(plan));
    let kernels = plan.device().unwrap_or_default();
    let scene = |variant, kernels| Scene {
        plan,
        region: plan.region(),
        types: plan.types(),
        facts: plan.facts(),
        file,
        variant,
        kernels,
        bounds: if variant == Variant::Fast { &known } else { &unknown },
        named: RefCell::default(),
        watched: RefCell::default(),
        bins: RefCell::default(),
        parameters: RefCell::default(),
    };
    let (fast, careful) = (scene(Variant::Fast, Vec::new()), scene(Variant::Careful, Vec::new()));
    let device = scene(Variant::Fast, kernels);
    reasons.extend(careful.leaves());
    let symbol = format!("ferrokeet_{}", plan.region().name);
    let mut out = Writer::default();
    let mut fast_text = out.fork();
    if plan.fast().is_ok() {
        fast.variant(&mut fast_text, false);
    }
    careful.header(&mut out, !device.kernels.is_empty());
    let may_fail = may_fail(fast_text.text());
    let scans = if may_fail { fast.scans_that_tell() } else { Vec::new() };
    let mut tests = out.fork();
    careful.requirements(&mut tests, &careful.signature());
    let guards = fast_text.text().split("unsafe fn fast").next().unwrap_or_default();
    let on_device = if device.kernels.is_empty() {
        OnDevice::No
    } else if reads_elements(tests.text()) || reads_elements(guards) {
        OnDevice::AfterReading
    } else {
        OnDevice::Yes
    };
    careful.entry(&mut out, &symbol, (may_fail, &scans), on_device);
    out.append(tests);
    if plan.fast().is_ok() {
        out.line("");
        out.append(fast_text);
    }
    if !device.kernels.is_empty() {
        out.line("");
        let mut device_text = out.fork();
        device.variant(&mut device_text, may_fail);
        debug_assert!(
            !reads_elements(device_text.text()),
            "the host has other elements than the device"
        );
        out.append(device_text);
    }
    out.line("");
    careful.variant(&mut out, false);
    let unusual = plan.region().supposing.then(|| careful.first_requirement());
    Emitted {
        text: out.finish(),
        symbol,
        reasons,
        unusual,
    }
}

impl Scene<'_> {
    fn header(&self, out: &mut Writer, device: bool) {
        let function = self.region.function.as_deref().unwrap_or("module level");
        out.line(format!(
            "//! {} line {}: {function}.",
            self.file.name(),
            self.region.row
        ));
        out.line("#![allow(unused, clippy::all)]");
        out.line("");
        for path in [
            "core::cmp::Ordering",
            "ferrokeet_kernel::abi::{ABI_VERSION, Call, Exception, Host}",
            "ferrokeet_kernel::collect::Blocks",
            "ferrokeet_kernel::entry::*",
            "ferrokeet_kernel::fused::fused",
            "ferrokeet_kernel::given::Given",
            "ferrokeet_kernel::indices::{all_between, ascending, between, distinct}",
            "ferrokeet_kernel::nest::{Joined, Tiles}",
            "ferrokeet_kernel::numbers::complex::*",
            "ferrokeet_kernel::numbers::complex_lanes::*",
            "ferrokeet_kernel::numbers::exact::{compare, true_div}",
            "ferrokeet_kernel::numbers::half::*",
            "ferrokeet_kernel::numbers::numpy::*",
            "ferrokeet_kernel::numbers::{decimal, python}",
            "ferrokeet_kernel::parallel::{Team, block_length}",
            "ferrokeet_kernel::local::{Room, allocated, is_modest, nowhere, provided, within}",
            "ferrokeet_kernel::reduce::*",
            "ferrokeet_kernel::lanes::*",
            "ferrokeet_kernel::math::VectorMath",
            "ferrokeet_kernel::scalar_math::*",
            "ferrokeet_kernel::spmd::*",
            "ferrokeet_kernel::view::{Copied, Snapshot, View}",
            "ferrokeet_kernel::work::{Work, has_room}",
        ] {
            out.line(format!("use {path};"));
        }
        if self.has_own_functions() {
            out.line("use ferrokeet_kernel::math::single;");
        }
        if device {
            out.line("use ferrokeet_kernel::device::{Device, Grid, argument, come_home, readable, settled};");
            out.line("use ferrokeet_kernel::rooms::{Room as DeviceRoom, Shared, capacity};");
            if self.plan.prefers_faster() {
                out.line("use ferrokeet_kernel::abi::Effort;");
            }
        }
        if !self.region.generators.is_empty() {
            out.line(format!(
                "use ferrokeet_kernel::random::{{{}}};",
                self.random_names().join(", ")
            ));
        }
        out.line("");
        out.line(join::EXPORTED);
        out.line(join::VERSION);
        out.line("");
    }

    /// Parameters of a variant: views and scalars in the order of the inputs; nothing is handed over of what is `None`.
    fn parameters(&self) -> Vec<(String, String)> {
        let mut parameters = Vec::new();
        for (handle, input) in self.region.inputs.iter() {
            let name = names::rust(&input.name);
            let ty = match self.types.input(handle) {
                InputTy::Array(ty) => {
                    let kind = if ty.element.kind == crate::infer::Kind::Bool {
                        "u8"
                    } else {
                        names::scalar(ty.element.kind)
                    };
                    format!("View<{kind}, {}>", ty.rank)
                }
                InputTy::Scalar(ty) => names::scalar(ty.kind).to_owned(),
                InputTy::Nothing => continue,
            };
            parameters.push((name, ty));
        }
        for array in self.spread_arrays() {
            parameters.push((self.array(array), self.view_type(array)));
        }
        parameters
    }

    /// All parameters, the host first.
    fn signature(&self) -> String {
        let parameters = self.parameters().into_iter();
        std::iter::once("host: *const Host".to_owned())
            .chain(parameters.map(|(name, ty)| format!("{name}: {ty}")))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn entry(&self, out: &mut Writer, symbol: &str, undo: (bool, &[Scan]), device: OnDevice) {
        out.line("/// Called by the host.");
        out.line(join::EXPORTED);
        out.open(format!("pub unsafe extern \"C\" fn {symbol}(call: *const Call) -> u32"));
        out.open("unsafe { run(call, |launch|");
        let (mut arrays, mut scalars) = (0, 0);
        let names: Vec<String> = self.parameters().into_iter().map(|(name, _)| name).collect();
        let given = self.region.inputs.handles();
        let given = given.filter(|input| self.types.input(*input) != InputTy::Nothing);
        for (handle, (name, ty)) in given.zip(self.parameters()) {
            if self.is_array(handle) {
                out.line(format!("let {name}: {ty} = launch.view({arrays});"));
                arrays += 1;
            } else {
                out.line(format!("let {name}: {ty} = launch.scalar({scalars});"));
                scalars += match self.types.input(handle) {
                    InputTy::Scalar(ty) => names::words(ty.kind),
                    InputTy::Array(_) | InputTy::Nothing => 0,
                };
            }
        }
        let arguments = std::iter::once("launch.host()".to_owned())
            .chain(names)
            .collect::<Vec<_>>()
            .join(", ");
        self.copied_operands(out, device != OnDevice::No);
        self.stretch(out);
        if device == OnDevice::AfterReading {
            out.line("readable(launch.host())?;");
        }
        if !self.region.requirements.is_empty() {
            out.line(format!("let reason = requirements({arguments});"));
            out.line("if reason != 0 { return Err(Stop::Python(reason)); }");
        }
        self.both(out, &arguments, undo, device != OnDevice::No);
        out.close(") }");
        out.close("");
    }

    /// The fast variant, else the careful one, with undoing between and around them.
    fn both(&self, out: &mut Writer, arguments: &str, (undo, scans): (bool, &[Scan]), device: bool) {
        let written: Vec<Handle<Array>> = self
            .region
            .arrays
            .handles()
            .filter(|array| self.input_of(*array).is_some())
            .filter(|array| self.region.stores.iter().any(|(_, s)| s.array == *array))
            .collect();
        let mut whole: Vec<Handle<Array>> = Vec::new();
        for array in written {
            if !whole.iter().any(|other| self.input_of(*other) == self.input_of(array)) {
                whole.push(array);
            }
        }
        let take = |out: &mut Writer, condition: &str| {
            let bytes: Vec<String> = whole
                .iter()
                .map(|array| format!("Snapshot::bytes(&{})", self.array(*array)))
                .collect();
            let copies: Vec<String> = whole
                .iter()
                .map(|array| format!("Snapshot::take({}, Some(&crew))", self.array(*array)))
                .collect();
            out.line(format!(
                "let affordable = {condition}{} <= launch.undo_limit();",
                bytes.join(" + ")
            ));
            out.line("let crew = unsafe { Team::new(launch.host(), 0) };");
            out.line(format!("let before = affordable.then(|| ({},));", copies.join(", ")));
        };
        let restore = |out: &mut Writer| {
            out.open("if let Some(before) = &before");
            (0..whole.len()).for_each(|position| out.line(format!("before.{position}.restore();")));
            out.close("");
        };
        if self.plan.fast().is_ok() {
            let undo = !whole.is_empty() && undo;
            out.line(format!(
                "let mut reason = if launch.careful_wanted() {{ 2 }} else {{ guards({arguments}) }};"
            ));
            if device {
                out.open("if reason == 0");
                out.open(format!("match settled(launch.host(), on_device({arguments}))"));
                out.line("Ok(outputs) => return Ok(Ran::Device(outputs)),");
                out.line("Err(Stop::NoDevice) => {}");
                out.line("Err(stop @ (Stop::Empty | Stop::Interrupted | Stop::Python(_))) => return Err(stop),");
                out.line("Err(_) => reason = 3,");
                out.close("");
                out.close("");
                out.line("come_home(launch.host())?;");
            }
            out.open("if reason == 0");
            if undo && !scans.is_empty() {
                out.line("// Where index arrays hold nothing but places that there are, nothing fails, and nothing is undone.");
                out.line(format!("let certain = {};", self.certainty(scans, &whole)));
                take(out, "!certain && ");
            } else if undo {
                take(out, "");
            }
            out.open(format!("match fast({arguments})"));
            out.line("Ok(outputs) => return Ok(Ran::Fast(outputs)),");
            out.line("Err(stop @ (Stop::Empty | Stop::Interrupted)) => return Err(stop),");
            if !undo && !whole.is_empty() && self.needs_memory() {
                // Nothing else can fail, and nothing can be undone.
                out.line("Err(_) => return Err(Stop::raise(Exception::MemoryError, 0, Some(\"no memory left for an array of a translated loop\"))),");
            }
            out.open("Err(stop) =>");
            if undo {
                restore(out);
                out.open("if before.is_none()");
                out.line("return Err(Stop::raise(Exception::OverflowError, 0, Some(\"the loop failed half-way and its arrays are too large to undo\")));");
                out.close("");
            }
            out.line("if let Stop::Python(reason) = stop { return Err(Stop::Python(reason)); }");
            out.line("reason = 3;");
            out.close("");
            out.close("");
            out.close("");
        } else {
            out.line(format!("let reason = {};", REASONS.len()));
        }
        if whole.is_empty() {
            out.open(format!("match careful({arguments})"));
            out.line("Ok(outputs) => Ok(Ran::Careful(outputs, reason)),");
            out.line(match self.region.at_once {
                true => "Err(Stop::Raise(_)) => Err(Stop::Python(3)),",
                false => "Err(Stop::Raise(_)) if launch.exact_locals() => Err(Stop::Python(3)),",
            });
            out.line("Err(stop) => Err(stop),");
            out.close("");
            return;
        }
        out.line(match self.region.at_once {
            true => "let needed = true;",
            false => "let needed = launch.exact_locals();",
        });
        take(out, if self.may_stop() { "" } else { "needed && " });
        out.open(format!("match careful({arguments})"));
        out.line("Ok(outputs) => Ok(Ran::Careful(outputs, reason)),");
        out.open("Err(Stop::Raise(raised)) if !(needed && before.is_some()) =>");
        out.line("Err(Stop::Raise(raised))");
        out.close("");
        out.line("Err(stop @ (Stop::Interrupted | Stop::Empty)) => Err(stop),");
        out.open(if self.leaves().is_empty() {
            "Err(_) =>"
        } else {
            "Err(stop) =>"
        });
        restore(out);
        let why = match self.raises_in_python() {
            true => "an exception that only Python can raise, or a Python int too large, and arrays too large to undo",
            false => "Python int too large for a translated loop whose arrays are too large to undo",
        };
        out.line(format!(
            "if before.is_none() {{ return Err(Stop::raise(Exception::OverflowError, 0, Some(\"{why}\"))); }}"
        ));
        out.line(match self.leaves().is_empty() {
            true => "Err(Stop::Python(3))",
            false => "Err(Stop::Python(if let Stop::Python(reason) = stop { reason } else { 3 }))",
        });
        out.close("");
        out.close("");
    }

    /// One variant: a function of all inputs that gives the outputs. The device's is told whether its kernels may fail.
    pub(super) fn variant(&self, out: &mut Writer, may_fail: bool) {
        let name = match self.variant {
            Variant::Careful => "careful",
            Variant::Fast if self.kernels.is_empty() => "fast",
            Variant::Fast => "on_device",
        };
        if name == "fast" {
            self.guards(out);
            out.line("");
        }
        let parameters: Vec<String> = self
            .parameters()
            .into_iter()
            .map(|(name, ty)| format!("{name}: {ty}"))
            .collect();
        let count = self.region.outputs.len();
        out.open(format!(
            "unsafe fn {name}(host: *const Host, {}) -> Checked<[Output; {count}]>",
            parameters.join(", ")
        ));
        out.line("let mut pulse = unsafe { Pulse::new(host) };");
        if self.variant == Variant::Careful {
            for (handle, input) in self.region.inputs.iter() {
                if let InputTy::Array(ty) = self.types.input(handle) {
                    let name = names::rust(&input.name);
                    let kind = if ty.element.origin == crate::infer::Origin::Numpy {
                        "numpy"
                    } else {
                        "python"
                    };
                    out.line(format!("let {name} = unsafe {{ Exclusive::{kind}({name}) }};"));
                }
            }
            for name in self.spread_arrays().into_iter().map(|array| self.array(array)) {
                out.line(format!("let {name} = unsafe {{ Exclusive::numpy({name}) }};"));
            }
        }
        self.variables(out);
        if self.kernels.is_empty() {
            self.declare_locals(out);
        } else {
            self.place_arrays(out, may_fail);
        }
        self.block(out, &self.region.body);
        if !self.kernels.is_empty() {
            self.hand_over(out);
        }
        let outputs: Vec<String> = self
            .region
            .outputs
            .iter()
            .map(|output| {
                if output.gives != ir::Gives::Number {
                    return "output(0_u64, 1)".to_owned();
                }
                let ty = self.types.output(output.variable)[0];
                let variable = self.given(output.variable, ty);
                if self.has_tag(output.variable) {
                    self.tagged_output(output.variable)
                } else if self.has_flag(output.variable) {
                    format!("output({variable}, {} as u8)", self.flag(output.variable))
                } else {
                    format!("output({variable}, 1)")
                }
            })
            .collect();
        out.line(format!("Ok([{}])", outputs.join(", ")));
        out.close("");
    }

    fn variables(&self, out: &mut Writer) {
        for (handle, variable) in self.region.variables.iter() {
            let (name, ty) = (self.variable(handle), self.types.variable(handle));
            let kind = names::scalar(ty.kind);
            let given = variable.initial.map(|input| (input, self.types.input(input)));
            match given.filter(|(_, from)| *from != InputTy::Nothing) {
                Some((input, from)) => {
                    let from = match from {
                        InputTy::Scalar(from) => from,
                        InputTy::Array(_) | InputTy::Nothing => Ty::INT,
                    };
                    let given = names::rust(&self.region.inputs[input].name);
                    for check in self.types.assign_checks(handle, from) {
                        if let Some(test) = operand_condition(check.condition, &given, from.kind) {
                            out.line(self.test_at(self.region.row, &check, &test, "0").trim_end());
                        }
                    }
                    out.line(format!("let mut {name}: {kind} = {};", self.cast(given, from.kind, ty)));
                }
                None => out.line(format!("let mut {name} = {kind}::default();")),
            }
            self.declare_marks(out, handle);
        }
    }

    /// The loop that the region consists of, if its bounds are known at the launch without reading an element.
    fn outermost(&self) -> Option<Handle<Loop>> {
        let [(Statement::For(handle), _)] = &self.region.body.statements[..] else {
            return None;
        };
        self.plan.is_known_at_launch(*handle).then_some(*handle)
    }

    /// The conditions of the fast variant, evaluated once at the launch: 0, or the number of the reason why they fail.
    fn guards(&self, out: &mut Writer) {
        let parameters: Vec<String> = self
            .parameters()
            .into_iter()
            .map(|(name, ty)| format!("{name}: {ty}"))
            .collect();
        out.line("/// What must hold for the fast variant: gives 0, or why it does not.");
        out.open(format!(
            "unsafe fn guards(host: *const Host, {}) -> u32",
            parameters.join(", ")
        ));
        out.open("let checked = || -> Checked<u32>");
        let bounds: Vec<&Formula> = self
            .facts
            .bounds()
            .iter()
            .filter(|guard| guard.at.is_none())
            .map(|guard| &guard.condition)
            .collect();
        let conditions = self.plan.conditions();
        let mut loops: Vec<Handle<Loop>> = Vec::new();
        for formula in bounds.iter().chain(&conditions) {
            mentioned(formula, &mut loops);
        }
        for extent in self
            .region
            .arrays
            .handles()
            .filter_map(|array| self.facts.room(array))
            .flatten()
        {
            mentioned(&Formula::NonNegative(extent.clone()), &mut loops);
        }
        let whole = self.outermost();
        loops.extend(whole.filter(|handle| !loops.contains(handle)));
        for handle in loops {
            let header = &self.region.loops[handle];
            let name = names::rust(&header.name);
            self.steps(out, header, &name, header.span);
        }
        if let Some(handle) = whole {
            // A loop that does not run needs nothing.
            let name = names::rust(&self.region.loops[handle].name);
            out.line(format!("if {name}_steps.is_empty() {{ return Ok(0); }}"));
        }
        let mut tests: Vec<String> = self
            .int_inputs()
            .iter()
            .map(|name| format!("{name}.unsigned_abs() < {INPUT}"))
            .collect();
        tests.extend(self.seed_inputs().map(|name| format!("{name} >= 0")));
        for array in
            self.region.arrays.handles().filter(|array| {
                self.facts.is_written(*array) && !self.is_local(*array) && !self.is_required_apart(*array)
            })
        {
            let name = self.array(array);
            let test = format!("!{name}.overlaps_itself()");
            if !tests.contains(&test) {
                tests.push(test);
            }
        }
        for handle in self
            .region
            .loops
            .handles()
            .filter(|handle| self.plan.is_parallel(*handle))
        {
            let private = self.facts.of_loop(handle).private_arrays.iter();
            for array in private.filter(|array| !self.is_local(**array)) {
                let name = self.array(*array);
                tests.push(format!("unsafe {{ has_room(host, Snapshot::bytes(&{name})) }}"));
            }
        }
        tests.extend(self.failure_tests());
        tests.extend(self.room_tests());
        tests.extend(bounds.iter().map(|formula| self.formula(formula)));
        if !tests.is_empty() {
            let tests = tests.join("\n        && ");
            out.line(format!("if !({tests}) {{ return Ok(2); }}"));
        }
        let mut reason = REASONS.len();
        let mut named = Vec::new();
        for pair in self.facts.overlaps() {
            let (a, b) = (self.array(pair.a), self.array(pair.b));
            let same = self.types.array(pair.a) == self.types.array(pair.b);
            let overlap = format!("{a}.overlaps(&{b})");
            named.push(if pair.or_identical && same {
                format!("if {overlap} && !{a}.same_elements(&{b}) {{ return Ok({reason}); }}")
            } else {
                format!("if {overlap} {{ return Ok({reason}); }}")
            });
            reason += 1;
        }
        let mut scans = Vec::new();
        for condition in conditions {
            let line = format!("if !({}) {{ return Ok({reason}); }}", self.formula(condition));
            // What takes time that depends on the arrays comes last.
            if condition.scans() { &mut scans } else { &mut named }.push(line);
            reason += 1;
        }
        named.into_iter().chain(scans).for_each(|line| out.line(line));
        out.line("Ok(0)");
        out.close(";");
        out.line("checked().unwrap_or(2)");
        out.close("");
    }
}

/// The name of an array in messages: of one that is stretched, the input's.
fn shown_name(region: &ir::Region, array: Handle<Array>) -> &str {
    match region.arrays[array].origin {
        ir::ArrayOrigin::Input(input) => &region.inputs[input].name,
        ir::ArrayOrigin::Local { .. } | ir::ArrayOrigin::Variable(_) => &region.arrays[array].name,
    }
}

/// Whether a region has a variant for a device.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OnDevice {
    No,
    Yes,
    /// Yes, and the tests before it read elements of arrays on the CPU.
    AfterReading,
}

/// Whether tests, as written, read elements of arrays.
fn reads_elements(text: &str) -> bool {
    let readers = [".get(", "ascending(", "between(", "distinct(", ".row("];
    readers.iter().any(|reader| text.contains(reader))
}

/// The loops whose first or last counter value a formula mentions.
pub(super) fn mentioned(formula: &Formula, loops: &mut Vec<Handle<Loop>>) {
    formula.visit_linears(&mut |linear| {
        linear.any(&mut |atom| {
            if let Atom::First(header) | Atom::Last(header) = atom
                && !loops.contains(header)
            {
                loops.push(*header);
            }
            false
        });
    });
}
