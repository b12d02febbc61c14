//! Statements in lanes.

use super::{Emit, Lockstep, Unsupported, checks, whole};
use crate::back::rust::names;
use crate::back::writer::Writer;
use crate::infer::Kind;
use crate::ir::{
    BinaryOp, Block, Expression, Handle, Loop, ReductionOp, Statement, Store, UnaryOp, Variable, visit_statements,
};
use crate::source::Span;

/// Where a statement stands: the masks that say which lanes take part in it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The mask.
    pub(super) on: String,
    /// Whether it is the whole group's: lanes that are off then never come back, and may be assigned anything.
    whole: bool,
    /// Masks that `continue` takes lanes out of.
    continues: Vec<String>,
    /// Masks that `break` takes lanes out of.
    breaks: Vec<String>,
}

impl Place {
    /// In the body of the loop itself; `jumps`: a `continue` may take lanes out of the mask.
    pub(super) fn outermost(jumps: bool) -> Self {
        Self {
            on: "on".to_owned(),
            whole: !jumps,
            continues: vec!["on".to_owned()],
            breaks: Vec::new(),
        }
    }

    fn is_whole(&self) -> bool {
        self.whole
    }

    /// In a branch.
    fn branch(&self, on: &str) -> Self {
        let with = |masks: &[String]| masks.iter().cloned().chain([on.to_owned()]).collect();
        Self {
            on: on.to_owned(),
            whole: false,
            continues: with(&self.continues),
            breaks: with(&self.breaks),
        }
    }
}

impl Lockstep<'_, '_> {
    pub(super) fn block(&self, out: &mut Writer, block: &Block, place: &Place) -> Emit<()> {
        let mut last = 0;
        for (statement, span) in &block.statements {
            let row = self.scene.row(*span);
            if self.scene.is_excluded(statement) {
                continue;
            }
            let simple = !matches!(statement, Statement::Break | Statement::Continue);
            if row != last && simple {
                self.remark(out, *span);
            }
            last = row;
            self.statement(out, statement, *span, place)?;
        }
        Ok(())
    }

    /// Which line of the program comes next.
    fn remark(&self, out: &mut Writer, span: Span) {
        let row = self.scene.row(span);
        out.line(format!("// {row}: {}", self.scene.file.line(row).trim()));
    }

    fn statement(&self, out: &mut Writer, statement: &Statement, span: Span, place: &Place) -> Emit<()> {
        match statement {
            Statement::Assign { variable, value } => self.assign(out, *variable, *value, place)?,
            Statement::Store(store) => self.store(out, *store, place)?,
            Statement::Evaluate(value) => {
                let text = self.value(*value, &place.on)?;
                out.line(format!("let _ = {text};"));
            }
            Statement::If {
                condition,
                accept,
                reject,
            } => self.branch(out, *condition, accept, reject, place)?,
            Statement::For(header) => self.counted(out, *header, span, place)?,
            Statement::While {
                prelude,
                condition,
                body,
            } => self.whilst(out, prelude, *condition, body, place)?,
            Statement::Break => self.leave(out, place, &place.breaks),
            Statement::Continue => self.leave(out, place, &place.continues),
            // `plan` puts no loop with these into lanes.
            Statement::Allocate { .. } => {}
            Statement::Leave(_) | Statement::Raise { .. } => {
                let on = self.as_mask(&place.on);
                out.line(format!("none({on})?;"));
            }
            // The plan keeps such loops out of lanes.
            Statement::Seed(_) | Statement::Draw(_) => return Err(Unsupported),
        }
        Ok(())
    }

    /// Takes the lanes that are on out of some masks, and so also out of the present one.
    fn leave(&self, out: &mut Writer, place: &Place, masks: &[String]) {
        out.line(format!("let gone = {};", place.on));
        for mask in masks {
            out.line(format!("{mask} = {mask}.and_not(gone);"));
        }
    }

    /// A mask by name, as a mask by type.
    pub(super) fn as_mask(&self, on: &str) -> String {
        format!("Active::<{}>::mask({on})", self.mask_type())
    }

