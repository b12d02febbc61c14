//! What the user is told about a loop: its verdict in words, and messages about loops that run in order.

use super::accesses::Site;
use super::finding::{Finding, Remedy};
use super::judge::Answer;
use super::scans::{Kind, Recurrence, recurrence};
use super::{Access, Dependence, DependenceKind, Judgement, Legality, LoopFacts, Place, Verdict, Witness, clauses};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Annotation, Directive, Expression, Handle, Loop, Region, SideTable, Statement};
use crate::source::Span;

/// The verdict on an annotated loop.
pub(super) fn verdict(region: &Region, handle: Handle<Loop>, facts: &LoopFacts, answer: &Answer) -> Option<Judgement> {
    let annotation = region.loops[handle].annotation.as_ref()?;
    let (verdict, reasons) = if annotation.directive == Directive::Sequential {
        (Verdict::Sequential, vec!["the directive asks for it".to_owned()])
    } else if annotation.assume_independent {
        (Verdict::Assumed, vec!["`assume(independent)` says so".to_owned()])
    } else {
        match &answer.legality {
            Legality::Proven => (Verdict::Proven, proven(region, annotation, facts)),
            Legality::Guarded(formula) => {
                let mut reasons = vec![format!("independent if {}", formula.text(region))];
                reasons.extend(collected(region, facts));
                (Verdict::Guarded, reasons)
            }
            Legality::Refuted(witness) => {
                let named = recurrence(region, handle, facts).map(|found| found.title());
                let reasons = std::iter::once(witness.text.clone()).chain(named);
                (Verdict::Refuted, reasons.collect())
            }
            Legality::Unproven(why) => (Verdict::Unproven, vec![why.clone()]),
        }
    };
    let (witness, condition) = match &answer.legality {
        Legality::Refuted(witness) => (Some(witness.clone()), None),
        Legality::Guarded(condition) => (None, Some(condition.clone())),
        Legality::Proven | Legality::Unproven(_) => (None, None),
    };
    Some(Judgement {
        verdict,
        reasons,
        witness: witness.filter(|_| verdict == Verdict::Refuted),
        condition: condition.filter(|_| verdict == Verdict::Guarded),
    })
}

fn proven(region: &Region, annotation: &Annotation, facts: &LoopFacts) -> Vec<String> {
    let lanes_only = annotation.directive == Directive::Simd && !facts.parallel.is_legal();
    let first = match facts.lanes.filter(|_| lanes_only) {
        Some(lanes) => {
            format!("iterations that meet are {lanes} or more apart, and no more lanes than that run together")
        }
        None if lanes_only => "iterations that meet do so in the order that lanes keep".to_owned(),
        None if !facts.private_arrays.is_empty() => {
            "no two iterations touch the same element of an array that they share, except to read it".to_owned()
        }
        None if !facts.array_reductions.is_empty() => {
            "no two iterations touch the same element, except to read it or to contribute to it".to_owned()
        }
        None => "no two iterations touch the same element, except to read it".to_owned(),
    };
    std::iter::once(first).chain(collected(region, facts)).collect()
}

/// What reductions there are.
fn collected(region: &Region, facts: &LoopFacts) -> Vec<String> {
    let quoted = |names: Vec<&String>| -> String {
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    };
    let scalars: Vec<&String> = facts
        .reductions
        .iter()
        .map(|one| &region.variables[one.target].name)
        .collect();
    let arrays: Vec<&String> = facts
        .array_reductions
        .iter()
        .map(|one| &region.arrays[one.target].name)
        .collect();
    let mut reasons = Vec::new();
    match scalars[..] {
        [] => {}
        [_] => reasons.push(format!("{} only collects contributions", quoted(scalars))),
        _ => reasons.push(format!("{} only collect contributions", quoted(scalars))),
    }
    if !arrays.is_empty() {
        reasons.push(format!("the elements of {} only collect contributions", quoted(arrays)));
    }
    let own: Vec<&String> = facts
        .private_arrays
        .iter()
        .map(|array| &region.arrays[*array].name)
        .collect();
    if !own.is_empty() {
        reasons.push(format!(
            "every iteration reads of {} only what it has written",
            quoted(own)
        ));
    }
    reasons
}

/// What is known when findings are told.
pub(super) struct Known<'k> {
    /// Every loop.
    pub(super) loops: &'k SideTable<Loop, LoopFacts>,
    /// Every load and store, in order of evaluation.
    pub(super) sites: &'k [(Site, Access)],
}

