//! Loops split between threads whose iterations combine contributions.
//!
//! The iterations are cut into blocks. A block starts from values that change nothing and gives what it has collected; the
//! blocks' results are folded into the variables in block order, so that the bits do not depend on the threads. A minimum or
//! maximum that must know which of equal values came first, or that takes other variables with it, meets the blocks one by one.
//! What collects in arrays goes to copies of each block's own (`ferrokeet_kernel::collect`).

use super::names;
use super::region::Scene;
use crate::back::writer::Writer;
use crate::deps::{ArrayReduction, ExtremumRule, ScalarReduction};
use crate::infer::{Kind, Origin};
use crate::ir::{self, Array, Expression, Handle, Loop, ReductionOp, Statement, Variable};

/// Work of a reduction's block, in nanoseconds: a constant, since blocks must depend on the kernel and the trip count alone.
const BLOCK: f64 = 20_000.0;

/// A variable of which a block must tell more than its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watched {
    pub(super) variable: Handle<Variable>,
    /// Whether a NaN makes it forget what was before.
    resets: bool,
}

impl Scene<'_> {
    pub(super) fn reducing(&self, out: &mut Writer, handle: Handle<Loop>, name: &str) {
        let found = self.facts.of_loop(handle);
        let last = self.lastprivate(handle);
        if !last.is_empty() {
            out.line(format!("let {name}_last = std::sync::Mutex::new(None);"));
        }
        self.declare_work(out, handle);
        let least = ((BLOCK / self.plan.unit_cost(handle).max(0.1)) as u64).clamp(1, 1 << 20);
        let least = self.in_units(handle, name, &least.to_string());
        let (team, length, cost) = self.blocks(out, handle, name, &least);
        out.open(format!(
            "let parts = {team}.partials({}, {length}, {cost}, |range, control|",
            self.units(handle, name)
        ));
        out.line("let first = range.start;");
        self.copies(out, handle, name);
        self.take_work(out, handle, name);
        out.open("let part = || -> Checked<_>");
        for one in &found.array_reductions {
            let own = self.array(one.target);
            let method = if self.in_bins(one.target) { "bins" } else { "of" };
            out.line(format!("let {own} = unsafe {{ {own}_copies.{method}(first) }};"));
        }
        let sometimes = &found.conditional_lastprivate;
        let watched = found.reductions.iter().filter_map(|one| self.watch(one));
        let assigned = sometimes.iter().map(|variable| Watched {
            variable: *variable,
            resets: false,
        });
        self.watched.replace(watched.chain(assigned).collect());
        let mut collected = sometimes.clone();
        for one in &found.reductions {
            let (own, kind) = (self.variable(one.target), self.types.variable(one.target).kind);
            out.line(format!("let mut {own} = {};", neutral(one, kind)));
            self.declare_marks(out, one.target);
            collected.push(one.target);
            collected.extend(&one.companions);
        }
        self.privates(
            out,
            handle,
            &found.reductions.iter().map(|one| one.target).collect::<Vec<_>>(),
        );
        self.scattering(out, handle, name, &last);
        let mut results: Vec<String> = collected.iter().map(|one| self.variable(*one)).collect();
        results.extend(collected.iter().filter_map(|one| self.mark(*one)));
        results.extend(
            self.watched
                .borrow()
                .iter()
                .filter(|one| one.resets)
                .map(|one| self.reset(one.variable)),
        );
        let tuple: String = results.iter().map(|one| format!("{one}, ")).collect();
        if self.plan.ends_streams(handle) {
            out.line("drain();");
        }
        out.line(format!("Ok(({}))", tuple.trim_end()));
        self.watched.replace(Vec::new());
        self.bins.replace(Vec::new());
        out.close(";");
        let part = "match part() { Ok(part) => Some(part), Err(stop) => { failed(control, first, &stop); None } }";
        if found.private_arrays.is_empty() {
            out.line(part);
        } else {
            out.line(format!("let part = {part};"));
            self.hand_over_work(out, handle);
            out.line("part");
        }
        out.close(").map_err(|ended| finished(ended).err().unwrap_or(Stop::Bail))?;");
        let column = |name: &str| {
            results
                .iter()
                .position(|one| one == name)
                .map(|position| format!("part.{position}"))
        };
        for one in &found.reductions {
            let first_nan = one.rule == Some(ExtremumRule::BetterOrNan);
            if self.watch(one).is_some() || first_nan || !one.companions.is_empty() {
                self.one_by_one(out, one, &column);
            } else {
                self.combine(out, one, &column);
            }
        }
        for variable in sometimes {
            let seen = self.seen(*variable, &column);
            self.take(out, &seen, &[*variable], &column);
        }
        for one in &found.array_reductions {
            out.line(format!(
                "unsafe {{ {}_copies.combine(&team) }}?;",
                self.array(one.target)
            ));
        }
        self.give_work_back(out, handle);
        if !last.is_empty() {
            self.take_last(out, name, &last);
        }
    }

    // Arrays

    /// Declares how the loop is cut into blocks; gives the team, the length of a block and the cost of an iteration.
    fn blocks(&self, out: &mut Writer, handle: Handle<Loop>, name: &str, least: &str) -> (String, String, String) {
        let arrays = &self.facts.of_loop(handle).array_reductions;
        let cost = self.unit_cost(handle, name);
        let units = self.units(handle, name);
        if arrays.is_empty() {
            let length = format!("block_length({units}, {least})");
            return ("team".to_owned(), length, cost);
        }
        let cost = match self.work(handle, name) {
            Some(text) if self.plan.nest(handle).is_none() => {
                out.line(format!("let {name}_work = {text};"));
                format!("{name}_work")
            }
            Some(_) | None => cost,
        };
        let names: Vec<String> = arrays.iter().map(|one| self.array(one.target)).collect();
        let bytes: Vec<String> = names.iter().map(|own| format!("Snapshot::bytes(&{own})")).collect();
        let exact = arrays.iter().all(|one| self.is_binned(handle, one)) && self.is_exact(handle);
        let mut arguments = format!("{units}, {cost}, {least}, {}", bytes.join(" + "));
        if exact {
            self.bins.replace(arrays.iter().map(|one| one.target).collect());
            arguments += ", &team";
        }
        let way = if exact { "exact" } else { "new" };
        out.line(format!(
            "// Each block of iterations collects into {} of its own, where that pays.",
            match &names[..] {
                [own] => format!("a copy of `{own}`"),
                names => format!("copies of `{}`", names.join("`, `")),
            }
        ));
        out.line(format!("let {name}_blocks = Blocks::{way}({arguments});"));
        for one in arrays {
            let own = self.array(one.target);
            let element = self.types.array(one.target);
            let kind = if element.element.kind == Kind::Bool {
                "u8"
            } else {
                names::scalar(element.element.kind)
            };
            out.line(format!(
                "let {own}_copies = unsafe {{ {name}_blocks.copies::<{}, {kind}, {}>({own}) }};",
                fold_of(one.op, one.rule),
                element.rank
            ));
        }
        let assumed = self.region.loops[handle]
            .annotation
            .as_ref()
            .is_some_and(|one| one.assume_independent);
        // On the user's word threads may meet in the array itself.
        let team = if assumed {
            "team".to_owned()
        } else {
            format!("{name}_blocks.team(&team)")
        };
        (team, format!("{name}_blocks.length()"), cost)
    }

    /// Whether an array is only updated in the present loop, by functions that threads may call at once.
    pub(super) fn in_bins(&self, array: Handle<Array>) -> bool {
        self.bins.borrow().contains(&array)
    }

    /// Whether an array reduction of a loop can be that.
    fn is_binned(&self, handle: Handle<Loop>, one: &ArrayReduction) -> bool {
        let element = self.types.array(one.target).element;
        let in_lanes = self.has_lanes(handle);
        let plain = one.stores.iter().all(|update| {
            let store = &self.region.stores[update.store];
            matches!(self.region.expressions[store.value], Expression::Binary { .. })
                && self.types.checks(store.value).is_empty()
                && self.types.store_checks(update.store).is_empty()
        });
        one.scattered && element.kind.is_integer() && !in_lanes && plain
    }

    /// Whether a loop, or one inside it, runs in lanes.
    fn has_lanes(&self, handle: Handle<Loop>) -> bool {
        let inside = self.loops_in(handle);
        inside
            .iter()
            .chain([&handle])
            .any(|header| self.plan.lanes(*header).is_some())
    }

    /// The iterations of a block. What scatters cannot run in lanes, and is written so that the compiler knows the strides where
    /// they are 1.
    fn scattering(&self, out: &mut Writer, handle: Handle<Loop>, name: &str, last: &[Handle<Variable>]) {
        let found = self.facts.of_loop(handle);
        if self.has_lanes(handle) || !found.array_reductions.iter().any(|one| one.scattered) {
            self.iterations(out, handle, name, last);
            return;
        }
        let region = self.region;
        let inside = |array: Handle<Array>| {
            let mut inside = false;
            ir::visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
                inside |= matches!(statement, Statement::Store(store) if region.stores[*store].array == array);
                for root in statement.roots(region) {
                    ir::visit_expressions(region, root, &mut |one| {
                        inside |=
                            matches!(region.expressions[one], Expression::Load { array: other, .. } if other == array);
                    });
                }
            });
            inside
        };
        // What the iterations allocate is contiguous, and has no view yet.
        let own = self.allocated_in(&region.loops[handle].body);
        let others = region.arrays.handles().filter(|array| !own.contains(array));
        let arrays: Vec<Handle<Array>> = others.filter(|array| inside(*array)).collect();
        let names: Vec<String> = arrays.iter().map(|array| self.array(*array)).collect();
        let parameters: Vec<String> = names.iter().map(|own| format!("${own}:ident")).collect();
        out.open("macro_rules! iterations");
        out.open(format!("({}) =>", parameters.join(", ")));
        self.parameters.replace(arrays);
        self.iterations(out, handle, name, last);
        self.parameters.replace(Vec::new());
        out.close(";");
        out.close("");
        let each = |text: &str| names.iter().map(|own| format!("{own}{text}")).collect::<Vec<_>>();
        let expansion = format!("iterations!({});", names.join(", "));
        out.open(format!("if {}", each(".is_contiguous_inside()").join(" && ")));
        out.line(format!(
            "let ({},) = ({},);",
            names.join(", "),
            each(".unit()").join(", ")
        ));
        out.line(&expansion);
        out.reopen("else");
        out.line(expansion);
        out.close("");
    }

    /// Whether the scalar reductions of a loop give the same for all block lengths.
    fn is_exact(&self, handle: Handle<Loop>) -> bool {
        self.facts.of_loop(handle).reductions.iter().all(|one| {
            !matches!(one.op, ReductionOp::Add | ReductionOp::Multiply)
                || !self.types.variable(one.target).kind.is_float()
        })
    }

    // Scalars

    /// Whether a block must tell if it assigned the variable at all, and whether it met a NaN.
    fn watch(&self, one: &ScalarReduction) -> Option<Watched> {
        let resets = match one.rule {
            Some(ExtremumRule::BetterOrEqual) => false,
            Some(ExtremumRule::UnlessWorse) => self.types.variable(one.target).kind.is_float(),
            Some(ExtremumRule::Better | ExtremumRule::BetterOrNan | ExtremumRule::Propagate | ExtremumRule::Ignore)
            | None => return None,
        };
        let variable = one.target;
        Some(Watched { variable, resets })
    }

    /// Whether the present block tells if it assigned a variable.
    pub(super) fn is_watched(&self, variable: Handle<Variable>) -> bool {
        self.watched.borrow().iter().any(|one| one.variable == variable)
    }

    /// Whether the present block tells if a variable was a NaN.
    pub(super) fn resets(&self, variable: Handle<Variable>) -> bool {
        self.watched
            .borrow()
            .iter()
            .any(|one| one.variable == variable && one.resets)
    }

    /// The flag that tells so.
    pub(super) fn reset(&self, variable: Handle<Variable>) -> String {
        format!("{}_reset", self.region.variables[variable].name)
    }

    /// Lets each block's result replace the variable, and its companions with it, as an iteration would.
    pub(super) fn one_by_one(&self, out: &mut Writer, one: &ScalarReduction, column: &dyn Fn(&str) -> Option<String>) {
        let own = self.variable(one.target);
        let part = |name: &str| column(name).unwrap_or_default();
        let symbol = if one.op == ReductionOp::Min { "<" } else { ">" };
        let found = part(&own);
        let seen = || self.seen(one.target, column);
        let test = match one.rule {
            Some(ExtremumRule::BetterOrEqual) => format!("{} && {found} {symbol}= {own}", seen()),
            Some(ExtremumRule::UnlessWorse) => {
                let better = format!("!({own} {symbol} {found})");
                let replaces = match column(&self.reset(one.target)) {
                    Some(reset) => format!("({reset} || {better})"),
                    None => better,
                };
                format!("{} && {replaces}", seen())
            }
            // What is better than anything was assigned.
            Some(ExtremumRule::BetterOrNan) => better(one, &found, &own),
            Some(ExtremumRule::Better | ExtremumRule::Propagate | ExtremumRule::Ignore) | None => {
                format!("{found} {symbol} {own}")
            }
        };
        let variables: Vec<Handle<Variable>> = std::iter::once(one.target).chain(one.companions.clone()).collect();
        self.take(out, &test, &variables, column);
    }

    /// Whether a block has assigned a variable that is watched.
    fn seen(&self, variable: Handle<Variable>, column: &dyn Fn(&str) -> Option<String>) -> String {
        if self.has_tag(variable) {
            format!("{} != 0", column(&self.tag(variable)).unwrap_or_default())
        } else {
            column(&self.flag(variable)).unwrap_or_default()
        }
    }

    /// Gives variables the values of the last block that passes a test of `part`, one after the other.
    pub(super) fn take(
        &self,
        out: &mut Writer,
        test: &str,
        variables: &[Handle<Variable>],
        column: &dyn Fn(&str) -> Option<String>,
    ) {
        let part = |name: &str| column(name).unwrap_or_default();
        out.open("for part in &parts");
        out.open(format!("if {test}"));
        for variable in variables {
            let name = self.variable(*variable);
            out.line(format!("{name} = {};", part(&name)));
            if self.has_tag(*variable) {
                out.line(format!("{0} = {1};", self.tag(*variable), part(&self.tag(*variable))));
            } else if self.has_flag(*variable) {
                out.line(format!("{} = true;", self.flag(*variable)));
            }
        }
        out.close("");
        out.close("");
    }

    /// Folds the blocks' results, in a fixed order, into the variable.
    pub(super) fn combine(&self, out: &mut Writer, one: &ScalarReduction, place: &dyn Fn(&str) -> Option<String>) {
        let own = self.variable(one.target);
        let ty = self.types.variable(one.target);
        let kind = names::scalar(ty.kind);
        let column = format!("parts.iter().map(|part| {})", place(&own).unwrap_or_default());
        let tagged = self.has_tag(one.target);
        let mark = self.mark(one.target).and_then(|mark| place(&mark));
        let changed = mark.as_ref().map(|mark| {
            let is_on = if tagged { " != 0" } else { "" };
            format!("parts.iter().any(|part| {mark}{is_on})")
        });
        let set = |out: &mut Writer, test: String| match &mark {
            Some(mark) if tagged => self.combine_tags(out, one, mark, &test),
            Some(_) => out.line(format!("{} |= {test};", self.flag(one.target))),
            None => {}
        };
        let python_int = ty.kind == Kind::I64 && ty.origin != Origin::Numpy;
        match one.op {
            ReductionOp::Add if python_int => {
                out.line(format!(
                    "for part in {column} {{ {own} = fits({own}.checked_add(part))?; }}"
                ));
                set(out, changed.clone().unwrap_or_default());
            }
            ReductionOp::Multiply if python_int => {
                out.line(format!(
                    "for part in {column} {{ {own} = fits({own}.checked_mul(part))?; }}"
                ));
                set(out, changed.clone().unwrap_or_default());
            }
            ReductionOp::And | ReductionOp::Or => {
                let (method, test) = if one.op == ReductionOp::And {
                    ("all", own.clone())
                } else {
                    ("any", format!("!{own}"))
                };
                set(out, format!("{test} && {}", changed.clone().unwrap_or_default()));
                let total = format!("{column}.{method}(|part| part)");
                let symbol = if one.op == ReductionOp::And { "&&" } else { "||" };
                out.line(format!("{own} = {own} {symbol} {total};"));
            }
            ReductionOp::Add
            | ReductionOp::Multiply
            | ReductionOp::Min
            | ReductionOp::Max
            | ReductionOp::BitAnd
            | ReductionOp::BitOr
            | ReductionOp::BitXor => {
                let fold = fold_name(one);
                out.line(format!(
                    "let total = combine::<{fold}, {kind}>(&mut {column}.collect::<Vec<_>>());"
                ));
                if one.rule.is_some_and(ExtremumRule::chooses) {
                    let symbol = if one.op == ReductionOp::Min { "<" } else { ">" };
                    set(out, format!("total {symbol} {own}"));
                } else {
                    set(out, changed.clone().unwrap_or_default());
                }
                out.line(format!("{own} = <{fold} as Fold<{kind}>>::fold({own}, total);"));
            }
        }
    }
}

