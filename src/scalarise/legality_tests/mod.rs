//! What each condition of the passes over element loops keeps from going wrong: a small region that a pass changes, and others
//! that differ in one thing each, which it must leave alone.

mod carry;
mod floats;
mod interchange;
mod unpack;

use super::Ex;
use crate::ir::{
    Array, ArrayOrigin, BinaryOp, Block, Conversion, Element, Expression, Gives, Handle, Input, Literal, Loop, Mode,
    Output, Region, Statement, Store, Variable,
};
use crate::source::Span;

/// A region under construction: loop `k` of the program's own, and loops over elements; inputs `x`, `y`, `z` (arrays), `n`, `a`
/// (numbers); local arrays `t`, `u`; variables `v`, `w`.
struct Made {
    region: Region,
    n: Ex,
    a: Ex,
    k: Handle<Loop>,
    axis: Handle<Loop>,
    inner: Handle<Loop>,
    readers: Vec<Handle<Loop>>,
    arrays: Vec<Handle<Array>>,
    v: Handle<Variable>,
    w: Handle<Variable>,
}

const AT: Span = Span { start: 0, end: 0 };

impl Made {
    fn new() -> Self {
        let mut region = Region {
            name: "f_L2".to_owned(),
            function: None,
            span: AT,
            row: 2,
            inputs: crate::ir::Arena::default(),
            arrays: crate::ir::Arena::default(),
            variables: crate::ir::Arena::default(),
            expressions: crate::ir::Arena::default(),
            spans: crate::ir::SideTable::default(),
            stores: crate::ir::Arena::default(),
            generators: crate::ir::Arena::default(),
            loops: crate::ir::Arena::default(),
            body: Block::default(),
            outputs: Vec::new(),
            retained: Vec::new(),
            casts: Vec::new(),
            spreads: Vec::new(),
            replaced: Vec::new(),
            told: Vec::new(),
            callees: Vec::new(),
            augmented: Vec::new(),
            grown: Vec::new(),
            bundled: Vec::new(),
            chained: Vec::new(),
            tupled: Vec::new(),
            single: Vec::new(),
            attributed: Vec::new(),
            array_directives: Vec::new(),
            elementwise: true,
            at_once: false,
            requirements: Vec::new(),
            asserts: false,
            supposing: false,
            exact_locals: false,
        };
        let inputs: Vec<_> = ["x", "y", "z", "n", "a"]
            .map(|name| {
                region.inputs.append(Input {
                    name: name.to_owned(),
                    root: name.to_owned(),
                    steps: Vec::new(),
                    span: AT,
                    annotation: None,
                })
            })
            .to_vec();
        let n = region.expression(Expression::Input(inputs[3]), AT);
        let a = region.expression(Expression::Input(inputs[4]), AT);
        let local = |name: &str| (name.to_owned(), None);
        let named = ["x", "y", "z"]
            .iter()
            .zip(&inputs)
            .map(|(name, input)| ((*name).to_owned(), Some(*input)));
        let named: Vec<_> = named.chain([local("t"), local("u")]).collect();
        let arrays = named.into_iter().map(|(name, input)| {
            let element = Element::Named(Conversion::Float64);
            let origin = input.map_or(
                ArrayOrigin::Local {
                    element,
                    extents: vec![n],
                },
                ArrayOrigin::Input,
            );
            region.arrays.append(Array {
                name,
                origin,
                view_of: None,
            })
        });
        let arrays = arrays.collect();
        let (zero, one) = (int(&mut region, 0), int(&mut region, 1));
        let mut counted = |name: &str| {
            region.loops.append(Loop {
                name: name.to_owned(),
                written: name.to_owned(),
                start: zero,
                stop: n,
                step: one,
                body: Block::default(),
                annotation: None,
                mode: Mode::Serial,
                span: AT,
            })
        };
        let (k, axis, inner) = (counted("k"), counted("axis"), counted("inner"));
        let readers = (0..5).map(|at| counted(&format!("reader_{at}"))).collect();
        let mut variable = |name: &str| {
            region.variables.append(Variable {
                name: name.to_owned(),
                initial: None,
                temporary: true,
                storage: None,
                there: None,
                span: AT,
            })
        };
        let (v, w) = (variable("v"), variable("w"));
        Self {
            region,
            n,
            a,
            k,
            axis,
            inner,
            readers,
            arrays,
            v,
            w,
        }
    }

    fn array(&self, name: &str) -> Handle<Array> {
        self.arrays["xyztu".find(name).expect("a name")]
    }

    fn add(&mut self, expression: Expression) -> Ex {
        self.region.expression(expression, AT)
    }

    fn int(&mut self, value: i64) -> Ex {
        int(&mut self.region, value)
    }

    fn counter(&mut self, header: Handle<Loop>) -> Ex {
        self.add(Expression::Counter(header))
    }

    fn value(&mut self, variable: Handle<Variable>) -> Ex {
        self.add(Expression::Variable(variable))
    }

    fn binary(&mut self, op: BinaryOp, left: Ex, right: Ex) -> Ex {
        self.add(Expression::Binary { op, left, right })
    }

    fn load(&mut self, array: &str, at: Ex) -> Ex {
        let array = self.array(array);
        self.add(Expression::Load {
            array,
            subscripts: vec![at],
        })
    }

    fn store(&mut self, array: &str, at: Ex, value: Ex) -> Statement {
        let array = self.array(array);
        Statement::Store(self.region.stores.append(Store {
            array,
            subscripts: vec![at],
            value,
            update: false,
            atomic: false,
            place: AT,
        }))
    }

    /// `x[axis] = y[axis] * factor`
    fn product(&mut self, factor: Ex) -> Statement {
        let axis = self.counter(self.axis);
        let read = self.load("y", axis);
        let value = self.binary(BinaryOp::Multiply, read, factor);
        self.store("x", axis, value)
    }

    fn allocate(&self, array: &str, zeroed: bool) -> Statement {
        Statement::Allocate {
            array: self.array(array),
            zeroed,
        }
    }

    fn keep(&mut self, array: &str) {
        let (variable, array) = (self.w, self.array(array));
        let gives = Gives::Array { array, view: None };
        self.region.outputs.push(Output {
            variable,
            name: "kept".to_owned(),
            gives,
        });
    }

    fn body(&mut self, header: Handle<Loop>) -> &mut Vec<(Statement, Span)> {
        &mut self.region.loops[header].body.statements
    }

    fn first_store(&mut self) -> &mut Store {
        let first = self.region.stores.handles().next().expect("a store");
        &mut self.region.stores[first]
    }

    fn holds_allocation(&self) -> bool {
        let mut found = false;
        crate::ir::visit_statements(&self.region, &self.region.body, &mut |one, _| {
            found |= matches!(one, Statement::Allocate { .. });
        });
        found
    }
}

fn int(region: &mut Region, value: i64) -> Ex {
    region.expression(Expression::Literal(Literal::Int(value)), AT)
}

fn assign(variable: Handle<Variable>, value: Ex) -> (Statement, Span) {
    (Statement::Assign { variable, value }, AT)
}

type Change = (&'static str, fn(&mut Made));