/// Everything to be said about an annotated loop.
pub(super) fn findings(region: &Region, handle: Handle<Loop>, known: &Known<'_>, answer: &Answer) -> Vec<Finding> {
    let facts = &known.loops[handle];
    let header = &region.loops[handle];
    let Some((annotation, judgement)) = header.annotation.as_ref().zip(facts.judgement.as_ref()) else {
        return Vec::new();
    };
    let mut found = clauses::findings(region, handle, facts);
    let teller = Teller {
        region,
        handle,
        header,
        annotation,
        facts,
        known,
    };
    if annotation.directive != Directive::Sequential && facts.breaks {
        // The loop runs in order whatever else is true of it: one message says so.
        found.push(teller.early_exit(judgement));
        return found;
    }
    if let Some(shared) = facts
        .shared_generator
        .filter(|_| annotation.directive != Directive::Sequential)
    {
        found.push(teller.shared_generator(shared));
        return found;
    }
    let label = answer.label.as_ref();
    match (judgement.verdict, &answer.legality) {
        (Verdict::Refuted, Legality::Refuted(witness)) => {
            // A clause that is wrong about the very variable says it better.
            let said = found
                .iter()
                .any(|finding| is_about(&finding.diagnostic, &witness.accesses[1].name));
            found.extend((!said).then(|| teller.refuted(witness, label)));
        }
        (Verdict::Unproven, Legality::Unproven(why)) => {
            let said = found.iter().any(|finding| {
                label.is_some_and(|(place, _)| finding.diagnostic.primary.span == *place)
                    && finding.diagnostic.code != Code::IncompleteClauses
            });
            found.extend((!said).then(|| teller.unproven(why, label)));
        }
        _ => {}
    }
    found
}

/// Whether a message about a wrong clause speaks of a variable.
fn is_about(diagnostic: &Diagnostic, name: &str) -> bool {
    let wrong = matches!(diagnostic.code, Code::WrongPrivate | Code::NotAReduction);
    wrong && diagnostic.message.starts_with(&format!("`{name}` "))
}

struct Teller<'r> {
    region: &'r Region,
    handle: Handle<Loop>,
    header: &'r Loop,
    annotation: &'r Annotation,
    facts: &'r LoopFacts,
    known: &'r Known<'r>,
}

const IN_ORDER: &str = "the loop runs natively, one iteration after the other";