/// Whether one value replaces another one, by the rule that the first of equals stays.
pub(super) fn better(one: &ScalarReduction, new: &str, old: &str) -> String {
    let symbol = if one.op == ReductionOp::Min { "<" } else { ">" };
    match one.rule {
        Some(ExtremumRule::BetterOrNan) => format!("{new} {symbol} {old} || ({new} != {new} && {old} == {old})"),
        Some(ExtremumRule::BetterOrEqual) => format!("{new} {symbol}= {old}"),
        Some(ExtremumRule::Better | ExtremumRule::UnlessWorse | ExtremumRule::Propagate | ExtremumRule::Ignore)
        | None => format!("{new} {symbol} {old}"),
    }
}

/// The start value that changes nothing.
pub(super) fn neutral(one: &ScalarReduction, kind: Kind) -> String {
    match one.op {
        ReductionOp::And => "true".to_owned(),
        ReductionOp::Or => "false".to_owned(),
        _ => format!("<{} as Fold<{}>>::neutral()", fold_name(one), names::scalar(kind)),
    }
}

pub(super) fn fold_name(one: &ScalarReduction) -> &'static str {
    fold_of(one.op, one.rule)
}

fn fold_of(op: ReductionOp, rule: Option<ExtremumRule>) -> &'static str {
    use ExtremumRule::{Better, BetterOrEqual, BetterOrNan, Ignore, Propagate, UnlessWorse};
    match (op, rule) {
        (ReductionOp::Add, _) => "Sum",
        (ReductionOp::Multiply, _) => "Product",
        (ReductionOp::Min, Some(Propagate)) => "Minimum",
        (ReductionOp::Max, Some(Propagate)) => "Maximum",
        (ReductionOp::Min, Some(Ignore)) => "Fmin",
        (ReductionOp::Max, Some(Ignore)) => "Fmax",
        (ReductionOp::Min, Some(Better | BetterOrNan | BetterOrEqual | UnlessWorse) | None) => "PyMin",
        (ReductionOp::Max, Some(Better | BetterOrNan | BetterOrEqual | UnlessWorse) | None) => "PyMax",
        (ReductionOp::And | ReductionOp::BitAnd, _) => "And",
        (ReductionOp::Or | ReductionOp::BitOr, _) => "Or",
        (ReductionOp::BitXor, _) => "Xor",
    }
}