    fn branch(
        &self,
        out: &mut Writer,
        condition: Handle<Expression>,
        accept: &Block,
        reject: &Block,
        place: &Place,
    ) -> Emit<()> {
        if !self.varying[condition] {
            out.open(format!("if {}", self.scene.truth(condition)));
            self.block(out, accept, place)?;
            if !reject.is_empty() {
                out.reopen("else");
                self.block(out, reject, place)?;
            }
            out.close("");
            return Ok(());
        }
        if let Some((store, value)) = self.chosen(condition, accept, reject, &place.on)? {
            for block in [accept, reject] {
                visit_statements(self.scene.region, block, &mut |_, span| self.remark(out, span));
            }
            out.line(format!("let value = {value};"));
            let line = self.write(&self.scene.region.stores[store], store, &place.on)?;
            out.line(line);
            return Ok(());
        }
        let test = self.fresh("test");
        let text = self.truth(condition, &place.on)?;
        out.line(format!("let {test} = {text};"));
        for (block, method) in [(accept, "also"), (reject, "but_not")] {
            if block.is_empty() {
                continue;
            }
            let on = self.fresh("on");
            let mutable = if block.jumps() { "mut " } else { "" };
            out.line(format!("let {mutable}{on} = {}.{method}({test});", place.on));
            out.open(format!("if {on}.any()"));
            self.block(out, block, &place.branch(&on))?;
            out.close("");
        }
        Ok(())
    }

    /// A store into the same element on all ways, and which value: whole groups are written faster than some of their lanes.
    fn chosen(
        &self,
        condition: Handle<Expression>,
        accept: &Block,
        reject: &Block,
        on: &str,
    ) -> Emit<Option<(Handle<Store>, String)>> {
        let (yes, no) = (self.fresh("on"), self.fresh("on"));
        let Some((store, first)) = self.only_store(accept, &yes)? else {
            return Ok(None);
        };
        let second = match &reject.statements[..] {
            [
                (
                    Statement::If {
                        condition,
                        accept,
                        reject,
                    },
                    _,
                ),
            ] if self.varying[*condition] => self.chosen(*condition, accept, reject, &no)?,
            _ => self.only_store(reject, &no)?,
        };
        let Some((other, second)) = second else { return Ok(None) };
        let stores = [store, other].map(|one| (&self.scene.region.stores[one], one));
        let [place, other_place] = [self.write(stores[0].0, store, on)?, self.write(stores[1].0, other, on)?];
        if stores[0].0.array != stores[1].0.array || place != other_place {
            return Ok(None);
        }
        let element = self.scene.types.array(stores[0].0.array).element.kind;
        let kind = if element == Kind::Bool { Kind::U8 } else { element };
        let zero = self.zero(kind);
        let test = self.fresh("test");
        let within = |text: String, sub: &str, narrow: &str| {
            self.lazily(&text, sub, &format!("{on}.{narrow}({test})"), &zero)
                .unwrap_or(text)
        };
        let (first, second) = (within(first, &yes, "also"), within(second, &no, "but_not"));
        let condition = self.truth(condition, on)?;
        let chosen = self.choice(kind, &test, &first, &second);
        Ok(Some((store, format!("{{ let {test} = {condition}; {chosen} }}"))))
    }

    /// The store that is all a block does, and the elements that it writes.
    fn only_store(&self, block: &Block, on: &str) -> Emit<Option<(Handle<Store>, String)>> {
        let [(Statement::Store(handle), _)] = block.statements[..] else {
            return Ok(None);
        };
        let promoted = self.promoted.borrow().iter().any(|one| one.store() == handle);
        if promoted || self.scene.region.stores[handle].atomic {
            return Ok(None);
        }
        Ok(Some((handle, self.stored(handle, on)?)))
    }

    fn whilst(
        &self,
        out: &mut Writer,
        prelude: &Block,
        condition: Handle<Expression>,
        body: &Block,
        place: &Place,
    ) -> Emit<()> {
        let live = self.fresh("live");
        out.line(format!("let mut {live} = {};", self.as_mask(&place.on)));
        out.open("loop");
        let around = Place {
            on: live.clone(),
            whole: false,
            continues: Vec::new(),
            breaks: Vec::new(),
        };
        self.block(out, prelude, &around)?;
        let test = self.truth(condition, &live)?;
        out.line(format!("{live} = {live}.and({test});"));
        out.line(format!("if !{live}.any() {{ break; }}"));
        out.line("pulse.beat()?;");
        self.round(out, body, &live)?;
        out.close("");
        Ok(())
    }

    /// One round of an inner loop, in the lanes that are still in it.
    fn round(&self, out: &mut Writer, body: &Block, live: &str) -> Emit<()> {
        let mut place = Place {
            on: live.to_owned(),
            whole: false,
            continues: Vec::new(),
            breaks: Vec::new(),
        };
        if body.jumps() {
            let on = self.fresh("on");
            out.line(format!("let mut {on} = {live};"));
            place = Place {
                continues: vec![on.clone()],
                breaks: vec![live.to_owned(), on.clone()],
                on,
                whole: false,
            };
        }
        self.block(out, body, &place)
    }