impl Teller<'_> {
    fn finding(&self, diagnostic: Diagnostic, remedies: Vec<Remedy>) -> Finding {
        Finding {
            header: self.handle,
            diagnostic,
            remedies,
        }
    }

    fn at_pragma(&self, code: Code, message: String) -> Diagnostic {
        Diagnostic::new(code, self.annotation.span, message).labelled(match self.annotation.directive {
            Directive::Simd => "asked to run in lanes here",
            Directive::Parallel | Directive::ParallelSimd | Directive::Sequential => "asked to run in parallel here",
        })
    }

    fn refuted(&self, witness: &Witness, label: Option<&(Span, String)>) -> Finding {
        let recurrence = recurrence(self.region, self.handle, self.facts);
        let what = match &recurrence {
            Some(found) if found.kind != Kind::Other => found.title().replacen("the loop", "this loop", 1),
            _ => "iterations of this loop depend on each other".to_owned(),
        };
        let diagnostic = self.at_pragma(Code::LoopCarriedDependence, format!("{what}: {}", witness.text));
        let mut diagnostic = self.accesses(diagnostic, witness);
        // What keeps a variable from being a reduction.
        let name = &witness.accesses[1].name;
        let other = label.filter(|(_, text)| recurrence.is_none() && text.starts_with(&format!("`{name}` ")));
        if let Some((place, text)) = other
            && diagnostic.secondary.iter().all(|label| label.span != *place)
        {
            diagnostic = diagnostic.secondary(*place, text.clone());
        }
        let diagnostic = diagnostic.secondary(self.header.span, "by the iterations of this loop");
        let mut diagnostic = self.story(diagnostic, witness, recurrence.as_ref());
        diagnostic = diagnostic.note(IN_ORDER);
        let copied = self.copy();
        if let Some((remedy, advice)) = self.narrower() {
            return self.finding(diagnostic.help(advice), vec![remedy, Remedy::Sequential]);
        }
        diagnostic = match (&recurrence, &copied) {
            (Some(found), _) => diagnostic.help(found.advice()),
            (None, Some(_)) => {
                diagnostic.help("if every iteration reads a copy made before the loop, none has to wait")
            }
            (None, None) if other.is_some_and(|(place, _)| *place != witness.accesses[1].span) => {
                diagnostic.help(format!(
                    "`{name}` can be collected in parts only if the loop updates it in one way and uses it nowhere else"
                ))
            }
            (None, None) => self.advice(diagnostic, witness),
        };
        let remedies = copied.into_iter().chain([Remedy::Sequential]).collect();
        self.finding(diagnostic, remedies)
    }

    /// What is legal of that which was asked for: the loop without those that `collapse` joins to it, or fewer lanes.
    fn narrower(&self) -> Option<(Remedy, String)> {
        if self.annotation.directive != Directive::Simd {
            let joined = self.annotation.collapse > 1 && self.facts.parallel.is_legal();
            // The loops that one `for` over `np.ndindex` becomes share its header.
            let one_for = self
                .header
                .body
                .statements
                .iter()
                .any(|(statement, _)| match statement {
                    Statement::For(inner) => self.region.loops[*inner].span == self.header.span,
                    _ => false,
                });
            let advice = match one_for {
                true => "the first index alone is parallel: write a loop for each index, and mark the outermost",
                false => "the outer loop alone is parallel: leave out `collapse`",
            };
            return joined.then_some((Remedy::Uncollapse, advice.to_owned()));
        }
        let distances: Option<Vec<i64>> = self.facts.carried.iter().map(|one| one.distance).collect();
        let least = u32::try_from(distances?.into_iter().min()?).ok()?;
        let lanes = (least >= 2).then(|| 1 << least.ilog2())?;
        let advice = format!("iterations that meet are {least} or more apart: {lanes} lanes may run together");
        Some((Remedy::Lanes(lanes), advice))
    }

    /// Both accesses, each with the iteration in which it comes into conflict.
    fn accesses(&self, diagnostic: Diagnostic, witness: &Witness) -> Diagnostic {
        let counter = self.counter(witness);
        let iteration = |at: usize| {
            let found = witness.iterations[at].iter().find(|(name, _)| name == counter);
            found.map(|(name, value)| format!("{name}={value}")).unwrap_or_default()
        };
        let does = |at: usize| if witness.accesses[at].write { "written" } else { "read" };
        let [first, second] = &witness.accesses;
        if first.span == second.span {
            let (one, other) = (iteration(0), iteration(1));
            let label = match first.write == second.write {
                true => format!("{} by iteration {one} and again by {other}", does(0)),
                false => format!("{} by iteration {one}, {} by {other}", does(0), does(1)),
            };
            return diagnostic.secondary(first.span, label);
        }
        diagnostic
            .secondary(first.span, format!("{} by iteration {}", does(0), iteration(0)))
            .secondary(second.span, format!("{} by iteration {}", does(1), iteration(1)))
    }

    /// The counter that tells the two iterations apart: the loop's own, or one of a loop that `collapse` joins to it.
    fn counter<'w>(&'w self, witness: &'w Witness) -> &'w str {
        let [first, second] = &witness.iterations;
        let own = self.header.name.as_str();
        let names = first
            .iter()
            .filter(|one| !second.contains(one))
            .map(|(name, _)| name.as_str());
        let differing: Vec<&str> = names.collect();
        match differing.first() {
            Some(other) if !differing.contains(&own) => other,
            _ => own,
        }
    }

    /// What goes wrong, in plain words.
    fn story(&self, diagnostic: Diagnostic, witness: &Witness, recurrence: Option<&Recurrence>) -> Diagnostic {
        let [first, second] = &witness.accesses;
        let told = match (first.write, second.write) {
            (true, false) => "the later iteration needs what the earlier one writes, so it cannot start before that",
            (false, true) => "the earlier iteration needs the old value, which the later one overwrites",
            (true, true) => "both write to one place, and what the later iteration writes must stay",
            (false, false) => "both use one place",
        };
        let mut diagnostic = diagnostic.note(told);
        let counters: Vec<&String> = self.region.loops.iter().map(|(_, header)| &header.name).collect();
        let given: Vec<String> = witness.iterations[0]
            .iter()
            .filter(|(name, _)| !counters.contains(&name))
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        if !given.is_empty() {
            diagnostic = diagnostic.note(format!("this is so, for example, with {}", given.join(", ")));
        }
        let Some(found) = recurrence else { return diagnostic };
        if let Some(distance) = found.distance.filter(|distance| *distance > 1) {
            let note = format!("iterations fewer than {distance} apart do not meet in `{}`", found.name);
            diagnostic = diagnostic.note(note);
        }
        if !diagnostic.secondary.iter().any(|label| label.span == found.read) {
            diagnostic = diagnostic.secondary(found.read, "the running result is used here");
        }
        diagnostic
    }

    fn advice(&self, diagnostic: Diagnostic, witness: &Witness) -> Diagnostic {
        let name = &witness.accesses[1].name;
        let scalar = self.region.variables.iter().any(|(_, variable)| variable.name == *name);
        let [first, second] = &witness.accesses;
        diagnostic.help(match (scalar, first.write, second.write) {
            (true, _, _) => {
                format!("if no iteration needs the value of an earlier one, assign `{name}` before it is read")
            }
            (false, true, true) => format!("let every iteration write its own element of `{name}`"),
            (false, _, _) => format!("write into another array than `{name}`, or mark another loop of the nest"),
        })
    }

    /// The copies that would make the loop independent: possible where every conflict is a read that comes before the write,
    /// and none of these reads ever gets what its own iteration has written.
    fn copy(&self) -> Option<Remedy> {
        let mut loads: Vec<Handle<Expression>> = Vec::new();
        for Dependence { kind, source, .. } in &self.facts.carried {
            let (DependenceKind::Anti, Place::Load(load)) = (kind, source) else {
                return None;
            };
            if !loads.contains(load) {
                loads.push(*load);
            }
        }
        let old = loads.iter().all(|load| self.reads_old(*load));
        (old && !loads.is_empty()).then_some(Remedy::Copy { loads })
    }

    /// Whether a load never gets what the same iteration of the loop has stored before: neither in an earlier iteration of a
    /// loop inside, nor just before.
    fn reads_old(&self, load: Handle<Expression>) -> bool {
        let sites = self.known.sites;
        let here = |(site, _): &(Site, Access)| site.place == Place::Load(load);
        let mut places = (0..sites.len()).filter(|at| here(&sites[*at])).peekable();
        places.peek().is_some()
            && places.all(|at| self.reads_old_at(load, at))
            && !repeats(self.region, &self.header.body)
    }

    fn reads_old_at(&self, load: Handle<Expression>, at: usize) -> bool {
        let sites = self.known.sites;
        let (mine, _) = &sites[at];
        let mut inside = mine.loops.iter().skip_while(|one| **one != self.handle).skip(1);
        let unfed = inside.all(|inner| {
            let facts = &self.known.loops[*inner];
            let fed = |one: &Dependence| one.kind == DependenceKind::Flow && one.sink == Place::Load(load);
            !matches!(facts.parallel, Legality::Unproven(_)) && !facts.carried.iter().any(fed)
        });
        let before = sites[..at].iter().map(|(site, _)| site);
        let mut stored =
            before.filter(|site| site.write && site.array == mine.array && site.loops.contains(&self.handle));
        // Subscripts that differ by a constant never meet while the counters are the same.
        let apart = |site: &Site| {
            let pairs = site.subscripts.iter().zip(&mine.subscripts);
            let differences = pairs.filter_map(|(a, b)| a.linear.subtract(&b.linear)?.as_constant());
            differences.into_iter().any(|constant| constant != 0)
        };
        unfed && stored.all(apart)
    }

    fn unproven(&self, why: &str, label: Option<&(Span, String)>) -> Finding {
        let message = format!("it could not be proved that iterations of this loop are independent: {why}");
        let mut diagnostic = self.at_pragma(Code::UnprovenIndependence, message);
        if let Some((place, text)) = label {
            diagnostic = diagnostic.secondary(*place, text.clone());
        }
        let diagnostic = diagnostic
            .secondary(self.header.span, "by the iterations of this loop")
            .note(IN_ORDER)
            .help("if you know better, add `assume(independent)`");
        self.finding(diagnostic, vec![Remedy::Assume, Remedy::Sequential])
    }

    fn shared_generator(&self, shared: super::SharedGenerator) -> Finding {
        let name = &self.region.generators[shared.generator].name;
        let made = self.region.generators[shared.generator].span;
        let message = format!("iterations of this loop draw from one random generator, `{name}`");
        let diagnostic = self
            .at_pragma(Code::SharedGenerator, message)
            .secondary(shared.span, "drawn here")
            .secondary(made, "made outside the loop")
            .note("which numbers an iteration draws depends on the iterations before")
            .note(IN_ORDER)
            .help(format!(
                "make a generator in every iteration, with a counter that depends on `{}`",
                self.header.written
            ));
        self.finding(diagnostic, vec![Remedy::Sequential])
    }

    fn early_exit(&self, judgement: &Judgement) -> Finding {
        let mut diagnostic = self
            .at_pragma(
                Code::EarlyExit,
                "`break` leaves this loop early: which iterations run depends on the earlier ones".to_owned(),
            )
            .note(IN_ORDER)
            .help("to find the first iteration that fits, let all of them run: `if fits: first = min(first, i)` is a reduction")
            .help("where stopping early saves more than threads do, write `sequential for`");
        let other = judgement.reasons.first().filter(|why| !why.starts_with("`break`"));
        if let Some(why) = other.filter(|_| !judgement.verdict.permits()) {
            diagnostic = diagnostic.note(format!("besides: {why}"));
        }
        for place in self.header.body.breaks() {
            diagnostic = diagnostic.secondary(place, "leaves the loop");
        }
        self.finding(diagnostic, vec![Remedy::Sequential])
    }
}

/// Whether a block holds a `while` loop.
fn repeats(region: &Region, block: &ir::Block) -> bool {
    let mut found = false;
    ir::visit_statements(region, block, &mut |statement, _| {
        found |= matches!(statement, Statement::While { .. });
    });
    found
}
