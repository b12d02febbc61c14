//! Variables of the region's scope that the functions it calls assign, by `nonlocal` and `global`.

use std::collections::HashSet;

use super::lowerer::Program;
use super::scope::{Bound, Home, ScopeId};
use crate::python::ExpressionKind;
use crate::python::walk::{self, NameUse, Use};

/// A use at each place where the region names such a function, for every variable that the function, or one that it names,
/// assigns.
pub(super) fn assigned_by_calls<'a>(program: &Program<'a>, scope: ScopeId, uses: &[NameUse<'a>]) -> Vec<NameUse<'a>> {
    let mut found = Vec::new();
    for this in uses.iter().filter(|this| matches!(this.how, Use::Read | Use::Captured)) {
        let mut names = Vec::new();
        assigned_by(program, scope, (scope, this.name), &mut HashSet::new(), &mut names);
        found.extend(names.into_iter().map(|name| NameUse {
            name,
            span: this.span,
            how: Use::Anything,
        }));
    }
    found
}

fn assigned_by<'a>(
    program: &Program<'a>,
    region: ScopeId,
    (from, name): (ScopeId, &'a str),
    seen: &mut HashSet<(ScopeId, &'a str)>,
    found: &mut Vec<&'a str>,
) {
    let scopes = &program.scopes;
    let Home::Scope(home) = scopes.home(from, name) else {
        return;
    };
    if !seen.insert((home, name)) {
        return;
    }
    for bound in scopes.bindings(home, name) {
        let uses: Vec<(ScopeId, &'a str)> = match bound {
            Bound::Function(function, _) => {
                let Some(inside) = scopes.of_function(function) else {
                    continue;
                };
                let visible = |name: &&str| {
                    let home = scopes.home(inside, name);
                    let own = home == Home::Scope(region) || scopes.is_declared(region, name);
                    own && home == scopes.home(region, name)
                };
                found.extend(scopes.assigned_outside(inside).filter(visible));
                let names = walk::names_in(&function.body).into_iter();
                names.map(|this| (inside, this.name)).collect()
            }
            Bound::Value(value) if matches!(value.kind, ExpressionKind::Lambda { .. }) => {
                let names = walk::names_of(value).into_iter();
                names.map(|this| (home, this.name)).collect()
            }
            Bound::Value(_)
            | Bound::Parameter(_)
            | Bound::Module(_)
            | Bound::Member(..)
            | Bound::Class(_)
            | Bound::Other => continue,
        };
        for used in uses {
            assigned_by(program, region, used, seen, found);
        }
    }
}