    fn counted(&self, out: &mut Writer, handle: Handle<Loop>, span: Span, place: &Place) -> Emit<()> {
        let body = &self.scene.region.loops[handle].body;
        let inside = Place {
            on: place.on.clone(),
            whole: place.whole,
            continues: Vec::new(),
            breaks: Vec::new(),
        };
        if !body.jumps() {
            return self.inner(out, handle, span, &place.on, |out| self.block(out, body, &inside));
        }
        let live = self.fresh("live");
        out.line(format!("let mut {live} = {};", self.as_mask(&place.on)));
        self.inner(out, handle, span, &place.on, |out| {
            out.line(format!("if !{live}.any() {{ break; }}"));
            self.round(out, body, &live)
        })
    }

    /// A loop inside, the same in all lanes, around what `body` writes.
    pub(super) fn inner(
        &self,
        out: &mut Writer,
        handle: Handle<Loop>,
        span: Span,
        on: &str,
        body: impl FnOnce(&mut Writer) -> Emit<()>,
    ) -> Emit<()> {
        let scene = self.scene;
        let header = &scene.region.loops[handle];
        let name = names::rust(&header.name);
        let bounds = [header.start, header.stop, header.step];
        if bounds.iter().any(|root| self.varying[*root]) || self.guards_vary(handle) {
            return Err(Unsupported);
        }
        out.block();
        scene.own_steps(out, handle, &name, span);
        scene.guards_at(out, handle, &name);
        let sums: Vec<Handle<Variable>> = scene
            .facts
            .of_loop(handle)
            .reductions
            .iter()
            .filter(|one| one.op == ReductionOp::Add)
            .map(|one| one.target)
            .collect();
        let before = self.sums.borrow().len();
        self.sums.borrow_mut().extend(sums);
        let mut inside = out.fork_deeper(1);
        let promoted = self.promote(&mut inside, handle, on)?;
        if promoted.is_empty() {
            inside = out.fork();
        }
        self.rounds.set(self.rounds.get() + 1);
        scene.on_one_thread(&mut inside, handle, &name, body)?;
        self.rounds.set(self.rounds.get() - 1);
        self.demote(&mut inside, &promoted, on)?;
        if promoted.is_empty() {
            out.append(inside);
        } else {
            out.open(format!("if !{name}_steps.is_empty()"));
            out.append(inside);
            out.close("");
        }
        self.sums.borrow_mut().truncate(before);
        out.close("");
        Ok(())
    }

    /// Whether a loop has bounds guards that are not the same in all lanes.
    fn guards_vary(&self, handle: Handle<Loop>) -> bool {
        use crate::deps::Atom;
        let scene = self.scene;
        let assigned = scene.assigned_in(&scene.region.loops[self.header].body);
        let mut varies = false;
        for guard in scene.facts.bounds().iter().filter(|guard| guard.at == Some(handle)) {
            guard.condition.visit_linears(&mut |linear| {
                varies |= linear.any(&mut |atom| match atom {
                    Atom::Counter(header) | Atom::First(header) | Atom::Last(header) => *header == self.header,
                    Atom::Variable(variable) => assigned.contains(variable),
                    _ => false,
                });
            });
        }
        varies
    }

    fn assign(
        &self,
        out: &mut Writer,
        variable: Handle<Variable>,
        value: Handle<Expression>,
        place: &Place,
    ) -> Emit<()> {
        let scene = self.scene;
        if scene.region.expressions[value] == Expression::Variable(variable) {
            return Ok(());
        }
        self.note_negative(variable, value, place);
        let name = self.own(variable);
        let to = scene.types.variable(variable);
        let from = scene.types.expression(value);
        if scene.has_flag(variable) && self.flags_at_once(variable) {
            let flag = scene.flag(variable);
            out.line(if place.whole {
                format!("{flag} = true;")
            } else {
                format!("{flag} |= {}.any();", place.on)
            });
        }
        let mut text = match self.contracted(variable, value, &place.on)? {
            Some(text) => text,
            None => {
                let tests = self.conditions(&scene.assignment_checks(variable, value), from.kind, &place.on)?;
                let text = self.value(value, &place.on)?;
                checks::tested(&text, &tests, |own| self.cast(own, from.kind, to.kind))
            }
        };
        // Lanes that are off for good may take any value, but not those of a reduction.
        if !place.whole || self.reductions.iter().any(|one| one.target == variable) {
            text = match to.kind {
                Kind::Bool => format!("choose({}, {text}, {name})", self.as_mask(&place.on)),
                _ => format!("{name}.updated({}, {text})", place.on),
            };
        }
        out.line(format!("{name} = {text};"));
        self.note_trip(out, variable, &place.on);
        Ok(())
    }

    /// Remembers that a variable is the negative of another, if both keep their values.
    fn note_negative(&self, variable: Handle<Variable>, value: Handle<Expression>, place: &Place) {
        let region = self.scene.region;
        let Expression::Unary {
            op: UnaryOp::Negate,
            operand,
        } = region.expressions[value]
        else {
            return;
        };
        let Expression::Variable(other) = region.expressions[operand] else {
            return;
        };
        let kinds = [variable, other].map(|one| self.scene.types.variable(one).kind);
        let body = &region.loops[self.header].body;
        let once = |one: Handle<Variable>| {
            let mut count = 0;
            visit_statements(region, body, &mut |statement, _| {
                count += usize::from(matches!(statement, Statement::Assign { variable, .. } if *variable == one));
            });
            count == 1
        };
        if place.is_whole() && kinds[0].is_float() && kinds[0] == kinds[1] && once(variable) && once(other) {
            self.negatives.borrow_mut().push((variable, other));
        }
    }

    /// `s + a * b` and `s - a * b`, rounded once, where `s` is a sum.
    fn contracted(&self, variable: Handle<Variable>, value: Handle<Expression>, on: &str) -> Emit<Option<String>> {
        let scene = self.scene;
        let expression = |root: Handle<Expression>| &scene.region.expressions[root];
        let Expression::Binary { op, left, right } = expression(value) else {
            return Ok(None);
        };
        let ty = scene.types.expression(value);
        let same = |root: Handle<Expression>| {
            scene
                .types
                .operation(root)
                .is_some_and(|operation| operation.kind == ty.kind)
                && scene.types.checks(root).is_empty()
        };
        if !self.is_sum(variable)
            || !ty.kind.is_float()
            || scene.types.variable(variable).kind != ty.kind
            || !same(value)
        {
            return Ok(None);
        }
        let is_own = |root: Handle<Expression>| *expression(root) == Expression::Variable(variable);
        let (product, negated) = match op {
            BinaryOp::Add if is_own(*left) => (*right, false),
            BinaryOp::Add if is_own(*right) => (*left, false),
            BinaryOp::Subtract if is_own(*left) => (*right, true),
            _ => return Ok(None),
        };
        let Expression::Binary {
            op: BinaryOp::Multiply,
            left: first,
            right: second,
        } = expression(product)
        else {
            return Ok(None);
        };
        if !same(product) || scene.types.expression(product).kind != ty.kind {
            return Ok(None);
        }
        let (first, second) = (
            self.converted(*first, ty.kind, on)?,
            self.converted(*second, ty.kind, on)?,
        );
        let sign = if negated { "-" } else { "" };
        Ok(Some(format!(
            "({sign}{first}).mul_add({second}, {})",
            self.own(variable)
        )))
    }

    fn store(&self, out: &mut Writer, handle: Handle<Store>, place: &Place) -> Emit<()> {
        let scene = self.scene;
        let store = &scene.region.stores[handle];
        let promoted = self.promoted.borrow().iter().find(|one| one.store() == handle).cloned();
        if let Some(promoted) = promoted {
            let own = self.register(&promoted.name);
            let text = self.combined(&promoted, &own, &place.on)?;
            out.line(format!("{own} = {own}.updated({}, {text});", place.on));
            return Ok(());
        }
        let text = self.stored(handle, &place.on)?;
        out.line(format!("let value = {text};"));
        let line = self.write(store, handle, &place.on)?;
        out.line(line);
        Ok(())
    }

    /// The lanes that a store writes, of the array's elements.
    fn stored(&self, handle: Handle<Store>, on: &str) -> Emit<String> {
        let scene = self.scene;
        let store = &scene.region.stores[handle];
        let element = scene.types.array(store.array).element.kind;
        let from = scene.types.expression(store.value);
        if let Some(value) = self.scene.literal_int(store.value)
            && whole::fits(value, element)
        {
            return Ok(self.splat(&format!("{value}_{}", element.name()), element));
        }
        let tests = self.conditions(scene.types.store_checks(handle), from.kind, on)?;
        let text = self.value(store.value, on)?;
        let text = checks::tested(&text, &tests, |own| self.cast(own, from.kind, element));
        Ok(match element {
            Kind::Bool => format!("{}::from_mask({text})", self.vector(Kind::U8)),
            _ => text,
        })
    }
}
